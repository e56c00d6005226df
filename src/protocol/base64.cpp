#include "protocol/base64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace quartz::protocol {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNoDigit = 64;

constexpr std::array<std::uint8_t, 256> values_of(std::string_view digits) {
  std::array<std::uint8_t, 256> values = {};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    values[static_cast<std::uint8_t>(digits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr auto kValues = values_of(kDigits);
constexpr auto kUrlValues = values_of(kUrlDigits);

std::string encoded(std::string_view bytes, std::string_view digits) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t present = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < present ? static_cast<std::uint8_t>(bytes[at + i]) : 0u);
    }
    for (std::size_t i = 0; i <= present; ++i) text += digits[bits >> (18 - 6 * i) & 63];
  }
  return text;
}

// Of digits alone.
std::optional<std::string> decoded(std::string_view text,
                                   const std::array<std::uint8_t, 256>& values) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned held = 0;  // How many low bits of `bits` were not given out yet.
  for (const char c : text) {
    const std::uint8_t digit = values[static_cast<std::uint8_t>(c)];
    if (digit == kNoDigit) return std::nullopt;
    bits = bits << 6 | digit;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(static_cast<std::uint8_t>(bits >> held));
    bits &= (1u << held) - 1;
  }
  // Bits that no byte takes must be zero, so that every value has exactly one text.
  if (held == 6 || bits != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text = encoded(bytes, kDigits);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decoded(text, kValues);
}

std::string to_base64_url(std::string_view bytes) { return encoded(bytes, kUrlDigits); }

std::optional<std::string> from_base64_url(std::string_view text) {
  return decoded(text, kUrlValues);
}

}  // namespace quartz::protocol
