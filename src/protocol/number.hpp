#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace quartz::protocol {

/// A number as it is kept: integers of 64 bits exactly, everything else as a double. What fits a
/// signed integer is never unsigned.
using NumberValue = std::variant<std::int64_t, std::uint64_t, double>;

/// A number in a form that compares exactly, whichever of the three kinds it came from: 2^53 + 1 is
/// more than 2^53 as a double. The nearest double leads. Rounding keeps the order, so that what an
/// integer lost by it decides only among the values that round to the same double; those of doubles
/// lost nothing. Never NaN.
struct Number {
  double nearest = 0;
  std::int32_t rest = 0;  // The exact value minus `nearest`; at most 1024 either way.

  static Number of(std::int64_t value) noexcept;
  static Number of(std::uint64_t value) noexcept;
  static Number of(double value) noexcept;
  static Number of(const NumberValue& value) noexcept;

  friend bool operator==(const Number&, const Number&) = default;
  friend std::weak_ordering operator<=>(const Number& a, const Number& b) noexcept {
    if (a.nearest < b.nearest) return std::weak_ordering::less;
    if (a.nearest > b.nearest) return std::weak_ordering::greater;
    return a.rest <=> b.rest;
  }
};

/// The integer that `number` is exactly, if it is one of 64 bits with a sign.
std::optional<std::int64_t> to_int64(const Number& number) noexcept;

/// Length of the number at the front of `text`, in JSON's grammar; 0 if there is none. It ends
/// where the grammar does: of "01" it is the "0", of "1.x" the "1".
std::size_t number_bytes(std::string_view text) noexcept;

/// The value of a text that is one number in JSON's grammar. An integer past 64 bits becomes the
/// nearest double, and what is too small for a double zero; nothing if it is too large for one.
std::optional<NumberValue> parse_number(std::string_view text) noexcept;

/// True if the text of a number has neither fraction nor exponent.
bool is_integer_text(std::string_view number) noexcept;

}  // namespace quartz::protocol
