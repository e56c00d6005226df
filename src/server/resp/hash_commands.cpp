#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/element_words.hpp"
#include "server/resp/scan_words.hpp"
#include "server/resp/words.hpp"
#include "server/service/hashes.hpp"
#include "server/service/random_members.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;
using hashes::Field;

void reply_with_value(CommandCall& call, const std::optional<VisibleRow>& row) {
  if (row) {
    call.reply.bulk(row->value);
  } else {
    call.reply.null();
  }
}

Result<std::uint64_t> put_pairs(CommandCall& call, std::string_view name) {
  if (call.arguments.size() % 2 != 0) return wrong_argument_count(name);
  std::vector<Field> fields;
  fields.reserve(call.arguments.size() / 2);
  for (std::size_t i = 2; i < call.arguments.size(); i += 2) {
    fields.push_back({.name = call.arguments[i], .value = call.arguments[i + 1]});
  }
  return hashes::put(call.view, call.arguments[1], fields);
}

Result<void> hset(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t added, put_pairs(call, "hset"));
  call.reply.integer(static_cast<std::int64_t>(added));
  return {};
}

Result<void> hmset(CommandCall& call) {
  QUARTZ_TRY(put_pairs(call, "hmset"));
  call.reply.simple("OK");
  return {};
}

Result<void> hsetnx(CommandCall& call) {
  QUARTZ_ASSIGN(const bool written,
                hashes::put_if_absent(call.view, call.arguments[1],
                                      {.name = call.arguments[2], .value = call.arguments[3]}));
  call.reply.integer(written ? 1 : 0);
  return {};
}

Result<void> hget(CommandCall& call) {
  QUARTZ_ASSIGN(const auto row, hashes::get(call.view, call.arguments[1], call.arguments[2]));
  reply_with_value(call, row);
  return {};
}

Result<void> hmget(CommandCall& call) {
  QUARTZ_ASSIGN(const auto rows,
                hashes::get_each(call.view, call.arguments[1], call.arguments.subspan(2)));
  call.reply.array(rows.size());
  for (const auto& row : rows) reply_with_value(call, row);
  return {};
}

Result<void> hgetall(CommandCall& call) {
  QUARTZ_ASSIGN(ElementRange fields, hashes::all(call.view, call.arguments[1]));
  call.reply.map(fields.count());
  for (; fields.valid(); fields.next()) {
    call.reply.bulk(fields.key());
    call.reply.bulk(fields.value());
  }
  return fields.finish();
}

Result<void> hkeys(CommandCall& call) {
  QUARTZ_ASSIGN(ElementRange fields, hashes::all(call.view, call.arguments[1]));
  call.reply.array(fields.count());
  for (; fields.valid(); fields.next()) call.reply.bulk(fields.key());
  return fields.finish();
}

Result<void> hvals(CommandCall& call) {
  QUARTZ_ASSIGN(ElementRange fields, hashes::all(call.view, call.arguments[1]));
  call.reply.array(fields.count());
  for (; fields.valid(); fields.next()) call.reply.bulk(fields.value());
  return fields.finish();
}

Result<void> hdel(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t removed,
                hashes::remove(call.view, call.arguments[1], call.arguments.subspan(2)));
  call.reply.integer(static_cast<std::int64_t>(removed));
  return {};
}

Result<void> hexists(CommandCall& call) {
  QUARTZ_ASSIGN(const auto row, hashes::get(call.view, call.arguments[1], call.arguments[2]));
  call.reply.integer(row ? 1 : 0);
  return {};
}

Result<void> hlen(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t count, hashes::count(call.view, call.arguments[1]));
  call.reply.integer(static_cast<std::int64_t>(count));
  return {};
}

Result<void> hstrlen(CommandCall& call) {
  QUARTZ_ASSIGN(const auto row, hashes::get(call.view, call.arguments[1], call.arguments[2]));
  call.reply.integer(row ? static_cast<std::int64_t>(row->value.size()) : 0);
  return {};
}

Result<void> hincrby(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int64_t by, integer_of(call.arguments[3]));
  QUARTZ_ASSIGN(const std::int64_t number,
                hashes::increment(call.view, call.arguments[1], call.arguments[2], by));
  call.reply.integer(number);
  return {};
}

Result<void> hincrbyfloat(CommandCall& call) {
  QUARTZ_ASSIGN(const long double by, long_real_of(call.arguments[3]));
  if (std::isinf(by)) return Error(Errc::invalid_argument, "value is NaN or Infinity");
  QUARTZ_ASSIGN(const std::string number,
                hashes::increment_real(call.view, call.arguments[1], call.arguments[2], by));
  call.reply.bulk(number);
  return {};
}

