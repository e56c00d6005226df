#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/element_words.hpp"
#include "server/resp/list_words.hpp"
#include "server/resp/pop_words.hpp"
#include "server/resp/words.hpp"
#include "server/service/lists.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;
using lists::End;
using lists::Push;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

void reply_with_element(CommandCall& call, const std::optional<std::string>& value) {
  if (value) {
    call.reply.bulk(*value);
  } else {
    call.reply.null();
  }
}

Result<void> push_to(CommandCall& call, End end, Push push) {
  QUARTZ_ASSIGN(const std::uint64_t length,
                lists::push(call.view, call.arguments[1], end, call.arguments.subspan(2), push));
  call.reply.integer(static_cast<std::int64_t>(length));
  return {};
}
Result<void> lpush(CommandCall& call) { return push_to(call, End::left, Push::always); }
Result<void> rpush(CommandCall& call) { return push_to(call, End::right, Push::always); }
Result<void> lpushx(CommandCall& call) { return push_to(call, End::left, Push::only_existing); }
Result<void> rpushx(CommandCall& call) { return push_to(call, End::right, Push::only_existing); }

void reply_with_all(CommandCall& call, const std::vector<std::string>& values) {
  call.reply.array(values.size());
  for (const std::string& value : values) call.reply.bulk(value);
}

Result<void> pop_from(CommandCall& call, End end, std::string_view name) {
  if (call.arguments.size() > 3) return wrong_argument_count(name);
  const bool counted = call.arguments.size() == 3;
  std::uint64_t count = 1;
  if (counted) {
    QUARTZ_ASSIGN(count, element_count_of(call.arguments[2]));
  }
  QUARTZ_ASSIGN(const auto popped, lists::pop(call.view, call.arguments[1], end, count));
  if (popped && counted) {
    reply_with_all(call, *popped);
  } else if (popped) {
    call.reply.bulk(popped->front());
  } else if (counted) {
    call.reply.null_array();
  } else {
    call.reply.null();
  }
  return {};
}
Result<void> lpop(CommandCall& call) { return pop_from(call, End::left, "lpop"); }
Result<void> rpop(CommandCall& call) { return pop_from(call, End::right, "rpop"); }

Result<void> lmpop(CommandCall& call) {
  QUARTZ_ASSIGN(const MultiplePopWords words, read_multiple_pop(call.arguments, 1, kListEnds));
  for (const std::string_view key : words.keys) {
    QUARTZ_ASSIGN(const auto popped, lists::pop(call.view, key, list_end(words.end), words.count));
    if (!popped) continue;
    call.reply.array(2);
    call.reply.bulk(key);
    reply_with_all(call, *popped);
    return {};
  }
  call.reply.null_array();
  return {};
}

Result<void> move_value(CommandCall& call, End from, End to) {
  QUARTZ_ASSIGN(const auto value,
                lists::move(call.view, call.arguments[1], from, call.arguments[2], to));
  reply_with_element(call, value);
  return {};
}
Result<void> lmove(CommandCall& call) {
  QUARTZ_ASSIGN(const End from, list_end_named(call.arguments[3]));
  QUARTZ_ASSIGN(const End to, list_end_named(call.arguments[4]));
  return move_value(call, from, to);
}
Result<void> rpoplpush(CommandCall& call) { return move_value(call, End::right, End::left); }

Result<void> llen(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t count, lists::count(call.view, call.arguments[1]));
  call.reply.integer(static_cast<std::int64_t>(count));
  return {};
}

Result<void> lrange(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int64_t first, integer_of(call.arguments[2]));
  QUARTZ_ASSIGN(const std::int64_t last, integer_of(call.arguments[3]));
  QUARTZ_ASSIGN(ElementRange values, lists::range(call.view, call.arguments[1], first, last));
  call.reply.array(values.count());
  for (; values.valid(); values.next()) call.reply.bulk(values.value());
  return values.finish();
}

// Here and in LSET a list that does not exist is noticed before a position that is no number.
Result<void> lindex(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t count, lists::count(call.view, call.arguments[1]));
  if (count == 0) {
    call.reply.null();
    return {};
  }
  QUARTZ_ASSIGN(const std::int64_t position, integer_of(call.arguments[2]));
  QUARTZ_ASSIGN(const auto row, lists::at(call.view, call.arguments[1], position));
  if (row) {
    call.reply.bulk(row->value);
  } else {
    call.reply.null();
  }
  return {};
}

Result<void> lset(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t count, lists::count(call.view, call.arguments[1]));
  if (count == 0) return Error(Errc::not_found, "no such key");
  QUARTZ_ASSIGN(const std::int64_t position, integer_of(call.arguments[2]));
  QUARTZ_TRY(lists::set(call.view, call.arguments[1], position, call.arguments[3]));
  call.reply.simple("OK");
  return {};
}

Result<void> linsert(CommandCall& call) {
  const bool before = is_same_word(call.arguments[2], "BEFORE");
  if (!before && !is_same_word(call.arguments[2], "AFTER")) return syntax_error();
  QUARTZ_ASSIGN(
      const std::int64_t length,
      lists::insert(call.view, call.arguments[1], before ? lists::Side::before : lists::Side::after,
                    call.arguments[3], call.arguments[4]));
  call.reply.integer(length);
  return {};
}

/// How far a number is from 0: that of the smallest one is none of its own type.
std::uint64_t magnitude(std::int64_t number) noexcept {
  const auto bits = static_cast<std::uint64_t>(number);
  return number < 0 ? 0 - bits : bits;
}

