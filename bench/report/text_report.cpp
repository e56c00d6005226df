#include "bench/report/text_report.hpp"

#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "bench/report/contest.hpp"
#include "bench/report/number_text.hpp"
#include "bench/report/summary.hpp"

namespace quartz::bench {
namespace {

constexpr const char* kNothing = "-";
/// Engine, eight times, two figures of bytes, and the ratio.
using Cells = std::array<std::string, 12>;

void append_line(std::string& text, const Cells& cells) {
  std::string line = fmt::format("{:<16.16}", cells.front());
  for (std::size_t i = 1; i + 1 < cells.size(); ++i) line += fmt::format("{:>9}", cells.at(i));
  line += "  " + cells.back();
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + '\n';
}

std::string duration_or_nothing(const std::optional<double>& ns) {
  return ns ? duration_text(*ns) : kNothing;
}

std::string ratio_cell(const Series& entrant, const Contest& contest) {
  const Series* ours = contest.ours();
  if (ours == nullptr || ours == &entrant) return {};
  const auto ratio = ratio_of(entrant, *ours);
  if (!ratio) return kNothing;
  return fmt::format("{:>6} ({}){}", ratio_text(ratio->median), ratio_range_text(*ratio),
                     is_loss(*ratio) ? " LOSS" : "");
}

Cells cells_of(const Series& entrant, const Contest& contest) {
  const Summary row = summary_of(entrant);
  return {entrant.engine,
          duration_text(row.ns_per_operation.median),
          duration_text(row.ns_per_operation.least),
          duration_text(row.ns_per_operation.most),
          duration_text(row.cpu_ns_per_operation),
          duration_or_nothing(row.p50_ns),
          duration_or_nothing(row.p99_ns),
          duration_or_nothing(row.p999_ns),
          duration_or_nothing(row.max_ns),
          row.written_per_user_byte ? factor_text(*row.written_per_user_byte) : kNothing,
          bytes_text(static_cast<double>(row.peak_rss_bytes)),
          ratio_cell(entrant, contest)};
}

void append_block(std::string& text, const Contest& contest) {
  text += fmt::format("{} ({})\n", contest.title, contest.category);
  append_line(text, {"engine", "median", "min", "max", "cpu", "p50", "p99", "p99.9", "max",
                     "written", "memory", contest.ours() == nullptr ? "" : " ratio"});
  for (const Series* entrant : contest.entrants) append_line(text, cells_of(*entrant, contest));
}

}  // namespace

std::string text_table(const RunResult& run) {
  std::string text;
  for (const Contest& contest : contests_of(run)) {
    if (!text.empty()) text += '\n';
    append_block(text, contest);
  }
  return text;
}

}  // namespace quartz::bench
