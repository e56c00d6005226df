#include <array>
#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/expiry_words.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/scan_words.hpp"
#include "server/resp/words.hpp"
#include "server/service/keys.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

Result<void> del(CommandCall& call) {
  std::int64_t count = 0;
  for (const std::string_view key : call.arguments.subspan(1)) {
    QUARTZ_ASSIGN(const bool removed, keys::remove(call.view, key));
    count += removed ? 1 : 0;
  }
  call.reply.integer(count);
  return {};
}

Result<void> exists(CommandCall& call) {
  std::int64_t count = 0;
  for (const std::string_view key : call.arguments.subspan(1)) {
    QUARTZ_ASSIGN(const auto kind, keys::kind(call.view, key));
    count += kind ? 1 : 0;
  }
  call.reply.integer(count);
  return {};
}

Result<void> type(CommandCall& call) {
  QUARTZ_ASSIGN(const auto kind, keys::kind(call.view, call.arguments[1]));
  call.reply.simple(kind ? to_string(*kind) : "none");
  return {};
}

Result<keys::ExpireCondition> read_condition(CommandCall& call) {
  keys::ExpireCondition condition;
  for (const std::string_view word : call.arguments.subspan(3)) {
    if (is_same_word(word, "NX")) {
      condition.only_without = true;
    } else if (is_same_word(word, "XX")) {
      condition.only_with = true;
    } else if (is_same_word(word, "GT")) {
      condition.only_later = true;
    } else if (is_same_word(word, "LT")) {
      condition.only_earlier = true;
    } else {
      return Error(Errc::invalid_argument, fmt::format("Unsupported option {}", word));
    }
  }
  if (condition.only_without &&
      (condition.only_with || condition.only_later || condition.only_earlier)) {
    return Error(Errc::invalid_argument,
                 "NX and XX, GT or LT options at the same time are not compatible");
  }
  if (condition.only_later && condition.only_earlier) {
    return Error(Errc::invalid_argument, "GT and LT options at the same time are not compatible");
  }
  return condition;
}

Result<void> expire_by(CommandCall& call, ExpiryUnit unit, std::string_view name) {
  QUARTZ_ASSIGN(const auto condition, read_condition(call));
  QUARTZ_ASSIGN(const ExpiryTime at,
                read_any_expiry(unit, call.arguments[2], call.view.now(), name));
  QUARTZ_ASSIGN(const bool set, keys::expire(call.view, call.arguments[1], at, condition));
  call.reply.integer(set ? 1 : 0);
  return {};
}
Result<void> expire(CommandCall& call) { return expire_by(call, ExpiryUnit::seconds, "expire"); }
Result<void> pexpire(CommandCall& call) {
  return expire_by(call, ExpiryUnit::milliseconds, "pexpire");
}
Result<void> expireat(CommandCall& call) {
  return expire_by(call, ExpiryUnit::second_of_epoch, "expireat");
}
Result<void> pexpireat(CommandCall& call) {
  return expire_by(call, ExpiryUnit::millisecond_of_epoch, "pexpireat");
}

Result<void> persist(CommandCall& call) {
  QUARTZ_ASSIGN(const bool changed, keys::persist(call.view, call.arguments[1]));
  call.reply.integer(changed ? 1 : 0);
  return {};
}

// What is replied for a key that does not exist, and for one that does not expire.
constexpr std::int64_t kNoKey = -2;
constexpr std::int64_t kNoExpiry = -1;

template <class Answer>
Result<void> tell_expiry(CommandCall& call, Answer answer) {
  QUARTZ_ASSIGN(const keys::Expiry expiry, keys::expiry(call.view, call.arguments[1]));
  if (!expiry.exists) {
    call.reply.integer(kNoKey);
  } else if (!expiry.at) {
    call.reply.integer(kNoExpiry);
  } else {
    call.reply.integer(answer(*expiry.at));
  }
  return {};
}
std::int64_t milliseconds_until(CommandCall& call, ExpiryTime at) {
  return std::max<std::int64_t>(0, (at - call.view.now()).count());
}
Result<void> ttl(CommandCall& call) {
  return tell_expiry(call,
                     [&](ExpiryTime at) { return (milliseconds_until(call, at) + 500) / 1000; });
}
Result<void> pttl(CommandCall& call) {
  return tell_expiry(call, [&](ExpiryTime at) { return milliseconds_until(call, at); });
}
Result<void> expiretime(CommandCall& call) {
  return tell_expiry(call,
                     [](ExpiryTime at) { return (at.time_since_epoch().count() + 500) / 1000; });
}
Result<void> pexpiretime(CommandCall& call) {
  return tell_expiry(call, [](ExpiryTime at) { return at.time_since_epoch().count(); });
}

