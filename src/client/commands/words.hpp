#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quartz/client/commands/values.hpp"

namespace quartz::client {

/// A number as a word.
class NumberWord {
 public:
  explicit NumberWord(std::integral auto number) noexcept { write(number); }
  /// The fewest digits that tell it from all others.
  explicit NumberWord(double number) noexcept { write(number); }

  operator std::string_view() const noexcept {  // NOLINT(google-explicit-constructor): it is one.
    return {text_.data(), length_};
  }

 private:
  void write(auto number) noexcept {
    const auto end = std::to_chars(text_.data(), text_.data() + text_.size(), number).ptr;
    length_ = static_cast<std::size_t>(end - text_.data());
  }

  std::array<char, 32> text_;
  std::size_t length_ = 0;
};

/// `first` and then `more`.
inline std::vector<std::string_view> words_of(std::initializer_list<std::string_view> first,
                                              const Names& more) {
  std::vector<std::string_view> words;
  words.reserve(first.size() + more.size());
  words.assign(first);
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// `first` and then each name with its text.
inline std::vector<std::string_view> words_of(std::initializer_list<std::string_view> first,
                                              const NamedTexts& more) {
  std::vector<std::string_view> words;
  words.reserve(first.size() + 2 * more.size());
  words.assign(first);
  for (const auto& [name, text] : more) {
    words.push_back(name);
    words.push_back(text);
  }
  return words;
}

}  // namespace quartz::client
