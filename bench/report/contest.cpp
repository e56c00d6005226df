#include "bench/report/contest.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "bench/report/category_text.hpp"
#include "bench/report/engine_text.hpp"

namespace quartz::bench {
namespace {

constexpr std::string_view kSpaceCategory = "space_and_write_amplification";

double per_user_byte(std::uint64_t bytes, const Measurement& m) {
  return m.user_bytes == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(m.user_bytes);
}

struct NamedFigure {
  std::string_view name;
  Figure figure;
};
constexpr std::array<NamedFigure, 3> kFigures = {{
    {"time", [](const Measurement& m) { return m.ns_per_operation(); }},
    {"bytes written", [](const Measurement& m) { return per_user_byte(m.written_bytes, m); }},
    {"bytes kept", [](const Measurement& m) { return per_user_byte(m.disk_bytes, m); }},
}};

Comparison comparison_by(const NamedFigure& by, const Contest& contest, const Series& ours) {
  Comparison comparison{.figure = by.name, .peers = {}};
  for (const Series* entrant : contest.entrants) {
    if (entrant->engine == kOurEngine) continue;
    const auto ratio = ratio_of(*entrant, ours, by.figure);
    if (ratio) comparison.peers.push_back({.engine = entrant->engine, .ratio = *ratio});
  }
  return comparison;
}

void add_titles(std::vector<Contest>& contests) {
  std::map<std::string, std::set<unsigned>> threads;
  for (const Contest& contest : contests) threads[contest.category].insert(contest.threads);
  for (Contest& contest : contests) {
    contest.title = category_title(contest.category);
    if (threads[contest.category].size() < 2) continue;
    contest.title += fmt::format(", {} thread{}", contest.threads, contest.threads == 1 ? "" : "s");
  }
}

}  // namespace

const Series* Contest::ours() const {
  return !entrants.empty() && entrants.front()->engine == kOurEngine ? entrants.front() : nullptr;
}

std::vector<Contest> contests_of(const RunResult& run) {
  std::vector<Contest> contests;
  for (const Series& series : run.series) {
    if (series.repetitions.empty()) continue;
    auto found = std::ranges::find_if(contests, [&](const Contest& contest) {
      return contest.category == series.category && contest.threads == series.threads;
    });
    if (found == contests.end()) {
      contests.push_back(
          {.category = series.category, .threads = series.threads, .title = {}, .entrants = {}});
      found = std::prev(contests.end());
    }
    const bool ours = series.engine == kOurEngine;
    found->entrants.insert(ours ? found->entrants.begin() : found->entrants.end(), &series);
  }
  add_titles(contests);
  return contests;
}

std::vector<Comparison> comparisons_of(const Contest& contest) {
  std::vector<Comparison> comparisons;
  const Series* ours = contest.ours();
  if (ours == nullptr) return comparisons;
  for (const NamedFigure& by : kFigures) {
    if (by.name != kFigures.front().name && contest.category != kSpaceCategory) continue;
    Comparison comparison = comparison_by(by, contest, *ours);
    if (!comparison.peers.empty()) comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

std::vector<std::string> peers_of(const RunResult& run) {
  std::vector<std::string> peers;
  for (const Series& series : run.series) {
    if (series.engine == kOurEngine || series.repetitions.empty()) continue;
    if (std::ranges::find(peers, series.engine) == peers.end()) peers.push_back(series.engine);
  }
  return peers;
}

}  // namespace quartz::bench
