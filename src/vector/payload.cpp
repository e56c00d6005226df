#include "vector/payload.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "base/utf8.hpp"
#include "protocol/number.hpp"
#include "protocol/text_error.hpp"
#include "protocol/unicode_escape.hpp"
#include "quartz/vector/payload_limits.hpp"
#include "vector/byte_scan.hpp"
#include "vector/payload_reader.hpp"

namespace quartz::vector {
namespace {

// By recursive descent, with a function for each rule of the grammar.
class PayloadValidator {
 public:
  explicit PayloadValidator(std::string_view text) noexcept : text_(text) {}

  Result<void> validate() {
    const std::size_t good = utf8_prefix_bytes(text_);
    if (good != text_.size()) return error(good, "the payload is not UTF-8");
    skip_space();
    if (peek() != '{') return unexpected("'{', since a payload is a JSON object");
    QUARTZ_TRY(value());
    skip_space();
    if (at_ != text_.size()) return unexpected("the end behind the object");
    return {};
  }

 private:
  // A name of an object, with its escapes resolved.
  struct Name {
    std::string_view text;
    std::size_t offset = 0;
  };

  char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() noexcept {
    while (at_ < text_.size() &&
           (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')) {
      ++at_;
    }
  }

  Error error(std::size_t offset, std::string_view message) const {
    return protocol::text_error(Errc::invalid_argument, "payload", text_, offset, message);
  }
  Error unexpected(std::string_view expected) const {
    const std::string found =
        at_ == text_.size()
            ? "the end"
            : protocol::quoted_excerpt(text_.substr(at_, utf8_sequence_bytes(text_.substr(at_))));
    return error(at_, fmt::format("expected {}, found {}", expected, found));
  }

  Result<void> value() {
    switch (peek()) {
      case '{':
      case '[': {
        if (++depth_ > kPayloadDepthMax) {
          return protocol::text_error(Errc::too_large, "payload", text_, at_,
                                      fmt::format("nested more than {} deep", kPayloadDepthMax));
        }
        const bool is_object = peek() == '{';
        ++at_;
        QUARTZ_TRY(is_object ? object() : array());
        --depth_;
        return {};
      }
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  Result<void> object() {
    const std::size_t first_name = names_.size();
    skip_space();
    if (take('}')) return {};
    while (true) {
      skip_space();
      if (peek() != '"') return unexpected("a name in double quotes");
      QUARTZ_TRY(name());
      skip_space();
      if (!take(':')) return unexpected("':' behind the name");
      skip_space();
      QUARTZ_TRY(value());
      skip_space();
      if (take('}')) break;
      if (!take(',')) return unexpected("',' or '}'");
    }
    return unique_names(first_name);
  }

  Result<void> array() {
    skip_space();
    if (take(']')) return {};
    while (true) {
      skip_space();
      QUARTZ_TRY(value());
      skip_space();
      if (take(']')) return {};
      if (!take(',')) return unexpected("',' or ']'");
    }
  }

  bool take(char expected) noexcept {
    if (peek() != expected) return false;
    ++at_;
    return true;
  }

  // A string, and among the names of the object that is being read.
  Result<void> name() {
    const std::size_t offset = at_;
    QUARTZ_TRY(string());
    JsonString string{text_.substr(offset + 1, at_ - offset - 2), last_string_escaped_};
    std::string_view text = string.raw;
    if (string.escaped) {
      resolved_names_.emplace_back();
      text = string.text(resolved_names_.back());
    }
    names_.push_back({text, offset});
    return {};
  }

  // The names from `first` on belong to an object that is complete, and are given up.
  Result<void> unique_names(std::size_t first) {
    const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, names_.end(), [](const Name& a, const Name& b) {
      return std::pair(a.text, a.offset) < std::pair(b.text, b.offset);
    });
    const Name* earliest = nullptr;
    for (std::size_t i = first + 1; i < names_.size(); ++i) {
      const bool twice = names_[i].text == names_[i - 1].text;
      if (twice && (earliest == nullptr || names_[i].offset < earliest->offset)) {
        earliest = &names_[i];
      }
    }
    if (earliest != nullptr) {
      return error(earliest->offset, fmt::format("the object has the name {} twice",
                                                 protocol::quoted_excerpt(earliest->text)));
    }
    names_.resize(first);
    return {};
  }

  Result<void> string() {
    const std::size_t begin = at_++;
    const char* const end = text_.data() + text_.size();
    last_string_escaped_ = false;
    while (true) {
      const std::size_t plain = at_;
      at_ = static_cast<std::size_t>(find_string_mark(text_.data() + at_, end) - text_.data());
      const auto run = text_.substr(plain, at_ - plain);
      const auto control =
          std::ranges::find_if(run, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
      if (control != run.end()) {
        return error(plain + static_cast<std::size_t>(control - run.begin()),
                     "a control character in a string is written as an escape");
      }
      if (at_ == text_.size()) return error(begin, "the string is never closed");
      if (take('"')) return {};
      last_string_escaped_ = true;
      QUARTZ_TRY(escape());
    }
  }

  Result<void> escape() {
    const std::size_t begin = at_++;
    const char letter = peek();
    if (letter == 'u') {
      ++at_;
      if (protocol::read_unicode_escape(text_, at_)) return {};
      return error(begin,
                   "expected \\u and four hexadecimal digits, twice for what needs a surrogate");
    }
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    if (letter == '\0' || kLetters.find(letter) == std::string_view::npos) {
      return error(begin, "unknown escape; they are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uNNNN");
    }
    ++at_;
    return {};
  }

  Result<void> word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return unexpected("a value");
    at_ += expected.size();
    return {};
  }

  Result<void> number() {
    const std::size_t length = protocol::number_bytes(text_.substr(at_));
    if (length == 0) return unexpected("a value");
    const std::string_view number = text_.substr(at_, length);
    if (!protocol::parse_number(number)) return error(at_, "the number is too large for a double");
    at_ += length;
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::vector<Name> names_;  // Of the objects that are being read, from the outermost in.
  std::deque<std::string> resolved_names_;
  bool last_string_escaped_ = false;
};

}  // namespace

Result<void> validate_payload(std::string_view text) {
  if (text.size() > kPayloadBytesMax) {
    return Error{Errc::too_large, fmt::format("payload: {} bytes, and at most {} are allowed",
                                              text.size(), kPayloadBytesMax)};
  }
  return PayloadValidator(text).validate();
}

}  // namespace quartz::vector