Result<void> lrem(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int64_t count, integer_of(call.arguments[2]));
  QUARTZ_ASSIGN(
      const std::uint64_t removed,
      lists::remove(call.view, call.arguments[1], call.arguments[3],
                    count < 0 ? End::right : End::left, count == 0 ? kNoLimit : magnitude(count)));
  call.reply.integer(static_cast<std::int64_t>(removed));
  return {};
}

Result<void> ltrim(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int64_t first, integer_of(call.arguments[2]));
  QUARTZ_ASSIGN(const std::int64_t last, integer_of(call.arguments[3]));
  QUARTZ_TRY(lists::trim(call.view, call.arguments[1], first, last));
  call.reply.simple("OK");
  return {};
}

struct PositionWords {
  lists::Search search;
  bool counted = false;
};

Result<void> read_rank(PositionWords& words, std::string_view word) {
  QUARTZ_ASSIGN(const std::int64_t rank, integer_of(word));
  if (rank == 0) {
    return Error(
        Errc::invalid_argument,
        "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... "
        "or use negative to start from the end of the list");
  }
  words.search.from = rank < 0 ? End::right : End::left;
  // Redis negates the smallest number, which stays as it is, and takes it for the last match.
  const bool smallest = rank == std::numeric_limits<std::int64_t>::min();
  words.search.skip = smallest ? 0 : magnitude(rank) - 1;
  return {};
}

/// A number that may be 0, which means that there is no limit.
Result<std::uint64_t> limit_of(std::string_view word, std::string_view refusal) {
  const auto number = to_integer(word);
  if (!number || *number < 0) return Error(Errc::invalid_argument, std::string(refusal));
  return *number == 0 ? kNoLimit : static_cast<std::uint64_t>(*number);
}

Result<PositionWords> read_position_words(Words options) {
  PositionWords words;
  for (std::size_t i = 0; i < options.size(); i += 2) {
    if (i + 1 == options.size()) return syntax_error();
    const std::string_view value = options[i + 1];
    if (is_same_word(options[i], "RANK")) {
      QUARTZ_TRY(read_rank(words, value));
    } else if (is_same_word(options[i], "COUNT")) {
      QUARTZ_ASSIGN(words.search.count_max, limit_of(value, "ERR COUNT can't be negative"));
      words.counted = true;
    } else if (is_same_word(options[i], "MAXLEN")) {
      QUARTZ_ASSIGN(words.search.compared_max, limit_of(value, "ERR MAXLEN can't be negative"));
    } else {
      return syntax_error();
    }
  }
  return words;
}

Result<void> lpos(CommandCall& call) {
  QUARTZ_ASSIGN(const PositionWords words, read_position_words(call.arguments.subspan(3)));
  QUARTZ_ASSIGN(const std::vector<std::uint64_t> found,
                lists::positions(call.view, call.arguments[1], call.arguments[2], words.search));
  if (words.counted) {
    call.reply.array(found.size());
    for (const std::uint64_t position : found) {
      call.reply.integer(static_cast<std::int64_t>(position));
    }
  } else if (found.empty()) {
    call.reply.null();
  } else {
    call.reply.integer(static_cast<std::int64_t>(found[0]));
  }
  return {};
}

constexpr std::array kListCommands = {
    Command{"lindex", 3, readonly, kOneKey, CommandGroup::list, "The value at a position", lindex},
    Command{"linsert", 5, write | denyoom, kOneKey, CommandGroup::list,
            "Puts a value beside another", linsert},
    Command{"llen", 2, readonly | fast, kOneKey, CommandGroup::list, "How many values there are",
            llen},
    Command{"lmove", 5, write | denyoom, kTwoKeys, CommandGroup::list,
            "Takes a value from one end of a list to one of another", lmove},
    Command{"lmpop", -4, write, kCountedKeys, CommandGroup::list,
            "Removes values of the first list that has any, and tells them", lmpop},
    Command{"lpop", -2, write | fast, kOneKey, CommandGroup::list,
            "Removes first values, and tells them", lpop},
    Command{"lpos", -3, readonly, kOneKey, CommandGroup::list, "Where a value is", lpos},
    Command{"lpush", -3, write | denyoom | fast, kOneKey, CommandGroup::list,
            "Puts values in front", lpush},
    Command{"lpushx", -3, write | denyoom | fast, kOneKey, CommandGroup::list,
            "Puts values in front, if there is a list", lpushx},
    Command{"lrange", 4, readonly, kOneKey, CommandGroup::list, "The values between two positions",
            lrange},
    Command{"lrem", 4, write, kOneKey, CommandGroup::list, "Removes values that are equal to one",
            lrem},
    Command{"lset", 4, write | denyoom, kOneKey, CommandGroup::list, "Sets the value at a position",
            lset},
    Command{"ltrim", 4, write, kOneKey, CommandGroup::list,
            "Removes all but the values between two positions", ltrim},
    Command{"rpop", -2, write | fast, kOneKey, CommandGroup::list,
            "Removes last values, and tells them", rpop},
    Command{"rpoplpush", 3, write | denyoom, kTwoKeys, CommandGroup::list,
            "Takes the last value of a list to the front of another", rpoplpush},
    Command{"rpush", -3, write | denyoom | fast, kOneKey, CommandGroup::list,
            "Puts values at the end", rpush},
    Command{"rpushx", -3, write | denyoom | fast, kOneKey, CommandGroup::list,
            "Puts values at the end, if there is a list", rpushx},
};

}  // namespace

std::span<const Command> list_commands() noexcept { return kListCommands; }

}  // namespace quartz::server
