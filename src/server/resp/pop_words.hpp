#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "quartz/result.hpp"
#include "server/resp/command.hpp"
#include "server/resp/key_wait.hpp"

namespace quartz::server {

// What commands have in common that take from the first of several keys that has something.

/// What the two ends of a collection are called.
struct EndNames {
  std::string_view first;
  std::string_view last;
};
enum class NamedEnd : std::uint8_t { first, last };
Result<NamedEnd> end_named(std::string_view word, const EndNames& names);

/// Of LMPOP and the like: how many keys, those, an end, and perhaps how many elements.
struct MultiplePopWords {
  Words keys;
  NamedEnd end = NamedEnd::first;
  std::uint64_t count = 1;
};
/// `count_word`: the place of the number of keys.
Result<MultiplePopWords> read_multiple_pop(Words arguments, std::size_t count_word,
                                           const EndNames& names);

/// Of BLPOP and the like: keys and how long to wait.
struct WaitingPopWords {
  Words keys;
  std::chrono::milliseconds timeout{0};
};
Result<WaitingPopWords> read_waiting_pop(Words arguments);

template <class Taken>
struct TakenFrom {
  std::string_view key;
  Taken taken;
};
/// What `take(key)`, a Result of an optional, has for the first of the keys. Those that are passed
/// over have nothing.
template <class Taken, class Take>
Result<std::optional<TakenFrom<Taken>>> take_first(CommandCall& call, Words keys, Take take) {
  for (const std::string_view key : keys) {
    Result<std::optional<Taken>> taken = take(key);
    if (!taken) {
      if (passes_over(call, taken.error())) continue;
      return std::move(taken).error();
    }
    if (*taken) return std::optional(TakenFrom<Taken>{key, **std::move(taken)});
  }
  return std::optional<TakenFrom<Taken>>();
}

}  // namespace quartz::server
