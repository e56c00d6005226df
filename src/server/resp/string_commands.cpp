#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/expiry_words.hpp"
#include "server/resp/words.hpp"
#include "server/service/strings.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;
using strings::SetOptions;
using strings::SetOutcome;

void reply_with(CommandCall& call, const std::optional<std::string>& value) {
  if (value) {
    call.reply.bulk(*value);
  } else {
    call.reply.null();
  }
}

Result<void> get(CommandCall& call) {
  QUARTZ_ASSIGN(const auto row, strings::get(call.view, call.arguments[1]));
  if (row) {
    call.reply.bulk(row->value);
  } else {
    call.reply.null();
  }
  return {};
}

struct SetWords {
  SetOptions options;
  bool get = false;
};

Result<SetWords> read_set_words(CommandCall& call) {
  SetWords words;
  std::optional<ExpiryUnit> unit;
  std::string_view time;
  const auto& arguments = call.arguments;
  for (std::size_t i = 3; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (is_same_word(word, "NX") && words.options.when != SetOptions::When::exists) {
      words.options.when = SetOptions::When::absent;
    } else if (is_same_word(word, "XX") && words.options.when != SetOptions::When::absent) {
      words.options.when = SetOptions::When::exists;
    } else if (is_same_word(word, "GET")) {
      words.get = true;
    } else if (is_same_word(word, "KEEPTTL") && !unit) {
      words.options.keep_expiry = true;
    } else if (const auto named = expiry_unit(word); named && i + 1 < arguments.size() &&
                                                     (!unit || unit == named) &&
                                                     !words.options.keep_expiry) {
      unit = named;
      time = arguments[++i];
    } else {
      return syntax_error();
    }
  }
  // Only when all words make sense.
  if (unit) {
    QUARTZ_ASSIGN(words.options.expires_at, read_expiry(*unit, time, call.view.now(), "set"));
  }
  words.options.tell_old = words.get;
  return words;
}

Result<void> set(CommandCall& call) {
  QUARTZ_ASSIGN(const SetWords words, read_set_words(call));
  QUARTZ_ASSIGN(const SetOutcome outcome,
                strings::set(call.view, call.arguments[1], call.arguments[2], words.options));
  if (words.get) {
    reply_with(call, outcome.old);
  } else if (outcome.written) {
    call.reply.simple("OK");
  } else {
    call.reply.null();
  }
  return {};
}

Result<void> set_with_expiry(CommandCall& call, ExpiryUnit unit, std::string_view name) {
  QUARTZ_ASSIGN(const ExpiryTime at, read_expiry(unit, call.arguments[2], call.view.now(), name));
  QUARTZ_TRY(strings::set(call.view, call.arguments[1], call.arguments[3], {.expires_at = at}));
  call.reply.simple("OK");
  return {};
}
Result<void> setex(CommandCall& call) {
  return set_with_expiry(call, ExpiryUnit::seconds, "setex");
}
Result<void> psetex(CommandCall& call) {
  return set_with_expiry(call, ExpiryUnit::milliseconds, "psetex");
}

Result<void> setnx(CommandCall& call) {
  QUARTZ_ASSIGN(const SetOutcome outcome,
                strings::set(call.view, call.arguments[1], call.arguments[2],
                             {.when = SetOptions::When::absent}));
  call.reply.integer(outcome.written ? 1 : 0);
  return {};
}

Result<void> getset(CommandCall& call) {
  QUARTZ_ASSIGN(const SetOutcome outcome,
                strings::set(call.view, call.arguments[1], call.arguments[2], {.tell_old = true}));
  reply_with(call, outcome.old);
  return {};
}

Result<void> getdel(CommandCall& call) {
  const std::string_view key = call.arguments[1];
  QUARTZ_ASSIGN(const auto row, strings::get(call.view, key, Transaction::Look::depending));
  if (!row) {
    call.reply.null();
    return {};
  }
  call.reply.bulk(row->value);
  call.view.erase(key, *row);
  call.view.announce(KeyEventClass::generic, "del", key);
  return {};
}

