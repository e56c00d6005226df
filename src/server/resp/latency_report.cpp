#include "server/resp/latency_report.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <vector>

#include <fmt/format.h>

namespace quartz::server {
namespace {

using Sample = LatencyEvents::Sample;

constexpr std::size_t kColumnsMax = 80;
constexpr std::int64_t kRows = 4;

std::string age_of(std::int64_t seconds) {
  if (seconds >= 86'400) return fmt::format("{}d", seconds / 86'400);
  if (seconds >= 3'600) return fmt::format("{}h", seconds / 3'600);
  if (seconds >= 60) return fmt::format("{}m", seconds / 60);
  return fmt::format("{}s", std::max<std::int64_t>(seconds, 0));
}

// From 1 to `kRows`.
std::int64_t height_of(std::int64_t duration, std::int64_t low, std::int64_t high) {
  return high == low ? kRows : 1 + (duration - low) * (kRows - 1) / (high - low);
}

struct Advice {
  std::string_view event;
  std::string_view text;
};
constexpr std::array kAdvice = {
    Advice{"command",
           "SLOWLOG GET shows which commands it were. Those that go through many keys "
           "or elements take as long as there are many: SCAN in place of KEYS, ranges "
           "in place of whole collections."},
    Advice{"fast-command",
           "Commands that look at one row took long: the disk had to be read, or "
           "the machine is busy. See get_latency and level_get_latency of "
           "/api/v1/stats, and let storage.block_cache_bytes be larger."},
    Advice{"commit",
           "Writes waited: for syncs of the log with storage.durability = \"disk\" "
           "(sync_latency), or because flushes and compactions cannot keep up "
           "(write_delay_latency, debt)."},
    Advice{"expire-cycle",
           "Very much expires at the same time. Clients are not held up by it, "
           "other writes may be: spread the times of expiry."},
};

std::string_view advice_for(std::string_view event) {
  const auto found = std::ranges::find(kAdvice, event, &Advice::event);
  return found == kAdvice.end() ? std::string_view() : found->text;
}

}  // namespace

std::string latency_graph(std::string_view name, const LatencyEvents::Event& event) {
  const std::size_t count = std::min(event.samples.size(), kColumnsMax);
  const std::vector<Sample> shown(event.samples.end() - static_cast<std::ptrdiff_t>(count),
                                  event.samples.end());
  const auto [low, high] = std::ranges::minmax(shown, {}, &Sample::duration);
  std::string text = fmt::format("{} - high {} ms, low {} ms (all time high {} ms)\n", name,
                                 high.duration, low.duration, event.longest);
  text.append(kColumnsMax, '-').append("\n");
  for (std::int64_t row = kRows; row > 0; --row) {
    for (const Sample& sample : shown) {
      text += height_of(sample.duration, low.duration, high.duration) >= row ? '#' : ' ';
    }
    text += '\n';
  }
  const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  fmt::format_to(std::back_inserter(text), "\nfrom {} ago to {} ago\n",
                 age_of(now - shown.front().at), age_of(now - shown.back().at));
  return text;
}

std::string latency_advice(const LatencyEvents& events) {
  if (events.threshold() == 0) {
    return "Nothing is noted: latency-monitor-threshold is 0. CONFIG SET latency-monitor-threshold "
           "<milliseconds> lets everything be noted that takes as long.\n";
  }
  const auto all = events.all();
  if (all.empty()) {
    return fmt::format("Nothing took {} ms or longer.\n", events.threshold());
  }
  std::string text;
  for (const auto& [name, event] : all) {
    std::int64_t sum = 0;
    for (const Sample& sample : event.samples) sum += sample.duration;
    const auto count = static_cast<std::int64_t>(event.samples.size());
    fmt::format_to(std::back_inserter(text),
                   "{}: {} spikes, {} ms on average, the longest {} ms. {}\n", name, count,
                   sum / count, event.longest, advice_for(name));
  }
  return text;
}

}  // namespace quartz::server
