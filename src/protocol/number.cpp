#include "protocol/number.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "base/ascii.hpp"
#include "base/check.hpp"

namespace quartz::protocol {
namespace {

// Up to here, either way, every integer is a double.
constexpr std::int64_t kExactMax = std::int64_t{1} << 53;
constexpr double kTwoTo63 = 9223372036854775808.0;

std::size_t skip_digits(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

// Whether a number that no normal double holds is too large for one, rather than too small: what
// counts is where its first digit other than zero stands. `text` is in JSON's grammar.
bool is_large(std::string_view text) noexcept {
  if (text.front() == '-') text.remove_prefix(1);
  const std::size_t mark = text.find_first_of("eE");
  const std::string_view digits = text.substr(0, mark);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::size_t leading = digits.find_first_of("123456789");
  if (leading == std::string_view::npos) return false;
  std::int64_t exponent = 0;
  if (mark != std::string_view::npos) {
    std::string_view written = text.substr(mark + 1);
    if (written.front() == '+') written.remove_prefix(1);
    const auto read = std::from_chars(written.data(), written.data() + written.size(), exponent);
    // No text is long enough to make up for such an exponent.
    if (read.ec != std::errc{}) return written.front() != '-';
    constexpr std::int64_t kPast = std::int64_t{1} << 40;
    exponent = std::min(std::max(exponent, -kPast), kPast);
  }
  return exponent + static_cast<std::int64_t>(point) > static_cast<std::int64_t>(leading);
}

}  // namespace

Number Number::of(std::int64_t value) noexcept {
  Number number{static_cast<double>(value), 0};
  if (value >= -kExactMax && value <= kExactMax) return number;
  // The largest integers round to 2^63, which is no signed integer itself.
  number.rest =
      number.nearest >= kTwoTo63
          ? -static_cast<std::int32_t>((std::uint64_t{1} << 63) - static_cast<std::uint64_t>(value))
          : static_cast<std::int32_t>(value - static_cast<std::int64_t>(number.nearest));
  return number;
}

Number Number::of(std::uint64_t value) noexcept {
  if (value < std::uint64_t{1} << 63) return of(static_cast<std::int64_t>(value));
  Number number{static_cast<double>(value), 0};
  // Differences of unsigned integers wrap to the right ones, and 2^64 is zero among them.
  const std::uint64_t rounded =
      number.nearest >= 2 * kTwoTo63 ? 0 : static_cast<std::uint64_t>(number.nearest);
  number.rest = static_cast<std::int32_t>(static_cast<std::int64_t>(value - rounded));
  return number;
}

Number Number::of(double value) noexcept {
  QUARTZ_CHECK(value == value);
  return Number{value + 0.0, 0};  // One zero, not two, so that equal numbers are equal bytes.
}

Number Number::of(const NumberValue& value) noexcept {
  return std::visit([](auto held) { return of(held); }, value);
}

std::optional<std::int64_t> to_int64(const Number& number) noexcept {
  if (number.nearest < -kTwoTo63 || number.nearest > kTwoTo63) return std::nullopt;
  if (number.nearest == kTwoTo63) {
    if (number.rest >= 0) return std::nullopt;
    return std::numeric_limits<std::int64_t>::max() + (number.rest + 1);
  }
  const auto rounded = static_cast<std::int64_t>(number.nearest);
  if (static_cast<double>(rounded) != number.nearest) return std::nullopt;
  return rounded + number.rest;
}

std::size_t number_bytes(std::string_view text) noexcept {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  if (at == text.size() || !is_digit(text[at])) return 0;
  at = text[at] == '0' ? at + 1 : skip_digits(text, at);
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    at = skip_digits(text, at + 1);
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t digits = at + 1;
    if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
    const std::size_t end = skip_digits(text, digits);
    if (end > digits) at = end;
  }
  return at;
}

bool is_integer_text(std::string_view number) noexcept {
  return number.find_first_of(".eE") == std::string_view::npos;
}

std::optional<NumberValue> parse_number(std::string_view text) noexcept {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  if (is_integer_text(text)) {
    std::int64_t value = 0;
    if (std::from_chars(begin, end, value).ec == std::errc{}) return value;
    std::uint64_t large = 0;
    if (std::from_chars(begin, end, large).ec == std::errc{}) return large;
  }
  double value = 0;
  if (std::from_chars(begin, end, value).ec == std::errc{}) return value;
  if (is_large(text)) return std::nullopt;
  return 0.0;
}

}  // namespace quartz::protocol