void change_expiry(CommandCall& call, std::optional<ExpiryTime> at, bool persist,
                   const VisibleRow& row) {
  const std::string_view key = call.arguments[1];
  if (at && *at <= call.view.now()) {
    call.view.erase(key, row);
    call.view.announce(KeyEventClass::generic, "del", key);
  } else if (at) {
    call.view.set_expiry(key, row, at);
    call.view.announce(KeyEventClass::generic, "expire", key);
  } else if (persist && row.attributes.expires_at) {
    call.view.set_expiry(key, row, std::nullopt);
    call.view.announce(KeyEventClass::generic, "persist", key);
  }
}

Result<void> getex(CommandCall& call) {
  const auto& arguments = call.arguments;
  std::optional<ExpiryUnit> unit;
  std::string_view time;
  bool persist = false;
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const auto named = expiry_unit(arguments[i]);
    if (is_same_word(arguments[i], "PERSIST") && !unit) {
      persist = true;
    } else if (named && i + 1 < arguments.size() && (!unit || unit == named) && !persist) {
      unit = named;
      time = arguments[++i];
    } else {
      return syntax_error();
    }
  }
  QUARTZ_ASSIGN(const auto row,
                strings::get(call.view, arguments[1], Transaction::Look::depending));
  if (!row) {
    call.reply.null();
    return {};
  }
  std::optional<ExpiryTime> at;
  if (unit) {
    QUARTZ_ASSIGN(at, read_expiry(*unit, time, call.view.now(), "getex"));
  }
  call.reply.bulk(row->value);
  change_expiry(call, at, persist, *row);
  return {};
}

Result<void> mget(CommandCall& call) {
  call.reply.array(call.arguments.size() - 1);
  for (const std::string_view key : call.arguments.subspan(1)) {
    QUARTZ_ASSIGN(const auto row, call.view.find(key));
    if (row && row->kind() == RowKind::string) {
      call.reply.bulk(row->value);
    } else {
      call.reply.null();
    }
  }
  return {};
}

Result<void> mset(CommandCall& call) {
  if (call.arguments.size() % 2 == 0) return wrong_argument_count("mset");
  for (std::size_t i = 1; i < call.arguments.size(); i += 2) {
    QUARTZ_TRY(strings::set(call.view, call.arguments[i], call.arguments[i + 1]));
  }
  call.reply.simple("OK");
  return {};
}

Result<void> msetnx(CommandCall& call) {
  if (call.arguments.size() % 2 == 0) return wrong_argument_count("msetnx");
  for (std::size_t i = 1; i < call.arguments.size(); i += 2) {
    QUARTZ_ASSIGN(const auto row, call.view.find(call.arguments[i]));
    if (row) {
      call.reply.integer(0);
      return {};
    }
  }
  for (std::size_t i = 1; i < call.arguments.size(); i += 2) {
    QUARTZ_TRY(strings::set(call.view, call.arguments[i], call.arguments[i + 1]));
  }
  call.reply.integer(1);
  return {};
}

Result<void> increment_by(CommandCall& call, std::int64_t by) {
  QUARTZ_ASSIGN(const std::int64_t number, strings::increment(call.view, call.arguments[1], by));
  call.reply.integer(number);
  return {};
}
Result<void> incr(CommandCall& call) { return increment_by(call, 1); }
Result<void> decr(CommandCall& call) { return increment_by(call, -1); }
Result<void> incrby(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int64_t by, integer_of(call.arguments[2]));
  return increment_by(call, by);
}
Result<void> decrby(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int64_t by, integer_of(call.arguments[2]));
  if (by == std::numeric_limits<std::int64_t>::min()) {
    return Error(Errc::invalid_argument, "decrement would overflow");
  }
  return increment_by(call, -by);
}

Result<void> incrbyfloat(CommandCall& call) {
  // What the key holds is judged first.
  QUARTZ_TRY(strings::get(call.view, call.arguments[1], Transaction::Look::depending));
  QUARTZ_ASSIGN(const long double by, long_real_of(call.arguments[2]));
  QUARTZ_ASSIGN(const std::string number,
                strings::increment_real(call.view, call.arguments[1], by));
  call.reply.bulk(number);
  return {};
}

