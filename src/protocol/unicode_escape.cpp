#include "protocol/unicode_escape.hpp"

namespace quartz::protocol {
namespace {

constexpr std::size_t kEscapeDigits = 4;

std::optional<char32_t> four_digits(std::string_view text, std::size_t at) noexcept {
  if (text.size() < kEscapeDigits || at > text.size() - kEscapeDigits) return std::nullopt;
  char32_t value = 0;
  for (std::size_t i = 0; i < kEscapeDigits; ++i) {
    const int digit = hex_digit_value(text[at + i]);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

}  // namespace

int hex_digit_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<char32_t> read_unicode_escape(std::string_view text, std::size_t& at) noexcept {
  const auto first = four_digits(text, at);
  if (!first) return std::nullopt;
  if (*first < 0xD800 || *first > 0xDFFF) {
    at += kEscapeDigits;
    return first;
  }
  const std::size_t second_at = at + kEscapeDigits;
  if (*first > 0xDBFF || text.substr(second_at, 2) != "\\u") return std::nullopt;
  const auto second = four_digits(text, second_at + 2);
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return std::nullopt;
  at = second_at + 2 + kEscapeDigits;
  return 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
}

}  // namespace quartz::protocol
