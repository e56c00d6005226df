#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quartz {

/// One name or several, in their order: `"a"`, `{"a", "b"}`. Views, for arguments only.
class Names {
 public:
  /// One name.
  template <std::convertible_to<std::string_view> One>
  Names(const One& one) : names_{one} {}  // NOLINT(google-explicit-constructor): `del("a")`.
  /// Several, written out.
  Names(std::initializer_list<std::string_view> names) : names_(names) {}
  /// Several, collected before.
  Names(std::vector<std::string_view> names)  // NOLINT(google-explicit-constructor): as above.
      : names_(std::move(names)) {}

  std::size_t size() const noexcept { return names_.size(); }  ///< How many.
  auto begin() const noexcept { return names_.begin(); }       ///< Of the first.
  auto end() const noexcept { return names_.end(); }           ///< Behind the last.

 private:
  std::vector<std::string_view> names_;
};

/// Several names with what they shall hold: `{{"a", "1"}, {"b", "2"}}`.
using NamedTexts = std::vector<std::pair<std::string_view, std::string_view>>;
/// Answers of names with what they hold.
using NamedValues = std::vector<std::pair<std::string, std::string>>;

/// A member of a sorted set.
struct ScoredMember {
  std::string member = {};  ///< Its name.
  double score = 0;         ///< By which it is ordered.

  bool operator==(const ScoredMember&) const = default;  ///< All of it the same.
};

/// An element of a list, and the key that it was taken from.
struct PoppedElement {
  std::string key = {};      ///< Where it was.
  std::string element = {};  ///< What was there.

  bool operator==(const PoppedElement&) const = default;  ///< All of it the same.
};

/// A member of a sorted set, and the key that it was taken from.
struct PoppedMember {
  std::string key = {};      ///< Where it was.
  ScoredMember member = {};  ///< What was there.

  bool operator==(const PoppedMember&) const = default;  ///< All of it the same.
};

/// How long a key will be there.
struct TimeToLive {
  bool exists = false;                                 ///< It is there now.
  std::optional<std::chrono::milliseconds> left = {};  ///< Nothing: for as long as it likes.

  bool operator==(const TimeToLive&) const = default;  ///< All of it the same.
};

}  // namespace quartz
