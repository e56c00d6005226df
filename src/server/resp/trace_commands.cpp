#include <array>

#include "base/ascii.hpp"
#include "protocol/trace_parent.hpp"
#include "server/resp/command.hpp"
#include "server/resp/traced_words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

constexpr std::size_t kOwnWords = 2;  // QUARTZ.TRACE and the traceparent.

// What a client has taken away is never run.
Result<void> trace(CommandCall& call) {
  return Error(Errc::invalid_argument, protocol::trace_id_of(call.arguments[1])
                                           ? "ERR a command belongs to one trace"
                                           : "ERR this is no traceparent");
}

constexpr std::array kTraceCommands = {
    Command{"quartz.trace",
            -3,
            loading | stale | fast | no_auth,
            {},
            CommandGroup::connection,
            "Names the trace that the command behind it belongs to, for the server's log",
            trace},
};

bool is_trace(std::string_view word) noexcept {
  constexpr std::string_view kName = kTraceCommands.front().name;
  return is_same_word(word, kName);
}

}  // namespace

std::span<const Command> trace_commands() noexcept { return kTraceCommands; }

TracedWords without_trace(Words arguments) noexcept {
  if (arguments.size() <= kOwnWords || !is_trace(arguments[0])) return {.words = arguments};
  const auto id = protocol::trace_id_of(arguments[1]);
  if (!id) return {.words = arguments};
  return {.words = arguments.subspan(kOwnWords), .trace_id = *id};
}

}  // namespace quartz::server
