#include <array>
#include <chrono>
#include <limits>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

Result<ClientPauses::Kind> kind_of(const CommandCall& call) {
  if (call.arguments.size() == 3 || is_same_word(call.arguments[3], "ALL"))
    return ClientPauses::Kind::all;
  if (is_same_word(call.arguments[3], "WRITE")) return ClientPauses::Kind::writes;
  return Error(Errc::invalid_argument, "CLIENT PAUSE mode must be WRITE or ALL");
}

// So that no time overflows the clock.
constexpr std::int64_t kPauseMillisecondsMax = std::numeric_limits<std::int64_t>::max() / 4'000'000;

Result<std::chrono::milliseconds> timeout_of(std::string_view word) {
  const auto milliseconds = to_integer(word);
  if (!milliseconds || *milliseconds > kPauseMillisecondsMax) {
    return Error(Errc::invalid_argument, "timeout is not an integer or out of range");
  }
  if (*milliseconds < 0) return Error(Errc::invalid_argument, "timeout is negative");
  return std::chrono::milliseconds(*milliseconds);
}

Result<void> pause(CommandCall& call) {
  if (call.arguments.size() > 4) return subcommand_syntax_error("CLIENT", call.arguments[1]);
  QUARTZ_ASSIGN(const ClientPauses::Kind kind, kind_of(call));
  QUARTZ_ASSIGN(const auto timeout, timeout_of(call.arguments[2]));
  call.server.pauses().begin(kind, ClientPauses::Clock::now() + timeout);
  // Those that began before on other threads: their effects are there before the reply is.
  call.client.wait_for_others();
  call.reply.simple("OK");
  return {};
}

Result<void> unpause(CommandCall& call) {
  call.server.end_pauses();
  call.reply.simple("OK");
  return {};
}

constexpr std::array kPauseCommands = {
    Command{"client|pause",
            -3,
            immediate | admin,
            {},
            CommandGroup::connection,
            "Holds back the commands of all clients for a while",
            pause},
    Command{"client|unpause",
            2,
            immediate | admin,
            {},
            CommandGroup::connection,
            "Holds them back no longer",
            unpause},
};

}  // namespace

std::span<const Command> pause_commands() noexcept { return kPauseCommands; }

}  // namespace quartz::server
