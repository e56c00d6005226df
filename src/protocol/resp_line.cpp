#include "protocol/resp_line.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

namespace quartz::protocol {
namespace {

bool is_space_of_c(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\v' || c == '\f' || c == '\r';
}

char unescaped(char c) noexcept {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

class LineSplitter {
 public:
  explicit LineSplitter(std::string_view line) noexcept : rest_(line) {}

  // The next word; nothing at the end. False in `valid` if it is none.
  std::optional<std::string> next(bool& valid) {
    while (!rest_.empty() && is_space_of_c(rest_.front())) rest_.remove_prefix(1);
    if (rest_.empty()) return std::nullopt;
    std::string word;
    while (!rest_.empty() && !is_space_of_c(rest_.front())) {
      const char c = take();
      if (c != '"' && c != '\'') {
        word += c;
      } else if (!(c == '"' ? take_double_quoted(word) : take_single_quoted(word))) {
        valid = false;
        return std::nullopt;
      }
    }
    return word;
  }

 private:
  char take() noexcept {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  // Behind a closing quote, the word ends.
  bool is_at_end() const noexcept { return rest_.empty() || is_space_of_c(rest_.front()); }

  bool take_double_quoted(std::string& word) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == '"') return is_at_end();
      if (c != '\\' || rest_.empty()) {
        word += c;
      } else if (const auto byte = hexadecimal()) {
        word += *byte;
      } else {
        word += unescaped(take());
      }
    }
    return false;
  }

  // Of "xHH" behind a backslash.
  std::optional<char> hexadecimal() {
    if (rest_.size() < 3 || rest_.front() != 'x') return std::nullopt;
    std::uint8_t byte = 0;
    const char* const end = rest_.data() + 3;
    const auto parsed = std::from_chars(rest_.data() + 1, end, byte, 16);
    if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    rest_.remove_prefix(3);
    return static_cast<char>(byte);
  }

  bool take_single_quoted(std::string& word) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == '\'') return is_at_end();
      word += c == '\\' && rest_.starts_with('\'') ? take() : c;
    }
    return false;
  }

  std::string_view rest_;
};

}  // namespace

bool split_resp_line(std::string_view line, std::vector<std::string>& words) {
  words.clear();
  bool valid = true;
  LineSplitter splitter(line);
  while (auto word = splitter.next(valid)) words.push_back(*std::move(word));
  return valid;
}

}  // namespace quartz::protocol