Result<void> rename(CommandCall& call) {
  QUARTZ_TRY(keys::rename(call.view, call.arguments[1], call.arguments[2], false));
  call.reply.simple("OK");
  return {};
}
Result<void> renamenx(CommandCall& call) {
  QUARTZ_ASSIGN(const bool renamed,
                keys::rename(call.view, call.arguments[1], call.arguments[2], true));
  call.reply.integer(renamed ? 1 : 0);
  return {};
}

Error no_such_database() { return {Errc::invalid_argument, "ERR DB index is out of range"}; }

Result<DatabaseView> database_view(CommandCall& call, std::int64_t number) {
  if (number < 0 || number >= static_cast<std::int64_t>(Databases::kCount)) {
    return no_such_database();
  }
  QUARTZ_ASSIGN(const Database* const database,
                call.server.service().databases().select(static_cast<std::size_t>(number)));
  return call.view.of(*database);
}

Result<DatabaseView> other_database(CommandCall& call, std::string_view word) {
  QUARTZ_ASSIGN(const std::int32_t number, small_integer_of(word));
  return database_view(call, number);
}

Result<void> copy(CommandCall& call) {
  DatabaseView target = call.view;
  bool replace = false;
  for (std::size_t i = 3; i < call.arguments.size(); ++i) {
    if (is_same_word(call.arguments[i], "REPLACE")) {
      replace = true;
    } else if (is_same_word(call.arguments[i], "DB") && i + 1 < call.arguments.size()) {
      QUARTZ_ASSIGN(target, other_database(call, call.arguments[++i]));
    } else {
      return syntax_error();
    }
  }
  const bool same =
      call.arguments[1] == call.arguments[2] && &target.database() == &call.view.database();
  if (same) {
    return Error(Errc::invalid_argument, "source and destination objects are the same");
  }
  QUARTZ_ASSIGN(const bool copied,
                keys::copy(call.view, call.arguments[1], target, call.arguments[2], replace));
  call.reply.integer(copied ? 1 : 0);
  return {};
}

Result<void> move(CommandCall& call) {
  QUARTZ_ASSIGN(DatabaseView target, other_database(call, call.arguments[2]));
  if (&target.database() == &call.view.database()) {
    return Error(Errc::invalid_argument, "source and destination objects are the same");
  }
  QUARTZ_ASSIGN(const bool moved, keys::move(call.view, call.arguments[1], target));
  call.reply.integer(moved ? 1 : 0);
  return {};
}

Result<std::int32_t> database_number(std::string_view word, std::string_view which) {
  const auto number = small_integer_of(word);
  if (!number) return Error(Errc::invalid_argument, fmt::format("invalid {} DB index", which));
  return *number;
}

// A word that is no number at all is noticed before one of a database that there is not.
Result<void> swapdb(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int32_t first, database_number(call.arguments[1], "first"));
  QUARTZ_ASSIGN(const std::int32_t second, database_number(call.arguments[2], "second"));
  QUARTZ_ASSIGN(DatabaseView view, database_view(call, first));
  QUARTZ_ASSIGN(DatabaseView other, database_view(call, second));
  if (first != second) {
    QUARTZ_TRY(keys::exchange(view, other));
  }
  call.reply.simple("OK");
  return {};
}

Result<void> keys_matching(CommandCall& call) {
  QUARTZ_ASSIGN(const auto found, keys::matching(call.view, call.arguments[1]));
  call.reply.array(found.size());
  for (const std::string& key : found) call.reply.bulk(key);
  return {};
}

Result<void> randomkey(CommandCall& call) {
  QUARTZ_ASSIGN(const auto key, keys::random(call.view));
  if (key) {
    call.reply.bulk(*key);
  } else {
    call.reply.null();
  }
  return {};
}

Result<void> dbsize(CommandCall& call) {
  QUARTZ_ASSIGN(const keys::KeyCounts counts, keys::counts(call.view));
  call.reply.integer(static_cast<std::int64_t>(counts.keys));
  return {};
}

std::optional<RowKind> kind_named(std::string_view word) {
  for (const RowKind kind : {RowKind::string, RowKind::hash, RowKind::list, RowKind::set,
                             RowKind::sorted_set, RowKind::vector_set}) {
    if (is_same_word(word, to_string(kind))) return kind;
  }
  return std::nullopt;
}

