#include "base/utf8.hpp"

#include <cstdint>

#include "base/coding.hpp"

namespace quartz {
namespace {

std::uint8_t octet(char c) noexcept { return static_cast<std::uint8_t>(c); }

}  // namespace

std::size_t utf8_sequence_bytes(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const std::uint8_t lead = octet(text[0]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  // C0 and C1 could only begin overlong forms; past F4 lies nothing that Unicode has.
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  // The second byte's range is what rules out overlong forms, surrogates and what is past U+10FFFF.
  const std::uint8_t lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (octet(text[1]) < lowest || octet(text[1]) > highest) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (octet(text[i]) < 0x80 || octet(text[i]) > 0xBF) return 0;
  }
  return length;
}

std::size_t utf8_prefix_bytes(std::string_view text) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080808080808080u;
  std::size_t at = 0;
  while (at < text.size()) {
    // Most text is ASCII, which shows eight bytes at a time.
    if (text.size() - at >= 8 &&
        (load<std::uint64_t>(as_bytes(text.substr(at)).data()) & kHighBits) == 0) {
      at += 8;
      continue;
    }
    const std::size_t length = utf8_sequence_bytes(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  return at;
}

bool is_utf8(std::string_view text) noexcept { return utf8_prefix_bytes(text) == text.size(); }

void append_utf8(std::string& to, char32_t code_point) {
  const auto tail = [&](int shift) {
    to += static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) {
    to += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    to += static_cast<char>(0xC0 | (code_point >> 6));
    tail(0);
  } else if (code_point < 0x10000) {
    to += static_cast<char>(0xE0 | (code_point >> 12));
    tail(6);
    tail(0);
  } else {
    to += static_cast<char>(0xF0 | (code_point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace quartz
