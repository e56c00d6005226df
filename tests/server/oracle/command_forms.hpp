#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace quartz::server {

/// What of two replies must be the same.
enum class Comparison : std::uint8_t {
  exact,            ///< Every byte.
  unordered,        ///< The items, in any order.
  unordered_pairs,  ///< Pairs of items, in any order.
  about,            ///< An integer that tells a time, as far as two clocks agree.
  kind,             ///< What it is and how many items it has: chance chooses those.
};

/// Words that make a request. `<name>` stands for a random word or several, `[a|b c|]` for one of
/// the alternatives.
struct CommandForm {
  std::string_view words;
  Comparison comparison = Comparison::exact;
  unsigned weight = 1;  ///< 0: an eighth.
};

/// Forms of commands of one sort.
struct CommandForms {
  std::string_view name;  ///< "strings", "keys", "lists"…
  std::span<const CommandForm> forms;
};
std::span<const CommandForms> all_forms() noexcept;

}  // namespace quartz::server
