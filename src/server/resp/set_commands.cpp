#include <array>
#include <limits>
#include <string>
#include <vector>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/element_words.hpp"
#include "server/resp/scan_words.hpp"
#include "server/resp/words.hpp"
#include "server/service/random_members.hpp"
#include "server/service/sets.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

Result<void> sadd(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t added,
                sets::add(call.view, call.arguments[1], call.arguments.subspan(2)));
  call.reply.integer(static_cast<std::int64_t>(added));
  return {};
}

Result<void> srem(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t removed,
                sets::remove(call.view, call.arguments[1], call.arguments.subspan(2)));
  call.reply.integer(static_cast<std::int64_t>(removed));
  return {};
}

Result<void> smove(CommandCall& call) {
  QUARTZ_ASSIGN(const bool moved,
                sets::move(call.view, call.arguments[1], call.arguments[2], call.arguments[3]));
  call.reply.integer(moved ? 1 : 0);
  return {};
}

Result<void> sismember(CommandCall& call) {
  QUARTZ_ASSIGN(const bool held, sets::contains(call.view, call.arguments[1], call.arguments[2]));
  call.reply.integer(held ? 1 : 0);
  return {};
}

Result<void> smismember(CommandCall& call) {
  QUARTZ_ASSIGN(const std::vector<bool> held,
                sets::contains_each(call.view, call.arguments[1], call.arguments.subspan(2)));
  call.reply.array(held.size());
  for (const bool one : held) call.reply.integer(one ? 1 : 0);
  return {};
}

Result<void> smembers(CommandCall& call) {
  QUARTZ_ASSIGN(ElementRange members, sets::all(call.view, call.arguments[1]));
  call.reply.set(members.count());
  for (; members.valid(); members.next()) call.reply.bulk(members.key());
  return members.finish();
}

Result<void> scard(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t count, sets::count(call.view, call.arguments[1]));
  call.reply.integer(static_cast<std::int64_t>(count));
  return {};
}

Result<void> spop(CommandCall& call) {
  if (call.arguments.size() > 3) return syntax_error();
  const bool counted = call.arguments.size() == 3;
  std::uint64_t count = 1;
  if (counted) {
    QUARTZ_ASSIGN(count, element_count_of(call.arguments[2]));
  }
  QUARTZ_ASSIGN(const auto popped, sets::pop(call.view, call.arguments[1], count));
  if (counted) {
    call.reply.set(popped.size());
    for (const std::string& member : popped) call.reply.bulk(member);
  } else if (popped.empty()) {
    call.reply.null();
  } else {
    call.reply.bulk(popped[0]);
  }
  return {};
}

Result<void> srandmember(CommandCall& call) {
  if (call.arguments.size() > 3) return syntax_error();
  const bool counted = call.arguments.size() == 3;
  DrawCount draw{.count = 1};
  if (counted) {
    QUARTZ_ASSIGN(draw, draw_count_of(call.arguments[2]));
  }
  QUARTZ_ASSIGN(const auto drawn, members::pick(call.view, RowKind::set, call.arguments[1],
                                                draw.count, draw.repeats));
  if (counted) {
    call.reply.array(drawn.size());
    for (const members::Member& member : drawn) call.reply.bulk(member.member);
  } else if (drawn.empty()) {
    call.reply.null();
  } else {
    call.reply.bulk(drawn[0].member);
  }
  return {};
}

Result<void> reply_with_set(CommandCall& call, const Result<std::vector<std::string>>& members) {
  if (!members) return members.error();
  call.reply.set(members->size());
  for (const std::string& member : *members) call.reply.bulk(member);
  return {};
}

Result<void> sinter(CommandCall& call) {
  return reply_with_set(call, sets::intersection(call.view, call.arguments.subspan(1)));
}
Result<void> sunion(CommandCall& call) {
  return reply_with_set(call, sets::united(call.view, call.arguments.subspan(1)));
}
Result<void> sdiff(CommandCall& call) {
  return reply_with_set(call, sets::difference(call.view, call.arguments.subspan(1)));
}

Result<void> store(CommandCall& call, const Result<std::vector<std::string>>& members,
                   std::string_view event) {
  if (!members) return members.error();
  QUARTZ_TRY(sets::replace(call.view, call.arguments[1], *members, event));
  call.reply.integer(static_cast<std::int64_t>(members->size()));
  return {};
}

