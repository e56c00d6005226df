#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/info_sections.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

Result<void> info(CommandCall& call) {
  QUARTZ_ASSIGN(const std::string text, info_text(call.server, call.arguments.subspan(1)));
  call.reply.verbatim(text);
  return {};
}

Result<void> time(CommandCall& call) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  call.reply.array(2);
  call.reply.bulk(std::to_string(microseconds / 1'000'000));
  call.reply.bulk(std::to_string(microseconds % 1'000'000));
  return {};
}

Result<void> config_get(CommandCall& call) {
  const auto found = call.server.parameters().matching(call.arguments.subspan(2));
  call.reply.map(found.size());
  for (const auto& [name, value] : found) {
    call.reply.bulk(name);
    call.reply.bulk(value);
  }
  return {};
}

Result<void> config_set(CommandCall& call) {
  if (call.arguments.size() % 2 != 0) return syntax_error();
  std::vector<std::pair<std::string_view, std::string_view>> values;
  for (std::size_t i = 2; i < call.arguments.size(); i += 2) {
    values.emplace_back(call.arguments[i], call.arguments[i + 1]);
  }
  QUARTZ_TRY(call.server.parameters().set(values));
  call.reply.simple("OK");
  return {};
}

Result<void> config_resetstat(CommandCall& call) {
  call.server.reset_counters();
  call.reply.simple("OK");
  return {};
}

Result<void> config_rewrite(CommandCall&) {
  return Error(Errc::invalid_argument, "The server is running without a config file");
}

// Everything is in the log already; what SAVE promises is that it outlives the power.
Result<void> save(CommandCall& call) {
  QUARTZ_TRY(call.server.service().engine().sync());
  call.reply.simple("OK");
  return {};
}

Result<void> bgsave(CommandCall& call) {
  QUARTZ_TRY(call.server.service().engine().sync());
  call.reply.simple("Background saving started");
  return {};
}

Result<void> monitor(CommandCall& call) {
  if (call.messages != nullptr) {
    return Error(Errc::invalid_argument, "MONITOR isn't allowed for DENY BLOCKING client");
  }
  call.client.monitor();
  call.reply.simple("OK");
  return {};
}

// There are no replicas to wait for.
Result<void> wait(CommandCall& call) {
  QUARTZ_TRY(integer_of(call.arguments[1]));
  const auto timeout = to_integer(call.arguments[2]);
  if (!timeout) return Error(Errc::invalid_argument, "timeout is not an integer or out of range");
  if (*timeout < 0) return Error(Errc::invalid_argument, "timeout is negative");
  call.reply.integer(0);
  return {};
}

Result<void> module_list(CommandCall& call) {
  call.reply.array(0);
  return {};
}

Result<void> cluster(CommandCall&) {
  return Error(Errc::invalid_argument, "This instance has cluster support disabled");
}

Result<void> function_flush(CommandCall& call) {
  call.reply.simple("OK");
  return {};
}

constexpr std::array kServerCommands = {
    Command{"bgsave", -1, immediate | admin, {}, CommandGroup::server, "As SAVE", bgsave},
    Command{"cluster",
            -2,
            immediate,
            {},
            CommandGroup::cluster,
            "Refused: a server stands alone",
            cluster},
    Command{"config",
            -2,
            immediate | admin,
            {},
            CommandGroup::server,
            "Parameters of the server",
            nullptr},
    Command{"config|get",
            -3,
            immediate | admin,
            {},
            CommandGroup::server,
            "Parameters by pattern",
            config_get},
    Command{"config|resetstat",
            2,
            immediate | admin,
            {},
            CommandGroup::server,
            "Counts from zero again",
            config_resetstat},
    Command{"config|rewrite",
            2,
            immediate | admin,
            {},
            CommandGroup::server,
            "Refused: the server's file is not written by it",
            config_rewrite},
    Command{"config|set",
            -4,
            immediate | admin,
            {},
            CommandGroup::server,
            "Changes parameters",
            config_set},
    Command{
        "function", -2, immediate, {}, CommandGroup::scripting, "There are no functions", nullptr},
    Command{"function|flush",
            -2,
            immediate,
            {},
            CommandGroup::scripting,
            "Accepted; there are no functions",
            function_flush},
    Command{"info", -1, immediate, {}, CommandGroup::server, "What is known of the server", info},
    Command{
        "module", -2, immediate | admin, {}, CommandGroup::server, "There are no modules", nullptr},
    Command{"module|list",
            2,
            immediate | admin,
            {},
            CommandGroup::server,
            "An empty list",
            module_list},
    Command{"monitor",
            1,
            immediate | admin,
            {},
            CommandGroup::server,
            "Tells of every command that anybody runs",
            monitor},
    Command{"save",
            1,
            immediate | admin,
            {},
            CommandGroup::server,
            "Lets everything acknowledged so far survive power loss",
            save},
    Command{"time", 1, immediate | fast, {}, CommandGroup::server, "The server's clock", time},
    Command{"wait",
            3,
            none,
            {},
            CommandGroup::generic,
            "How many replicas have it all: 0, at once",
            wait},
};

}  // namespace

std::span<const Command> server_commands() noexcept { return kServerCommands; }

}  // namespace quartz::server
