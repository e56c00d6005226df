#include <array>
#include <cstdint>
#include <limits>

#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/help_reply.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

constexpr std::size_t kEntriesByDefault = 10;

Result<std::size_t> wanted_count(const CommandCall& call) {
  if (call.arguments.size() > 3) return subcommand_syntax_error("SLOWLOG", call.arguments[1]);
  if (call.arguments.size() == 2) return kEntriesByDefault;
  const auto count = to_integer(call.arguments[2]);
  if (!count || *count < -1) {
    return Error(Errc::invalid_argument, "count should be greater than or equal to -1");
  }
  return *count == -1 ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(*count);
}

Result<void> slow_log_get(CommandCall& call) {
  QUARTZ_ASSIGN(const std::size_t count, wanted_count(call));
  const auto entries = call.server.slow_log().newest(count);
  call.reply.array(entries.size());
  for (const SlowLog::Entry& entry : entries) {
    call.reply.array(6);
    call.reply.integer(static_cast<std::int64_t>(entry.id));
    call.reply.integer(entry.at);
    call.reply.integer(entry.duration);
    call.reply.array(entry.words.size());
    for (const std::string& word : entry.words) call.reply.bulk(word);
    call.reply.bulk(entry.address);
    call.reply.bulk(entry.client_name);
  }
  return {};
}

Result<void> len(CommandCall& call) {
  call.reply.integer(static_cast<std::int64_t>(call.server.slow_log().size()));
  return {};
}

Result<void> slow_log_reset(CommandCall& call) {
  call.server.slow_log().clear();
  call.reply.simple("OK");
  return {};
}

Result<void> slow_log_help(CommandCall& call) {
  constexpr std::array<std::string_view, 5> kLines{
      "SLOWLOG <subcommand> [<count>]. Subcommands are:",
      "GET [<count>]: the newest commands that took long, ten of them by default, -1 for all.",
      "LEN: how many are kept.", "RESET: forgets them.", "HELP: these lines."};
  return reply_with_help(call, kLines);
}

constexpr std::array kSlowLogCommands = {
    Command{"slowlog",
            -2,
            immediate | admin,
            {},
            CommandGroup::server,
            "Commands that took long",
            nullptr},
    Command{"slowlog|get",
            -2,
            immediate | admin,
            {},
            CommandGroup::server,
            "The newest of them",
            slow_log_get},
    Command{
        "slowlog|help", 2, immediate, {}, CommandGroup::server, "What can be asked", slow_log_help},
    Command{
        "slowlog|len", 2, immediate | admin, {}, CommandGroup::server, "How many are kept", len},
    Command{"slowlog|reset",
            2,
            immediate | admin,
            {},
            CommandGroup::server,
            "Forgets them",
            slow_log_reset},
};

}  // namespace

std::span<const Command> slow_log_commands() noexcept { return kSlowLogCommands; }

}  // namespace quartz::server