Result<void> scan(CommandCall& call) {
  QUARTZ_ASSIGN(const ScanWords words, read_scan_words(call, 1));
  std::optional<RowKind> kind;
  if (words.type) {
    kind = kind_named(*words.type);
    if (!kind) return begin_scan_reply(call, std::nullopt, 0);
  }
  QUARTZ_ASSIGN(const keys::ScanPage page,
                keys::scan(call.view, words.from, words.count, words.pattern, kind));
  QUARTZ_TRY(begin_scan_reply(call, page.next, page.keys.size()));
  for (const std::string& key : page.keys) call.reply.bulk(key);
  return {};
}

Result<void> touch(CommandCall& call) { return exists(call); }

Result<void> flushdb(CommandCall& call) {
  if (call.arguments.size() > 2 ||
      (call.arguments.size() == 2 && !is_same_word(call.arguments[1], "SYNC") &&
       !is_same_word(call.arguments[1], "ASYNC"))) {
    return syntax_error();
  }
  call.view.erase_all();
  call.reply.simple("OK");
  return {};
}

Result<void> flushall(CommandCall& call) {
  QUARTZ_TRY(flushdb(call));
  Databases& databases = call.server.service().databases();
  for (std::size_t number = 0; number < Databases::kCount; ++number) {
    if (const Database* const database = databases.find(number)) {
      call.view.of(*database).erase_all();
    }
  }
  return {};
}

constexpr std::array kGenericCommands = {
    Command{"copy", -3, write | denyoom, kTwoKeys, CommandGroup::generic, "Copies a key", copy},
    Command{
        "dbsize", 1, readonly | fast, {}, CommandGroup::server, "How many keys there are", dbsize},
    Command{"del", -2, write, kAllKeys, CommandGroup::generic, "Removes keys", del},
    Command{"exists", -2, readonly | fast, kAllKeys, CommandGroup::generic,
            "How many of the keys exist", exists},
    Command{"expire", -3, write | fast, kOneKey, CommandGroup::generic,
            "Lets a key expire in seconds", expire},
    Command{"expireat", -3, write | fast, kOneKey, CommandGroup::generic,
            "Lets a key expire at a second since 1970", expireat},
    Command{"expiretime", 2, readonly | fast, kOneKey, CommandGroup::generic,
            "The second since 1970 at which a key expires", expiretime},
    Command{"flushall",
            -1,
            write | dangerous,
            {},
            CommandGroup::server,
            "Removes all keys of all databases",
            flushall},
    Command{
        "flushdb", -1, write | dangerous, {}, CommandGroup::server, "Removes all keys", flushdb},
    Command{"keys",
            2,
            readonly | dangerous,
            {},
            CommandGroup::generic,
            "The keys that match a pattern",
            keys_matching},
    Command{"move", 3, write | fast, kOneKey, CommandGroup::generic,
            "Takes a key to another database", move},
    Command{"persist", 2, write | fast, kOneKey, CommandGroup::generic, "Lets a key expire no more",
            persist},
    Command{"pexpire", -3, write | fast, kOneKey, CommandGroup::generic,
            "Lets a key expire in milliseconds", pexpire},
    Command{"pexpireat", -3, write | fast, kOneKey, CommandGroup::generic,
            "Lets a key expire at a millisecond since 1970", pexpireat},
    Command{"pexpiretime", 2, readonly | fast, kOneKey, CommandGroup::generic,
            "The millisecond since 1970 at which a key expires", pexpiretime},
    Command{"pttl", 2, readonly | fast, kOneKey, CommandGroup::generic,
            "Milliseconds until a key expires", pttl},
    Command{"randomkey", 1, readonly, {}, CommandGroup::generic, "Any key", randomkey},
    Command{"rename", 3, write, kTwoKeys, CommandGroup::generic, "Gives a key another name",
            rename},
    Command{"renamenx", 3, write | fast, kTwoKeys, CommandGroup::generic,
            "Gives a key another name, if that is free", renamenx},
    Command{"scan", -2, readonly, {}, CommandGroup::generic, "The keys, page by page", scan},
    Command{"swapdb",
            3,
            write | fast | dangerous,
            {},
            CommandGroup::server,
            "Exchanges all keys of two databases",
            swapdb},
    Command{"touch", -2, readonly | fast, kAllKeys, CommandGroup::generic,
            "How many of the keys exist", touch},
    Command{"ttl", 2, readonly | fast, kOneKey, CommandGroup::generic,
            "Seconds until a key expires", ttl},
    Command{"type", 2, readonly | fast, kOneKey, CommandGroup::generic, "What a key holds", type},
    Command{"unlink", -2, write | fast, kAllKeys, CommandGroup::generic, "As DEL", del},
};

}  // namespace

std::span<const Command> generic_commands() noexcept { return kGenericCommands; }

}  // namespace quartz::server
