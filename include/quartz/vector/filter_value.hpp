#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "quartz/export.hpp"

namespace quartz {

/// An integer that stands for a number: neither a truth value nor a character.
template <class T>
concept FilterInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                        !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                        !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

/// What a filter compares with: null, a truth value, a number or a text. Made from the C++ values
/// by themselves. Integers keep all their 64 bits. A plain value; copies are independent.
class FilterValue {
 public:
  /// What is inside. An integer is a signed one if it fits, so that each has one form.
  using Variant =
      std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string>;

  // All implicit, so that `field("year") >= 2020` reads as it should.
  // NOLINTBEGIN(google-explicit-constructor)
  FilterValue(std::nullptr_t) noexcept {}                                 ///< Null.
  FilterValue(std::same_as<bool> auto value) noexcept : value_(value) {}  ///< True or false.
  /// A number without a fraction.
  FilterValue(FilterInteger auto value) noexcept : value_(in_one_form(value)) {}
  FilterValue(double value) noexcept : value_(value) {}                      ///< A number.
  FilterValue(float value) noexcept : value_(static_cast<double>(value)) {}  ///< A number.
  FilterValue(std::string value) noexcept : value_(std::move(value)) {}      ///< A text.
  FilterValue(std::string_view value) : value_(std::string(value)) {}        ///< A text, copied.
  /// A text, copied, up to its zero.
  FilterValue(const char* value) : value_(std::string(value)) {}
  // NOLINTEND(google-explicit-constructor)

  const Variant& variant() const noexcept { return value_; }  ///< As it is kept.
  /// Whether it is null.
  bool is_null() const noexcept { return std::holds_alternative<std::monostate>(value_); }
  /// Whether it is a text.
  bool is_text() const noexcept { return std::holds_alternative<std::string>(value_); }
  /// Whether it is a number of any kind.
  bool is_number() const noexcept { return value_.index() >= 2 && value_.index() <= 4; }

  /// As a filter's text has it: `null`, `true`, `-7`, `0.5`, `'it\'s'`. What is no UTF-8, and
  /// control characters, are written as escapes.
  QUARTZ_EXPORT std::string to_string() const;

  /// The same kind and the same value: 1 and 1.0 are equal in a comparison, but not the same value.
  friend bool operator==(const FilterValue&, const FilterValue&) = default;

 private:
  template <class T>
  static Variant in_one_form(T value) noexcept {
    if constexpr (std::is_unsigned_v<T>) {
      if (value > static_cast<std::uint64_t>(INT64_MAX)) return static_cast<std::uint64_t>(value);
    }
    return static_cast<std::int64_t>(value);
  }

  Variant value_;
};

}  // namespace quartz
