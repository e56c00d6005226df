#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/command_table.hpp"
#include "server/resp/help_reply.hpp"
#include "server/resp/latency_report.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

Result<void> latest(CommandCall& call) {
  const auto events = call.server.latency_events().all();
  call.reply.array(events.size());
  for (const auto& [name, event] : events) {
    call.reply.array(4);
    call.reply.bulk(name);
    call.reply.integer(event.samples.back().at);
    call.reply.integer(event.samples.back().duration);
    call.reply.integer(event.longest);
  }
  return {};
}

Result<void> history(CommandCall& call) {
  const auto events = call.server.latency_events().all();
  const auto found = events.find(call.arguments[2]);
  if (found == events.end()) {
    call.reply.array(0);
    return {};
  }
  call.reply.array(found->second.samples.size());
  for (const auto& sample : found->second.samples) {
    call.reply.array(2);
    call.reply.integer(sample.at);
    call.reply.integer(sample.duration);
  }
  return {};
}

Result<void> latency_reset(CommandCall& call) {
  const auto names = call.arguments.subspan(2);
  const std::size_t count = call.server.latency_events().forget({names.begin(), names.end()});
  call.reply.integer(static_cast<std::int64_t>(count));
  return {};
}

Result<void> graph(CommandCall& call) {
  const auto events = call.server.latency_events().all();
  const auto found = events.find(call.arguments[2]);
  if (found == events.end()) {
    return Error(Errc::invalid_argument,
                 fmt::format("No samples available for event '{}'", call.arguments[2]));
  }
  call.reply.verbatim(latency_graph(found->first, found->second));
  return {};
}

Result<void> latency_doctor(CommandCall& call) {
  call.reply.verbatim(latency_advice(call.server.latency_events()));
  return {};
}

/// Commands that took at most so many microseconds.
struct Bucket {
  std::int64_t microseconds;
  std::uint64_t count;
};

// Twice as long each, from 1,024 ns on, as Redis has them; those that add nothing are left out.
std::vector<Bucket> buckets_of(const HistogramReading& latency) {
  constexpr int kFirstPower = 10;
  constexpr int kLastPower = 62;
  std::vector<Bucket> buckets;
  std::uint64_t told = 0;
  for (int power = kFirstPower; power <= kLastPower && told < latency.count(); ++power) {
    const std::uint64_t bound = std::uint64_t{1} << power;
    const std::uint64_t count = latency.count_up_to(bound - 1);
    if (count == told) continue;
    buckets.push_back({static_cast<std::int64_t>((bound + bound / 128 - 1) / 1'000), count});
    told = count;
  }
  return buckets;
}

void tell_histogram(CommandCall& call, const CommandStatistics::Figures& figures) {
  const auto buckets = buckets_of(figures.latency);
  call.reply.bulk(figures.command->name);
  call.reply.map(2);
  call.reply.bulk("calls");
  call.reply.integer(static_cast<std::int64_t>(figures.latency.count()));
  call.reply.bulk("histogram_usec");
  call.reply.map(buckets.size());
  for (const Bucket& bucket : buckets) {
    call.reply.integer(bucket.microseconds);
    call.reply.integer(static_cast<std::int64_t>(bucket.count));
  }
}

// A command's own name, and those of its subcommands.
bool is_asked_for(const Command& command, std::span<const std::string_view> names) {
  if (names.empty()) return true;
  return std::ranges::any_of(names, [&](std::string_view name) {
    const Command* const asked = CommandTable::all().find(name);
    return asked != nullptr && (asked == &command || (command.name.starts_with(asked->name) &&
                                                      command.name.size() > asked->name.size() &&
                                                      command.name[asked->name.size()] == '|'));
  });
}

Result<void> histogram(CommandCall& call) {
  const auto names = call.arguments.subspan(2);
  std::vector<CommandStatistics::Figures> found;
  for (auto& figures : call.server.statistics().all()) {
    if (figures.latency.count() == 0 || !is_asked_for(*figures.command, names)) continue;
    found.push_back(std::move(figures));
  }
  call.reply.map(found.size());
  for (const auto& figures : found) tell_histogram(call, figures);
  return {};
}

Result<void> latency_help(CommandCall& call) {
  constexpr std::array<std::string_view, 9> kLines{
      "LATENCY <subcommand> [<arg> ...]. Subcommands are:",
      "DOCTOR: what the events mean, and what to do about them.",
      "GRAPH <event>: its samples as a picture.",
      "HISTORY <event>: when it happened, and how many milliseconds it took.",
      "HISTOGRAM [<command> ...]: how many calls took how many microseconds.",
      "LATEST: of each event the last time, and the longest.",
      "RESET [<event> ...]: forgets events, or all.",
      "Events are noted from latency-monitor-threshold milliseconds on; 0: none.",
      "HELP: these lines."};
  return reply_with_help(call, kLines);
}

constexpr std::array kLatencyCommands = {
    Command{"latency",
            -2,
            immediate | admin,
            {},
            CommandGroup::server,
            "What took long, and when",
            nullptr},
    Command{"latency|doctor",
            2,
            immediate | admin,
            {},
            CommandGroup::server,
            "What to do about it",
            latency_doctor},
    Command{"latency|graph",
            3,
            immediate | admin,
            {},
            CommandGroup::server,
            "An event as a picture",
            graph},
    Command{
        "latency|help", 2, immediate, {}, CommandGroup::server, "What can be asked", latency_help},
    Command{"latency|histogram",
            -2,
            immediate | admin,
            {},
            CommandGroup::server,
            "How many calls of commands took how long",
            histogram},
    Command{"latency|history",
            3,
            immediate | admin,
            {},
            CommandGroup::server,
            "When an event was",
            history},
    Command{"latency|latest",
            2,
            immediate | admin,
            {},
            CommandGroup::server,
            "The last of each event",
            latest},
    Command{"latency|reset",
            -2,
            immediate | admin,
            {},
            CommandGroup::server,
            "Forgets events",
            latency_reset},
};

}  // namespace

std::span<const Command> latency_commands() noexcept { return kLatencyCommands; }

}  // namespace quartz::server
