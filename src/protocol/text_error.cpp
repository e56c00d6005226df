#include "protocol/text_error.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace quartz::protocol {
namespace {

// Bytes of a line that are shown before the place, and behind it.
constexpr std::size_t kShownBytes = 48;
constexpr std::size_t kQuotedBytes = 40;
constexpr std::string_view kEllipsis = "...";

bool continues_a_sequence(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// How many characters were appended; one for each code point, one for each byte that is none.
std::size_t append_printable(std::string& to, std::string_view bytes) {
  std::size_t characters = 0;
  for (; !bytes.empty(); ++characters) {
    const std::size_t length = utf8_sequence_bytes(bytes);
    const auto first = static_cast<unsigned char>(bytes.front());
    if (length == 0 || first < 0x20 || first == 0x7F) {
      to += first == '\t' ? ' ' : '?';
    } else {
      to += bytes.substr(0, length);
    }
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return characters;
}

// The largest position up to `at` where no sequence is cut. What is no UTF-8 may be cut anywhere.
std::size_t whole_sequences(std::string_view text, std::size_t at) noexcept {
  for (std::size_t back = 0; back < 4 && back <= at; ++back) {
    if (at - back == text.size() || !continues_a_sequence(text[at - back])) return at - back;
  }
  return at;
}

}  // namespace

Error text_error(Errc code, std::string_view text_name, std::string_view text, std::size_t offset,
                 std::string_view message) {
  offset = std::min(offset, text.size());
  const std::size_t break_before =
      offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  const std::size_t line_begin = break_before == std::string_view::npos ? 0 : break_before + 1;
  const std::size_t line_end = std::min(text.find('\n', offset), text.size());
  std::size_t begin = line_begin;
  std::size_t end = line_end;
  std::string shown = "  ";
  if (offset - line_begin > kShownBytes) {
    begin = whole_sequences(text, offset - kShownBytes);
    shown += kEllipsis;
  }
  if (line_end - offset > kShownBytes) end = whole_sequences(text, offset + kShownBytes);
  std::size_t column = shown.size();
  column += append_printable(shown, text.substr(begin, offset - begin));
  if (end > offset) append_printable(shown, text.substr(offset, end - offset));
  if (end < line_end) shown += kEllipsis;
  return Error{code, fmt::format("{}: at offset {}: {}\n{}\n{}^", text_name, offset, message, shown,
                                 std::string(column, ' '))};
}

std::string quoted_excerpt(std::string_view bytes) {
  const bool cut = bytes.size() > kQuotedBytes;
  std::string text = "'";
  append_printable(text, cut ? bytes.substr(0, whole_sequences(bytes, kQuotedBytes)) : bytes);
  text += cut ? "...'" : "'";
  return text;
}

}  // namespace quartz::protocol