Result<void> append(CommandCall& call) {
  QUARTZ_ASSIGN(const std::size_t size,
                strings::append(call.view, call.arguments[1], call.arguments[2]));
  call.reply.integer(static_cast<std::int64_t>(size));
  return {};
}

Result<void> strlen(CommandCall& call) {
  QUARTZ_ASSIGN(const auto row, strings::get(call.view, call.arguments[1]));
  call.reply.integer(row ? static_cast<std::int64_t>(row->value.size()) : 0);
  return {};
}

Result<void> getrange(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int64_t first, integer_of(call.arguments[2]));
  QUARTZ_ASSIGN(const std::int64_t last, integer_of(call.arguments[3]));
  QUARTZ_ASSIGN(const std::string bytes, strings::range(call.view, call.arguments[1], first, last));
  call.reply.bulk(bytes);
  return {};
}

Result<void> setrange(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int64_t offset, integer_of(call.arguments[2]));
  if (offset < 0) return Error(Errc::invalid_argument, "offset is out of range");
  QUARTZ_ASSIGN(const std::size_t size,
                strings::set_range(call.view, call.arguments[1], static_cast<std::size_t>(offset),
                                   call.arguments[3]));
  call.reply.integer(static_cast<std::int64_t>(size));
  return {};
}

constexpr CommandKeys kPairs{.first = 1, .last = -1, .step = 2};

constexpr std::array kStringCommands = {
    Command{"append", 3, write | denyoom | fast, kOneKey, CommandGroup::string,
            "Appends to a string, or creates it", append},
    Command{"decr", 2, write | denyoom | fast, kOneKey, CommandGroup::string,
            "Takes one from a number", decr},
    Command{"decrby", 3, write | denyoom | fast, kOneKey, CommandGroup::string,
            "Takes from a number", decrby},
    Command{"get", 2, readonly | fast, kOneKey, CommandGroup::string, "The value of a key", get},
    Command{"getdel", 2, write | fast, kOneKey, CommandGroup::string,
            "The value of a key, which it removes", getdel},
    Command{"getex", -2, write | fast, kOneKey, CommandGroup::string,
            "The value of a key, whose expiry it may change", getex},
    Command{"getrange", 4, readonly, kOneKey, CommandGroup::string, "Some bytes of a string",
            getrange},
    Command{"getset", 3, write | denyoom | fast, kOneKey, CommandGroup::string,
            "The value of a key, which gets another", getset},
    Command{"incr", 2, write | denyoom | fast, kOneKey, CommandGroup::string,
            "Adds one to a number", incr},
    Command{"incrby", 3, write | denyoom | fast, kOneKey, CommandGroup::string, "Adds to a number",
            incrby},
    Command{"incrbyfloat", 3, write | denyoom | fast, kOneKey, CommandGroup::string,
            "Adds to a number that may have a fraction", incrbyfloat},
    Command{"mget", -2, readonly | fast, kAllKeys, CommandGroup::string,
            "The values of several keys", mget},
    Command{"mset", -3, write | denyoom, kPairs, CommandGroup::string, "Sets several keys at once",
            mset},
    Command{"msetnx", -3, write | denyoom, kPairs, CommandGroup::string,
            "Sets several keys, if none of them exists", msetnx},
    Command{"psetex", 4, write | denyoom, kOneKey, CommandGroup::string,
            "Sets a key that expires in milliseconds", psetex},
    Command{"set", -3, write | denyoom, kOneKey, CommandGroup::string, "Sets a key", set},
    Command{"setex", 4, write | denyoom, kOneKey, CommandGroup::string,
            "Sets a key that expires in seconds", setex},
    Command{"setnx", 3, write | denyoom | fast, kOneKey, CommandGroup::string,
            "Sets a key, if it does not exist", setnx},
    Command{"setrange", 4, write | denyoom, kOneKey, CommandGroup::string,
            "Overwrites part of a string", setrange},
    Command{"strlen", 2, readonly | fast, kOneKey, CommandGroup::string, "The length of a string",
            strlen},
    Command{"substr", 4, readonly, kOneKey, CommandGroup::string, "As GETRANGE", getrange},
};

}  // namespace

std::span<const Command> string_commands() noexcept { return kStringCommands; }

}  // namespace quartz::server
