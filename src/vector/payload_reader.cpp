#include "vector/payload_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "protocol/unicode_escape.hpp"

namespace quartz::vector {
namespace {

// What numbers, true, false and null consist of.
constexpr std::array<bool, 256> make_word_bytes() noexcept {
  std::array<bool, 256> is_word{};
  for (unsigned c = '0'; c <= '9'; ++c) is_word[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) is_word[c] = true;
  for (const char c : {'.', '-', '+', 'E'}) is_word[static_cast<unsigned char>(c)] = true;
  return is_word;
}
constexpr std::array<bool, 256> kWordBytes = make_word_bytes();

bool continues_word(char c) noexcept { return kWordBytes[static_cast<unsigned char>(c)]; }

char unescaped(char letter) noexcept {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;  // A quote, a slash or a backslash.
  }
}

}  // namespace

std::string_view JsonString::resolved(std::string& scratch) const {
  scratch.clear();
  std::size_t at = 0;
  while (at < raw.size()) {
    const std::size_t backslash = std::min(raw.find('\\', at), raw.size());
    scratch += raw.substr(at, backslash - at);
    if (backslash + 1 >= raw.size()) break;
    at = backslash + 2;
    if (raw[backslash + 1] != 'u') {
      scratch += unescaped(raw[backslash + 1]);
    } else if (const auto code_point = protocol::read_unicode_escape(raw, at)) {
      append_utf8(scratch, *code_point);
    } else {
      return raw;
    }
  }
  return scratch;
}

bool PayloadReader::read_number(protocol::Number& number) noexcept {
  const char* const begin = at_;
  // Most are integers of a few digits, which need neither a parser nor rounding.
  constexpr int kExactDigits = 15;
  const bool negative = at_ != end_ && *at_ == '-';
  if (negative) ++at_;
  std::int64_t value = 0;
  const char* const digits = at_;
  while (at_ != end_ && is_digit(*at_) && at_ - digits < kExactDigits)
    value = value * 10 + (*at_++ - '0');
  if (at_ != digits && (at_ == end_ || !continues_word(*at_))) {
    number = {static_cast<double>(negative ? -value : value), 0};
    return true;
  }
  while (at_ != end_ && continues_word(*at_)) ++at_;
  const std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
  if (protocol::number_bytes(text) != text.size() || text.empty()) return false;
  const auto parsed = protocol::parse_number(text);
  if (!parsed) return false;
  number = protocol::Number::of(*parsed);
  return true;
}

bool PayloadReader::skip_value() noexcept {
  switch (peek()) {
    case '"': {
      JsonString ignored;
      return read_string(ignored);
    }
    case '{':
    case '[':
      ++at_;
      return skip_to_end_of_container();
    default: {
      const char* const begin = at_;
      while (at_ != end_ && continues_word(*at_)) ++at_;
      return at_ != begin;
    }
  }
}

bool PayloadReader::skip_to_end_of_container() noexcept {
  const char* const behind = ContainerEnd().find(at_, end_);
  at_ = behind == nullptr ? end_ : behind;
  return behind != nullptr;
}

}  // namespace quartz::vector
