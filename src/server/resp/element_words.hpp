#pragma once

#include <cstdint>
#include <string_view>

#include "quartz/result.hpp"
#include "server/resp/command.hpp"
#include "server/service/random_members.hpp"

namespace quartz::server {

// What the commands on collections read in the same way.

/// How many elements to take: "value is out of range, must be positive" for anything else.
Result<std::uint64_t> element_count_of(std::string_view word);

/// How many members to draw, and whether one may be drawn again: that is what a negative number
/// asks for.
struct DrawCount {
  std::uint64_t count = 0;
  members::Repeats repeats = members::Repeats::never;
};
Result<DrawCount> draw_count_of(std::string_view word);

/// The keys behind a word that says how many they are, and the words behind those.
struct NumberedKeys {
  Words keys;
  Words rest;
};
enum class TooManyKeys : std::uint8_t {
  syntax,   ///< More than there are words is a syntax error.
  counted,  ///< It is "Number of keys can't be greater than number of args".
};
Result<NumberedKeys> numbered_keys(Words arguments, std::size_t count_word, TooManyKeys too_many);

}  // namespace quartz::server
