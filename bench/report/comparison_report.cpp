#include "bench/report/comparison_report.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/report/contest.hpp"
#include "bench/report/number_text.hpp"
#include "bench/report/summary.hpp"

namespace quartz::bench {
namespace {

/// By how much every pair of a category has to differ before anything is said.
constexpr double kClearDifference = 1.05;

/// The contest's counterpart in another run, or null.
const Contest* find_contest(const std::vector<Contest>& contests, const Contest& like) {
  const auto found = std::ranges::find_if(contests, [&](const Contest& contest) {
    return contest.category == like.category && contest.threads == like.threads;
  });
  return found == contests.end() ? nullptr : &*found;
}

std::string name_of(const Contest& contest) {
  if (contest.threads == 1) return contest.category;
  return fmt::format("{}, {} threads", contest.category, contest.threads);
}

enum Verdict : std::uint8_t { faster, slower, no_difference };

Verdict verdict_on(const Spread& ratio) {
  if (ratio.least > kClearDifference) return faster;
  if (ratio.most * kClearDifference < 1) return slower;
  return no_difference;
}

/// Lines of the table, and what is counted on the way.
struct Table {
  std::string text;
  std::array<unsigned, 3> counts = {};  // By verdict.
  std::vector<std::string> unpaired;

  void add(const std::string& name, const Series& before, const Series& after) {
    static constexpr std::array<std::string_view, 3> kMarks = {"faster", "slower", ""};
    const auto ratio = ratio_of(before, after);
    if (!ratio) return unpaired.push_back(name + " has no times");
    const Verdict verdict = verdict_on(*ratio);
    ++counts.at(verdict);
    add_line(name, duration_text(summary_of(before).ns_per_operation.median),
             duration_text(summary_of(after).ns_per_operation.median),
             fmt::format("{:>6} ({})", ratio_text(ratio->median), ratio_range_text(*ratio)),
             std::to_string(std::min(before.repetitions.size(), after.repetitions.size())),
             kMarks.at(verdict));
  }

  void add_line(std::string_view name, std::string_view before, std::string_view after,
                std::string_view ratio, std::string_view pairs, std::string_view mark) {
    std::string line =
        fmt::format("{:<34}{:>10}{:>10}  {:<21}{:>5}  {}", name, before, after, ratio, pairs, mark);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
};

}  // namespace

std::string comparison_table(const RunResult& before, const RunResult& after) {
  const std::vector<Contest> earlier = contests_of(before);
  const std::vector<Contest> later = contests_of(after);
  Table table;
  table.add_line("", "before", "after", " ratio (min–max)", "pairs", "");
  for (const Contest& contest : earlier) {
    if (const Contest* other = find_contest(later, contest)) {
      table.add(name_of(contest), *contest.entrants.front(), *other->entrants.front());
    } else {
      table.unpaired.push_back(name_of(contest) + " was measured before only");
    }
  }
  for (const Contest& contest : later) {
    if (find_contest(earlier, contest) != nullptr) continue;
    table.unpaired.push_back(name_of(contest) + " was measured after only");
  }
  std::string text = std::move(table.text);
  text += fmt::format(
      "\n{} faster and {} slower in every pair by more than 5 %, {} without a clear difference\n",
      table.counts[faster], table.counts[slower], table.counts[no_difference]);
  for (const std::string& line : table.unpaired) text += line + '\n';
  return text;
}

}  // namespace quartz::bench
