#include "protocol/glob.hpp"

#include <algorithm>
#include <cstddef>

namespace quartz::protocol {
namespace {

unsigned char byte_of(char c) noexcept { return static_cast<unsigned char>(c); }

// Behind a '[': whether `c` is in the class, which is taken off the pattern with its end.
bool take_class(std::string_view& pattern, char c) noexcept {
  const bool negated = pattern.starts_with('^');
  if (negated) pattern.remove_prefix(1);
  bool found = false;
  while (!pattern.empty() && pattern.front() != ']') {
    if (pattern.front() == '\\' && pattern.size() >= 2) {
      found |= pattern[1] == c;
      pattern.remove_prefix(2);
    } else if (pattern.size() >= 3 && pattern[1] == '-') {
      const auto [low, high] = std::minmax({byte_of(pattern[0]), byte_of(pattern[2])});
      found |= low <= byte_of(c) && byte_of(c) <= high;
      pattern.remove_prefix(3);
    } else {
      found |= pattern.front() == c;
      pattern.remove_prefix(1);
    }
  }
  if (!pattern.empty()) pattern.remove_prefix(1);
  return found != negated;
}

// Whether what the pattern has first, which is no star, stands for `c`; it is taken off.
bool take_one(std::string_view& pattern, char c) noexcept {
  const char first = pattern.front();
  pattern.remove_prefix(1);
  if (first == '?') return true;
  if (first == '[') return take_class(pattern, c);
  if (first != '\\' || pattern.empty()) return first == c;
  const char literal = pattern.front();
  pattern.remove_prefix(1);
  return literal == c;
}

}  // namespace

// What stands behind the last star is tried at one place after another. Stars before it need not be
// tried again: whatever they take, the last one can take the rest.
bool matches_glob(std::string_view pattern, std::string_view text) noexcept {
  bool has_star = false;
  std::string_view behind_star;
  std::string_view text_behind;  // What the last star has not taken.
  while (true) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      has_star = true;
      behind_star = pattern;
      text_behind = text;
      continue;
    }
    if (text.empty()) return pattern.empty();
    if (!pattern.empty() && take_one(pattern, text.front())) {
      text.remove_prefix(1);
      continue;
    }
    if (!has_star) return false;
    text_behind.remove_prefix(1);
    text = text_behind;
    pattern = behind_star;
  }
}

std::string_view glob_prefix(std::string_view pattern) noexcept {
  return pattern.substr(0, pattern.find_first_of("*?[\\"));
}

}  // namespace quartz::protocol
