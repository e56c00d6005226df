#pragma once

#include <ostream>
#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "quartz/error.hpp"
#include "quartz/result.hpp"

namespace quartz {

// GoogleTest finds these by argument-dependent lookup, so that a failed expectation prints the
// error and not the bytes of the variant.
inline void PrintTo(Errc code, std::ostream* out) { *out << to_string(code); }
inline void PrintTo(const Error& error, std::ostream* out) { *out << error.to_string(); }
template <class T>
void PrintTo(const Result<T>& result, std::ostream* out) {
  if (result) {
    *out << "success";
  } else {
    *out << "failure (" << result.error().to_string() << ")";
  }
}

/// Behind `Succeeds()`.
class SucceedsMatcher {
 public:
  template <class R>
  bool MatchAndExplain(const R& result, testing::MatchResultListener* /*listener*/) const {
    return result.has_value();
  }
  void DescribeTo(std::ostream* out) const { *out << "succeeds"; }
  void DescribeNegationTo(std::ostream* out) const { *out << "fails"; }
};

/// Behind `FailsWith()`.
class FailsWithMatcher {
 public:
  FailsWithMatcher(Errc code, testing::Matcher<const std::string&> message)
      : code_(code), message_(std::move(message)) {}

  template <class R>
  bool MatchAndExplain(const R& result, testing::MatchResultListener* listener) const {
    if (result.has_value() || result.error().code() != code_) return false;
    return message_.MatchAndExplain(result.error().message(), listener);
  }
  void DescribeTo(std::ostream* out) const {
    *out << "fails with " << to_string(code_) << " and a message that ";
    message_.DescribeTo(out);
  }
  void DescribeNegationTo(std::ostream* out) const {
    *out << "does not fail with " << to_string(code_) << " and a message that ";
    message_.DescribeTo(out);
  }

 private:
  Errc code_;
  testing::Matcher<const std::string&> message_;
};

/// Matches any Result that holds no error: `EXPECT_THAT(file->sync_data(), Succeeds())`.
inline testing::PolymorphicMatcher<SucceedsMatcher> Succeeds() {
  return testing::MakePolymorphicMatcher(SucceedsMatcher{});
}

/// Matches any Result that holds an error of this code, whose message (without the code's name)
/// matches `message`, if one is given:
/// `EXPECT_THAT(open(path), FailsWith(Errc::corruption, HasSubstr("000001.log")))`.
inline testing::PolymorphicMatcher<FailsWithMatcher> FailsWith(
    Errc code, testing::Matcher<const std::string&> message = testing::_) {
  return testing::MakePolymorphicMatcher(FailsWithMatcher{code, std::move(message)});
}

}  // namespace quartz
