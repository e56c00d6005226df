#include <array>
#include <optional>
#include <string_view>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "protocol/redis_dump.hpp"
#include "server/resp/command.hpp"
#include "server/resp/expiry_words.hpp"
#include "server/resp/words.hpp"
#include "server/service/dumped_keys.hpp"
#include "server/service/keys.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

Result<void> dump(CommandCall& call) {
  QUARTZ_ASSIGN(const auto value, keys::contents(call.view, call.arguments[1]));
  if (value) {
    call.reply.bulk(protocol::redis_dump_of(*value));
  } else {
    call.reply.null();
  }
  return {};
}

struct RestoreWords {
  bool replace = false;
  bool absolute = false;
  bool has_idle_time = false;
  bool has_frequency = false;
};

// How long nobody has read the key, and how often somebody did, is not kept.
Result<void> check_reads(RestoreWords& words, bool idle_time, std::string_view word) {
  constexpr std::int64_t kFrequencyMax = 255;
  QUARTZ_ASSIGN(const std::int64_t number, integer_of(word));
  if (idle_time) {
    words.has_idle_time = true;
    if (number >= 0) return {};
    return Error(Errc::invalid_argument, "Invalid IDLETIME value, must be >= 0");
  }
  words.has_frequency = true;
  if (number >= 0 && number <= kFrequencyMax) return {};
  return Error(Errc::invalid_argument, "Invalid FREQ value, must be >= 0 and <= 255");
}

Result<RestoreWords> read_words(Words options) {
  RestoreWords words;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const bool has_more = i + 1 < options.size();
    const bool idle_time = is_same_word(options[i], "IDLETIME") && has_more && !words.has_frequency;
    const bool frequency = is_same_word(options[i], "FREQ") && has_more && !words.has_idle_time;
    if (is_same_word(options[i], "REPLACE")) {
      words.replace = true;
    } else if (is_same_word(options[i], "ABSTTL")) {
      words.absolute = true;
    } else if (idle_time || frequency) {
      QUARTZ_TRY(check_reads(words, idle_time, options[++i]));
    } else {
      return syntax_error();
    }
  }
  return words;
}

/// Nothing for 0, which means that the key does not expire.
Result<std::optional<ExpiryTime>> read_expiry_of(const CommandCall& call,
                                                 const RestoreWords& words) {
  QUARTZ_ASSIGN(const std::int64_t number, integer_of(call.arguments[2]));
  if (number < 0) return Error(Errc::invalid_argument, "Invalid TTL value, must be >= 0");
  if (number == 0) return std::optional<ExpiryTime>();
  const ExpiryUnit unit =
      words.absolute ? ExpiryUnit::millisecond_of_epoch : ExpiryUnit::milliseconds;
  QUARTZ_ASSIGN(const ExpiryTime at,
                read_any_expiry(unit, call.arguments[2], call.view.now(), "restore"));
  return std::optional(at);
}

Result<void> restore(CommandCall& call) {
  const std::string_view key = call.arguments[1];
  const std::string_view payload = call.arguments[3];
  QUARTZ_ASSIGN(const RestoreWords words, read_words(call.arguments.subspan(4)));
  QUARTZ_ASSIGN(const auto old, call.view.find(key));
  if (old && !words.replace) {
    return Error(Errc::invalid_argument, "BUSYKEY Target key name already exists.");
  }
  QUARTZ_ASSIGN(const auto expires_at, read_expiry_of(call, words));
  if (!protocol::is_redis_dump(payload)) {
    return Error(Errc::invalid_argument, "ERR DUMP payload version or checksum are wrong");
  }
  const auto value = protocol::from_redis_dump(payload);
  if (!value) return Error(Errc::invalid_argument, "Bad data format");
  if (expires_at && *expires_at <= call.view.now()) {
    QUARTZ_TRY(keys::remove(call.view, key));
  } else {
    QUARTZ_TRY(keys::restore(call.view, key, *value, expires_at));
  }
  call.reply.simple("OK");
  return {};
}

constexpr std::array kDumpCommands = {
    Command{"dump", 2, readonly, kOneKey, CommandGroup::generic,
            "What a key holds, in Redis's own format", dump},
    Command{"restore", -4, write | denyoom | dangerous, kOneKey, CommandGroup::generic,
            "Creates a key from what DUMP told", restore},
};

}  // namespace

std::span<const Command> dump_commands() noexcept { return kDumpCommands; }

}  // namespace quartz::server
