#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/key_wait.hpp"
#include "server/resp/list_words.hpp"
#include "server/resp/pop_words.hpp"
#include "server/resp/words.hpp"
#include "server/service/lists.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;
using lists::End;

/// From the first of the lists that has any.
Result<std::optional<TakenFrom<std::vector<std::string>>>> pop_first(CommandCall& call, Words keys,
                                                                     End end, std::uint64_t count) {
  return take_first<std::vector<std::string>>(
      call, keys, [&](std::string_view key) { return lists::pop(call.view, key, end, count); });
}

Result<void> wait_and_pop(CommandCall& call, End end) {
  QUARTZ_ASSIGN(const WaitingPopWords words, read_waiting_pop(call.arguments));
  QUARTZ_ASSIGN(const auto found, pop_first(call, words.keys, end, 1));
  if (found) {
    call.reply.array(2);
    call.reply.bulk(found->key);
    call.reply.bulk(found->taken[0]);
  } else if (!wait_for(call, RowKind::list, words.keys, words.timeout)) {
    call.reply.null_array();
  }
  return {};
}
Result<void> blpop(CommandCall& call) { return wait_and_pop(call, End::left); }
Result<void> brpop(CommandCall& call) { return wait_and_pop(call, End::right); }

Result<void> blmpop(CommandCall& call) {
  QUARTZ_ASSIGN(const MultiplePopWords words, read_multiple_pop(call.arguments, 2, kListEnds));
  QUARTZ_ASSIGN(const auto timeout, read_timeout(call.arguments[1]));
  QUARTZ_ASSIGN(const auto found, pop_first(call, words.keys, list_end(words.end), words.count));
  if (found) {
    call.reply.array(2);
    call.reply.bulk(found->key);
    call.reply.array(found->taken.size());
    for (const std::string& value : found->taken) call.reply.bulk(value);
  } else if (!wait_for(call, RowKind::list, words.keys, timeout)) {
    call.reply.null_array();
  }
  return {};
}

/// Nothing if there is no list to move from.
Result<std::optional<std::string>> move_if_any(CommandCall& call, End from, End to) {
  auto moved = lists::move(call.view, call.arguments[1], from, call.arguments[2], to);
  if (moved || !passes_over(call, moved.error())) return moved;
  // Only what it waits for is passed over, not where the value goes.
  const auto source = call.view.find(RowKind::list, call.arguments[1]);
  if (source) return moved;
  return std::optional<std::string>();
}

Result<void> wait_and_move(CommandCall& call, End from, End to) {
  QUARTZ_ASSIGN(const auto timeout, read_timeout(call.arguments.back()));
  QUARTZ_ASSIGN(const auto value, move_if_any(call, from, to));
  if (value) {
    call.reply.bulk(*value);
  } else if (!wait_for(call, RowKind::list, call.arguments.subspan(1, 1), timeout)) {
    // Redis tells the end of the time in another way than that there is nothing.
    call.wait == nullptr ? call.reply.null() : call.reply.null_array();
  }
  return {};
}
Result<void> blmove(CommandCall& call) {
  QUARTZ_ASSIGN(const End from, list_end_named(call.arguments[3]));
  QUARTZ_ASSIGN(const End to, list_end_named(call.arguments[4]));
  return wait_and_move(call, from, to);
}
Result<void> brpoplpush(CommandCall& call) { return wait_and_move(call, End::right, End::left); }

constexpr std::array kListBlockingCommands = {
    Command{"blmove", 6, write | denyoom | blocking, kTwoKeys, CommandGroup::list,
            "As LMOVE, but waits until there is something", blmove},
    Command{"blmpop",
            -5,
            write | blocking,
            {.count_word = 2},
            CommandGroup::list,
            "As LMPOP, but waits until there is something",
            blmpop},
    Command{"blpop", -3, write | blocking, kKeysBeforeTimeout, CommandGroup::list,
            "Removes the first value, or waits for one", blpop},
    Command{"brpop", -3, write | blocking, kKeysBeforeTimeout, CommandGroup::list,
            "Removes the last value, or waits for one", brpop},
    Command{"brpoplpush", 4, write | denyoom | blocking, kTwoKeys, CommandGroup::list,
            "As RPOPLPUSH, but waits until there is something", brpoplpush},
};

}  // namespace

std::span<const Command> list_blocking_commands() noexcept { return kListBlockingCommands; }

}  // namespace quartz::server