Result<void> sinterstore(CommandCall& call) {
  return store(call, sets::intersection(call.view, call.arguments.subspan(2)), "sinterstore");
}
Result<void> sunionstore(CommandCall& call) {
  return store(call, sets::united(call.view, call.arguments.subspan(2)), "sunionstore");
}
Result<void> sdiffstore(CommandCall& call) {
  return store(call, sets::difference(call.view, call.arguments.subspan(2)), "sdiffstore");
}

Result<void> sintercard(CommandCall& call) {
  QUARTZ_ASSIGN(const NumberedKeys words, numbered_keys(call.arguments, 1, TooManyKeys::counted));
  std::uint64_t count_max = 0;
  for (std::size_t i = 0; i < words.rest.size(); i += 2) {
    if (!is_same_word(words.rest[i], "LIMIT") || i + 1 == words.rest.size()) return syntax_error();
    const auto number = to_integer(words.rest[i + 1]);
    if (!number || *number < 0) {
      return Error(Errc::invalid_argument, "ERR LIMIT can't be negative");
    }
    count_max = static_cast<std::uint64_t>(*number);
  }
  if (count_max == 0) count_max = std::numeric_limits<std::uint64_t>::max();
  QUARTZ_ASSIGN(const auto members, sets::intersection(call.view, words.keys, count_max));
  call.reply.integer(static_cast<std::int64_t>(members.size()));
  return {};
}

Result<void> sscan(CommandCall& call) {
  QUARTZ_ASSIGN(const auto words, read_element_scan_words(call, RowKind::set));
  if (!words) return {};
  QUARTZ_ASSIGN(const members::Page page, members::scan(call.view, RowKind::set, call.arguments[1],
                                                        words->from, words->count, words->pattern));
  QUARTZ_TRY(begin_scan_reply(call, page.next, page.members.size()));
  for (const members::Member& member : page.members) call.reply.bulk(member.member);
  return {};
}

constexpr std::array kSetCommands = {
    Command{"sadd", -3, write | denyoom | fast, kOneKey, CommandGroup::set, "Adds members", sadd},
    Command{"scard", 2, readonly | fast, kOneKey, CommandGroup::set, "How many members there are",
            scard},
    Command{"sdiff", -2, readonly, kAllKeys, CommandGroup::set,
            "What a set holds and the others do not", sdiff},
    Command{"sdiffstore", -3, write | denyoom, kAllKeys, CommandGroup::set,
            "Keeps what a set holds and the others do not", sdiffstore},
    Command{"sinter", -2, readonly, kAllKeys, CommandGroup::set, "What all of the sets hold",
            sinter},
    Command{"sintercard", -3, readonly, kCountedKeys, CommandGroup::set,
            "How much all of the sets hold", sintercard},
    Command{"sinterstore", -3, write | denyoom, kAllKeys, CommandGroup::set,
            "Keeps what all of the sets hold", sinterstore},
    Command{"sismember", 3, readonly | fast, kOneKey, CommandGroup::set,
            "Whether there is a member", sismember},
    Command{"smembers", 2, readonly, kOneKey, CommandGroup::set, "All members", smembers},
    Command{"smismember", -3, readonly | fast, kOneKey, CommandGroup::set,
            "Which of the members there are", smismember},
    Command{"smove", 4, write | fast, kTwoKeys, CommandGroup::set, "Takes a member to another set",
            smove},
    Command{"spop", -2, write | fast, kOneKey, CommandGroup::set,
            "Removes any members, and tells which", spop},
    Command{"srandmember", -2, readonly, kOneKey, CommandGroup::set, "Any members", srandmember},
    Command{"srem", -3, write | fast, kOneKey, CommandGroup::set, "Removes members", srem},
    Command{"sscan", -3, readonly, kOneKey, CommandGroup::set, "The members, page by page", sscan},
    Command{"sunion", -2, readonly, kAllKeys, CommandGroup::set, "What any of the sets holds",
            sunion},
    Command{"sunionstore", -3, write | denyoom, kAllKeys, CommandGroup::set,
            "Keeps what any of the sets holds", sunionstore},
};

}  // namespace

std::span<const Command> set_commands() noexcept { return kSetCommands; }

}  // namespace quartz::server
