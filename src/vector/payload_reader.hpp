#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/number.hpp"
#include "vector/byte_scan.hpp"

namespace quartz::vector {

/// A string of JSON as it stands between its quotes.
struct JsonString {
  std::string_view raw;
  bool escaped = false;  // There are escapes in it.

  /// The text that it stands for: `raw` itself, or `scratch`, into which escapes are resolved. One
  /// that is none stands for itself.
  std::string_view text(std::string& scratch) const { return escaped ? resolved(scratch) : raw; }

 private:
  std::string_view resolved(std::string& scratch) const;
};

/// Reads JSON that has been validated (vector/payload.hpp), from front to back, without looking at
/// what it skips more closely than it has to. It may be given anything: it never reads past the
/// end, and what it stumbles over makes a read fail.
class PayloadReader {
 public:
  explicit PayloadReader(std::string_view text) noexcept
      : at_(text.data()), end_(text.data() + text.size()) {}

  /// The first character of the next token; 0 at the end.
  char peek() noexcept {
    while (at_ != end_ && is_space(*at_)) ++at_;
    return at_ == end_ ? '\0' : *at_;
  }
  /// Steps over the character that `peek` gave.
  void advance() noexcept {
    if (at_ != end_) ++at_;
  }
  bool take(char expected) noexcept {
    if (peek() != expected) return false;
    advance();
    return true;
  }

  /// The string whose opening quote `peek` gave.
  bool read_string(JsonString& string) noexcept {
    const char* const begin = ++at_;
    string.escaped = false;
    while (true) {
      at_ = find_string_mark(at_, end_);
      if (at_ == end_) return false;
      if (*at_ == '"') break;
      if (end_ - at_ < 2) return false;
      string.escaped = true;
      at_ += 2;
    }
    string.raw = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
  }

  /// The number whose first character `peek` gave.
  bool read_number(protocol::Number& number) noexcept;

  /// Steps over a word of letters: true, false or null.
  void skip_word() noexcept {
    while (at_ != end_ && *at_ >= 'a' && *at_ <= 'z') ++at_;
  }

  /// Steps over the value whose first character `peek` gave.
  bool skip_value() noexcept;
  /// Steps over the rest of the object or array that the place is in.
  bool skip_to_end_of_container() noexcept;

 private:
  static bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

  const char* at_;
  const char* end_;
};

}  // namespace quartz::vector
