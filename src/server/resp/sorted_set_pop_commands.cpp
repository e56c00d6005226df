#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/key_wait.hpp"
#include "server/resp/pop_words.hpp"
#include "server/resp/sorted_set_words.hpp"
#include "server/resp/words.hpp"
#include "server/service/sorted_sets.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

Result<void> pop_from(CommandCall& call, sorted_sets::End end) {
  const auto& arguments = call.arguments;
  if (arguments.size() > 3) return syntax_error();
  std::int64_t count = 1;
  if (arguments.size() == 3) {
    const auto given = to_integer(arguments[2]);
    if (!given || *given < 0) {
      return Error(Errc::invalid_argument, "value is out of range, must be positive");
    }
    count = *given;
  }
  QUARTZ_ASSIGN(const auto members,
                sorted_sets::pop(call.view, arguments[1], end, static_cast<std::uint64_t>(count)));
  // One without a count is no pair of its own, in RESP3 either.
  reply_members(call, members, arguments.size() == 3 ? scores_for(call, true) : WithScores::flat);
  return {};
}
Result<void> zpopmin(CommandCall& call) { return pop_from(call, sorted_sets::End::lowest); }
Result<void> zpopmax(CommandCall& call) { return pop_from(call, sorted_sets::End::highest); }

using LowestMembers = std::vector<ScoredMember>;
using Found = TakenFrom<LowestMembers>;
constexpr EndNames kEndNames{.first = "MIN", .last = "MAX"};

sorted_sets::End end_of(NamedEnd end) noexcept {
  return end == NamedEnd::first ? sorted_sets::End::lowest : sorted_sets::End::highest;
}

/// From the first of the keys that exists.
Result<std::optional<Found>> pop_members(CommandCall& call, Words keys, sorted_sets::End end,
                                         std::uint64_t count) {
  return take_first<LowestMembers>(
      call, keys, [&](std::string_view key) -> Result<std::optional<LowestMembers>> {
        QUARTZ_ASSIGN(LowestMembers members, sorted_sets::pop(call.view, key, end, count));
        if (members.empty()) return std::optional<LowestMembers>();
        return std::optional(std::move(members));
      });
}

void reply_multiple(CommandCall& call, const Found& found) {
  call.reply.array(2);
  call.reply.bulk(found.key);
  reply_members(call, found.taken, WithScores::nested);
}

Result<void> zmpop(CommandCall& call) {
  QUARTZ_ASSIGN(const MultiplePopWords words, read_multiple_pop(call.arguments, 1, kEndNames));
  QUARTZ_ASSIGN(const auto found, pop_members(call, words.keys, end_of(words.end), words.count));
  if (found) {
    reply_multiple(call, *found);
  } else {
    call.reply.null_array();
  }
  return {};
}

Result<void> wait_and_pop_member(CommandCall& call, sorted_sets::End end) {
  QUARTZ_ASSIGN(const WaitingPopWords words, read_waiting_pop(call.arguments));
  QUARTZ_ASSIGN(const auto found, pop_members(call, words.keys, end, 1));
  if (found) {
    call.reply.array(3);
    call.reply.bulk(found->key);
    call.reply.bulk(found->taken[0].member);
    call.reply.real(found->taken[0].score);
  } else if (!wait_for(call, RowKind::sorted_set, words.keys, words.timeout)) {
    call.reply.null_array();
  }
  return {};
}
Result<void> bzpopmin(CommandCall& call) {
  return wait_and_pop_member(call, sorted_sets::End::lowest);
}
Result<void> bzpopmax(CommandCall& call) {
  return wait_and_pop_member(call, sorted_sets::End::highest);
}

Result<void> bzmpop(CommandCall& call) {
  QUARTZ_ASSIGN(const MultiplePopWords words, read_multiple_pop(call.arguments, 2, kEndNames));
  QUARTZ_ASSIGN(const auto timeout, read_timeout(call.arguments[1]));
  QUARTZ_ASSIGN(const auto found, pop_members(call, words.keys, end_of(words.end), words.count));
  if (found) {
    reply_multiple(call, *found);
  } else if (!wait_for(call, RowKind::sorted_set, words.keys, timeout)) {
    call.reply.null_array();
  }
  return {};
}

constexpr std::array kSortedSetPopCommands = {
    Command{"bzmpop",
            -5,
            write | blocking,
            {.count_word = 2},
            CommandGroup::sorted_set,
            "As ZMPOP, but waits until there is something",
            bzmpop},
    Command{"bzpopmax", -3, write | fast | blocking, kKeysBeforeTimeout, CommandGroup::sorted_set,
            "Removes the member with the highest score, or waits for one", bzpopmax},
    Command{"bzpopmin", -3, write | fast | blocking, kKeysBeforeTimeout, CommandGroup::sorted_set,
            "Removes the member with the lowest score, or waits for one", bzpopmin},
    Command{"zmpop",
            -4,
            write | fast,
            {.count_word = 1},
            CommandGroup::sorted_set,
            "Removes the outermost members of the first sorted set that has any",
            zmpop},
    Command{"zpopmax", -2, write | fast, kOneKey, CommandGroup::sorted_set,
            "Removes the members with the highest scores", zpopmax},
    Command{"zpopmin", -2, write | fast, kOneKey, CommandGroup::sorted_set,
            "Removes the members with the lowest scores", zpopmin},
};

}  // namespace

std::span<const Command> sorted_set_pop_commands() noexcept { return kSortedSetPopCommands; }

}  // namespace quartz::server
