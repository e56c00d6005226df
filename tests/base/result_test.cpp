#include "quartz/result.hpp"

#include <memory>
#include <string>

#include "support/result_matchers.hpp"

namespace quartz {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<int> half(int number) {
  if (number % 2 != 0) return Error(Errc::invalid_argument, std::to_string(number) + " is odd");
  return number / 2;
}

TEST(Result, holds_a_value) {
  const Result<int> result = 7;
  ASSERT_TRUE(result.has_value());
  EXPECT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(*result, 7);
  EXPECT_EQ(result.value_or(9), 7);
}

TEST(Result, holds_an_error) {
  const Result<int> result = Error(Errc::not_found, "orders");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), Errc::not_found);
  EXPECT_EQ(result.value_or(9), 9);
}

TEST(Result, carries_values_that_only_move) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 3);
}

TEST(Result, arrow_reaches_into_the_value) {
  const Result<std::string> result = std::string("abc");
  EXPECT_EQ(result->size(), 3u);
}

TEST(Result, and_then_goes_on_with_a_value_and_stops_at_the_first_error) {
  EXPECT_EQ(*half(12).and_then(half), 3);
  EXPECT_THAT(half(10).and_then(half), FailsWith(Errc::invalid_argument, "5 is odd"));
  bool called = false;
  const auto untouched = half(1).and_then([&](int n) -> Result<int> {
    called = true;
    return n;
  });
  EXPECT_THAT(untouched, FailsWith(Errc::invalid_argument, "1 is odd"));
  EXPECT_FALSE(called);
}

TEST(Result, transform_changes_a_value_and_passes_an_error_on) {
  EXPECT_EQ(*half(8).transform([](int n) { return std::to_string(n); }), "4");
  EXPECT_THAT(half(9).transform([](int n) { return n + 1; }), FailsWith(Errc::invalid_argument));
}

TEST(Result, without_a_value_is_success_or_an_error) {
  const Result<void> success;
  const Result<void> failure = Error(Errc::io_error, "disk");
  EXPECT_THAT(success, Succeeds());
  EXPECT_THAT(failure, FailsWith(Errc::io_error, "disk"));
  success.value();
}

TEST(Result, without_a_value_chains_too) {
  int calls = 0;
  const auto count = [&]() -> Result<void> {
    ++calls;
    return {};
  };
  EXPECT_THAT(Result<void>().and_then(count), Succeeds());
  EXPECT_THAT(Result<void>(Error(Errc::busy, "b")).and_then(count), FailsWith(Errc::busy));
  EXPECT_EQ(calls, 1);
}

TEST(ResultDeathTest, the_value_of_an_error_prints_it_and_aborts) {
  const Result<int> result = Error(Errc::no_space, "data: 3 bytes left");
  EXPECT_DEATH((void)result.value(), "no_space: data: 3 bytes left");
  EXPECT_DEATH(Result<void>(Error(Errc::closed, "gone")).value(), "closed: gone");
}

TEST(ResultMatchers, tell_codes_and_messages_apart) {
  const Result<int> failure = Error(Errc::corruption, "000001.log: bad checksum");
  EXPECT_THAT(failure, FailsWith(Errc::corruption));
  EXPECT_THAT(failure, FailsWith(Errc::corruption, HasSubstr("000001.log")));
  EXPECT_THAT(failure, Not(FailsWith(Errc::io_error)));
  EXPECT_THAT(failure, Not(FailsWith(Errc::corruption, HasSubstr("000002.log"))));
  EXPECT_THAT(failure, Not(Succeeds()));
  EXPECT_THAT(Result<int>(1), Not(FailsWith(Errc::corruption)));
}

TEST(ResultMatchers, failed_expectations_show_the_error) {
  EXPECT_EQ(testing::PrintToString(Result<int>(Error(Errc::busy, "LOCK"))), "failure (busy: LOCK)");
  EXPECT_EQ(testing::PrintToString(Result<void>()), "success");
}

}  // namespace
}  // namespace quartz