/// Twice as many is still a number.
constexpr std::uint64_t kPairsMax = std::numeric_limits<std::int64_t>::max() / 2;

enum class Values : std::uint8_t { left_out, told };

// Pairs are arrays of their own in RESP3, and follow one another in RESP2.
void reply_with_drawn(CommandCall& call, const std::vector<members::Member>& fields,
                      Values values) {
  const bool pairs = values == Values::told;
  const bool nested = pairs && call.reply.version() == protocol::RespVersion::resp3;
  call.reply.array(pairs && !nested ? 2 * fields.size() : fields.size());
  for (const members::Member& field : fields) {
    if (nested) call.reply.array(2);
    call.reply.bulk(field.member);
    if (pairs) call.reply.bulk(field.value);
  }
}

Result<void> hrandfield(CommandCall& call) {
  const auto& arguments = call.arguments;
  DrawCount draw{.count = 1};
  if (arguments.size() > 2) {
    QUARTZ_ASSIGN(draw, draw_count_of(arguments[2]));
  }
  if (arguments.size() > 4 ||
      (arguments.size() == 4 && !is_same_word(arguments[3], "WITHVALUES"))) {
    return syntax_error();
  }
  if (arguments.size() == 4 && draw.count > kPairsMax) {
    return Error(Errc::invalid_argument, "value is out of range");
  }
  QUARTZ_ASSIGN(const auto drawn,
                members::pick(call.view, RowKind::hash, arguments[1], draw.count, draw.repeats));
  if (arguments.size() > 2) {
    reply_with_drawn(call, drawn, arguments.size() == 4 ? Values::told : Values::left_out);
  } else if (drawn.empty()) {
    call.reply.null();
  } else {
    call.reply.bulk(drawn[0].member);
  }
  return {};
}

Result<void> hscan(CommandCall& call) {
  QUARTZ_ASSIGN(const auto words, read_element_scan_words(call, RowKind::hash));
  if (!words) return {};
  QUARTZ_ASSIGN(const members::Page page, members::scan(call.view, RowKind::hash, call.arguments[1],
                                                        words->from, words->count, words->pattern));
  QUARTZ_TRY(begin_scan_reply(call, page.next, 2 * page.members.size()));
  for (const members::Member& field : page.members) {
    call.reply.bulk(field.member);
    call.reply.bulk(field.value);
  }
  return {};
}

constexpr std::array kHashCommands = {
    Command{"hdel", -3, write | fast, kOneKey, CommandGroup::hash, "Removes fields", hdel},
    Command{"hexists", 3, readonly | fast, kOneKey, CommandGroup::hash, "Whether there is a field",
            hexists},
    Command{"hget", 3, readonly | fast, kOneKey, CommandGroup::hash, "The value of a field", hget},
    Command{"hgetall", 2, readonly, kOneKey, CommandGroup::hash, "All fields and their values",
            hgetall},
    Command{"hincrby", 4, write | denyoom | fast, kOneKey, CommandGroup::hash,
            "Adds to a number that is a field's value", hincrby},
    Command{"hincrbyfloat", 4, write | denyoom | fast, kOneKey, CommandGroup::hash,
            "Adds to a field's number that may have a fraction", hincrbyfloat},
    Command{"hkeys", 2, readonly, kOneKey, CommandGroup::hash, "All fields", hkeys},
    Command{"hlen", 2, readonly | fast, kOneKey, CommandGroup::hash, "How many fields there are",
            hlen},
    Command{"hmget", -3, readonly | fast, kOneKey, CommandGroup::hash,
            "The values of several fields", hmget},
    Command{"hmset", -4, write | denyoom | fast, kOneKey, CommandGroup::hash, "Sets fields", hmset},
    Command{"hrandfield", -2, readonly, kOneKey, CommandGroup::hash, "Any fields", hrandfield},
    Command{"hscan", -3, readonly, kOneKey, CommandGroup::hash,
            "Fields and their values, page by page", hscan},
    Command{"hset", -4, write | denyoom | fast, kOneKey, CommandGroup::hash, "Sets fields", hset},
    Command{"hsetnx", 4, write | denyoom | fast, kOneKey, CommandGroup::hash,
            "Sets a field, if it does not exist", hsetnx},
    Command{"hstrlen", 3, readonly | fast, kOneKey, CommandGroup::hash,
            "The length of a field's value", hstrlen},
    Command{"hvals", 2, readonly, kOneKey, CommandGroup::hash, "The values of all fields", hvals},
};

}  // namespace

std::span<const Command> hash_commands() noexcept { return kHashCommands; }

}  // namespace quartz::server
