#include "cli/text_encoding.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/try.hpp"
#include "base/utf8.hpp"

namespace quartz::cli {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::uint8_t octet(char c) noexcept { return static_cast<std::uint8_t>(c); }

// The value of a hexadecimal digit, or -1.
int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that the first two digits of a text stand for.
std::optional<char> hex_byte(std::string_view two) noexcept {
  if (two.size() < 2) return std::nullopt;
  const int high = hex_value(two[0]);
  const int low = hex_value(two[1]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

void append_hex(std::string& to, char c) {
  to += kHexDigits[octet(c) >> 4];
  to += kHexDigits[octet(c) & 15];
}

}  // namespace

void escape_to(std::string& to, std::string_view bytes) {
  while (!bytes.empty()) {
    const char c = bytes.front();
    const std::size_t length = utf8_sequence_bytes(bytes);
    if (c == '\\') {
      to += "\\\\";
    } else if (c == '\t') {
      to += "\\t";
    } else if (c == '\n') {
      to += "\\n";
    } else if (c == '\r') {
      to += "\\r";
    } else if (length == 0 || octet(c) < 0x20 || octet(c) == 0x7F) {
      to += "\\x";
      append_hex(to, c);
    } else {
      to += bytes.substr(0, length);
      bytes.remove_prefix(length);
      continue;
    }
    bytes.remove_prefix(1);
  }
}

std::string escaped(std::string_view bytes) {
  std::string text;
  escape_to(text, bytes);
  return text;
}

Result<std::string> unescaped(std::string_view text) {
  std::string bytes;
  while (true) {
    const std::size_t backslash = text.find('\\');
    bytes += text.substr(0, backslash);
    if (backslash == std::string_view::npos) return bytes;
    text.remove_prefix(backslash + 1);
    const char kind = text.empty() ? '\0' : text.front();
    std::size_t consumed = 1;
    if (kind == 't') {
      bytes += '\t';
    } else if (kind == 'n') {
      bytes += '\n';
    } else if (kind == 'r') {
      bytes += '\r';
    } else if (kind == '\\') {
      bytes += '\\';
    } else if (const auto byte = hex_byte(text.substr(text.empty() ? 0 : 1)); kind == 'x' && byte) {
      bytes += *byte;
      consumed = 3;
    } else {
      return Error{Errc::invalid_argument,
                   fmt::format("\"\\{}\" is no escape; they are \\t \\n \\r \\\\ and \\xNN",
                               escaped(text.substr(0, kind == 'x' ? 3 : 1)))};
    }
    text.remove_prefix(consumed);
  }
}

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) append_hex(text, c);
  return text;
}

Result<std::string> from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const auto byte = hex_byte(text.substr(at));
    if (!byte) {
      return Error{Errc::invalid_argument,
                   fmt::format("\"{}\" is not hexadecimal (two digits a byte)", escaped(text))};
    }
    bytes += *byte;
  }
  return bytes;
}

Result<std::string> decode_argument(TextFormat format, std::string_view argument,
                                    std::string_view what) {
  if (format == TextFormat::text) return std::string(argument);
  auto bytes = format == TextFormat::hex ? from_hex(argument) : unescaped(argument);
  if (bytes) return bytes;
  return Error{bytes.error().code(), fmt::format("{}: {}", what, bytes.error().message())};
}

std::string encoded(TextFormat format, std::string_view bytes) {
  switch (format) {
    case TextFormat::text:
      return std::string(bytes);
    case TextFormat::hex:
      return to_hex(bytes);
    case TextFormat::escaped:
      return escaped(bytes);
  }
  return {};
}

}  // namespace quartz::cli
