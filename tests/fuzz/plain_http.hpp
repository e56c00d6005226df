#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.hpp"
#include "base/check.hpp"

namespace quartz::fuzz {

// What HTTP says about where a message ends, taken at its word and nothing more: a second opinion
// about what was accepted.

/// The front of `text` up to `end`, which is taken off with it; nothing if it is not there.
inline std::optional<std::string_view> take_until(std::string_view& text, std::string_view end) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view front = text.substr(0, at);
  text.remove_prefix(at + end.size());
  return front;
}

/// The number that all of `digits` are, which are of `set`.
inline std::size_t plain_number(std::string_view digits, std::string_view set) {
  QUARTZ_CHECK(!digits.empty() && digits.find_first_not_of(set) == std::string_view::npos);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  QUARTZ_CHECK(digits.size() < 10);
  const int base = set.size() == 10 ? 10 : 16;
  return digits.empty() ? 0 : std::stoul(std::string(digits), nullptr, base);
}

/// Without blanks and tabs at the end.
inline std::string_view without_blanks(std::string_view text) {
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

/// A line without any of the bytes that others may take for the end of one.
inline void check_line(std::string_view line) {
  QUARTZ_CHECK(line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
}

/// What the headers of a request say about the length of its body.
struct PlainFraming {
  bool chunked = false;
  std::optional<std::size_t> length = {};
};

/// Of the lines behind the request line, each of which ends with its line feed. Whoever accepts a
/// header that says it twice, or that another might read differently, ends here.
inline PlainFraming framing_of(std::string_view lines) {
  PlainFraming framing;
  while (!lines.empty()) {
    const std::string_view line = take_until(lines, "\r\n").value();
    check_line(line);
    const std::size_t colon = line.find(':');
    QUARTZ_CHECK(colon != std::string_view::npos && colon > 0);
    const std::string_view name = line.substr(0, colon);
    QUARTZ_CHECK(name.find_first_of(" \t") == std::string_view::npos);
    std::string_view value = without_blanks(line.substr(colon + 1));
    while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
    if (is_same_word(name, "Transfer-Encoding")) {
      QUARTZ_CHECK(!framing.chunked && is_same_word(value, "chunked"));
      framing.chunked = true;
    }
    if (is_same_word(name, "Content-Length")) {
      QUARTZ_CHECK(!framing.length);
      framing.length = plain_number(value, "0123456789");
    }
  }
  QUARTZ_CHECK(!framing.chunked || !framing.length);
  return framing;
}

/// The body in chunks that `text` is from beginning to end.
inline std::string without_chunks(std::string_view text) {
  std::string body;
  while (true) {
    const std::string_view line = take_until(text, "\r\n").value();
    check_line(line);
    const std::size_t size =
        plain_number(without_blanks(line.substr(0, line.find(';'))), "0123456789abcdefABCDEF");
    if (size == 0) break;
    QUARTZ_CHECK(text.size() >= size + 2 && text.substr(size, 2) == "\r\n");
    body += text.substr(0, size);
    text.remove_prefix(size + 2);
  }
  while (true) {
    const std::string_view line = take_until(text, "\r\n").value();
    if (line.empty()) break;
    check_line(line);
    QUARTZ_CHECK(!line.starts_with(' ') && !line.starts_with('\t'));
  }
  QUARTZ_CHECK(text.empty());
  return body;
}

/// The body of the request that `text` is from beginning to end.
inline std::string plain_body(std::string_view text) {
  if (text.starts_with("\r\n")) text.remove_prefix(2);
  const std::size_t end = text.find("\r\n\r\n");
  QUARTZ_CHECK(end != std::string_view::npos);
  std::string_view head = text.substr(0, end + 2);
  text.remove_prefix(end + 4);
  check_line(take_until(head, "\r\n").value());
  const PlainFraming framing = framing_of(head);
  if (framing.chunked) return without_chunks(text);
  QUARTZ_CHECK(text.size() == framing.length.value_or(0));
  return std::string(text);
}

/// The body of a response that is all of `text`, with as many bytes as its headers say unless it
/// has none. No header may end another line than its own.
inline std::string_view check_response(std::string_view text, bool has_body) {
  QUARTZ_CHECK(text.starts_with("HTTP/1.1 ") || text.starts_with("HTTP/1.0 "));
  const std::size_t end = text.find("\r\n\r\n");
  QUARTZ_CHECK(end != std::string_view::npos);
  std::string_view head = text.substr(0, end + 2);
  text.remove_prefix(end + 4);
  check_line(take_until(head, "\r\n").value());
  const PlainFraming framing = framing_of(head);
  QUARTZ_CHECK(!framing.chunked);
  QUARTZ_CHECK(text.size() == (has_body ? framing.length.value_or(0) : 0));
  return text;
}

}  // namespace quartz::fuzz
