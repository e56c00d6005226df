#include "bench/report/markdown_report.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "bench/report/category_text.hpp"
#include "bench/report/contest.hpp"
#include "bench/report/engine_text.hpp"
#include "bench/report/markdown_preface.hpp"
#include "bench/report/markdown_text.hpp"
#include "bench/report/number_text.hpp"
#include "bench/report/summary.hpp"

namespace quartz::bench {
namespace {

constexpr std::string_view kNothing = "–";
constexpr std::string_view kTime = "time";

std::string title_cell(std::string_view engine) { return markdown_escaped(engine_title(engine)); }

std::string ratio_cell(const std::optional<Spread>& ratio) {
  if (!ratio) return std::string(kNothing);
  const std::string median = ratio_text(ratio->median);
  return fmt::format("{} ({})", is_loss(*ratio) ? "**" + median + " loss**" : median,
                     ratio_range_text(*ratio));
}

/// The heading under which the contest's figures stand: one for all numbers of threads.
std::string heading_of(const Contest& contest) { return category_title(contest.category); }

std::string linked_title(const Contest& contest, const Comparison& comparison) {
  std::string title = link_to_heading(heading_of(contest));
  title += contest.title.substr(heading_of(contest).size());
  if (comparison.figure != kTime) title += fmt::format(", {}", comparison.figure);
  return title;
}

std::string ratio_section(const RunResult& run, const std::vector<Contest>& contests) {
  const std::vector<std::string> peers = peers_of(run);
  std::vector<std::vector<std::string>> rows;
  for (const Contest& contest : contests) {
    for (const Comparison& comparison : comparisons_of(contest)) {
      auto& row = rows.emplace_back(1, linked_title(contest, comparison));
      for (const std::string& peer : peers) {
        const auto found = std::ranges::find(comparison.peers, peer, &PeerRatio::engine);
        const bool known = found != comparison.peers.end();
        row.push_back(ratio_cell(known ? std::optional(found->ratio) : std::nullopt));
      }
    }
  }
  std::string text = "\n## Ratios\n\n";
  if (rows.empty()) return text + "Nothing was measured on both Quartz and a peer.\n";
  std::vector<std::string> head = {"category"};
  for (const std::string& peer : peers) head.push_back(title_cell(peer));
  text +=
      "How many times longer the peer takes than Quartz: median, minimum and maximum of the "
      "pairs of repetitions.\n\n";
  return text + markdown_table(head, rows);
}

/// "LMDB 0.31x (0.30–0.33), SQLite 0.97x (0.90–1.04; not in every repetition)"; empty without one.
std::string losses_in(const Comparison& comparison) {
  std::string text;
  for (const auto& [engine, ratio] : comparison.peers) {
    if (!is_loss(ratio)) continue;
    text += fmt::format("{}{} {} ({}{})", text.empty() ? "" : ", ", title_cell(engine),
                        ratio_text(ratio.median), ratio_range_text(ratio),
                        ratio.most < 1 ? "" : "; not in every repetition");
  }
  return text;
}

std::string loss_section(const std::vector<Contest>& contests) {
  std::string list;
  bool compared = false;
  for (const Contest& contest : contests) {
    for (const Comparison& comparison : comparisons_of(contest)) {
      compared = true;
      const std::string losses = losses_in(comparison);
      if (losses.empty()) continue;
      list += fmt::format("- {}: {}\n", linked_title(contest, comparison), losses);
    }
  }
  std::string text = "\n## Where Quartz loses\n\n";
  if (!compared) return text + "Nothing was measured on both Quartz and a peer.\n";
  if (list.empty()) return text + "Nowhere in this run: every median ratio is at least 1.\n";
  return text + "What the peer needs in proportion to Quartz, where the median is below 1:\n\n" +
         list;
}

/// A column of a table of figures.
struct Column {
  std::string head;
  std::vector<std::string> cells;

  bool says_something() const {
    return std::ranges::any_of(cells, [](const auto& cell) { return cell != kNothing; });
  }
};

std::string duration_cell(const std::optional<double>& ns) {
  return ns ? duration_text(*ns) : std::string(kNothing);
}

std::string bytes_cell(std::uint64_t bytes) {
  return bytes == 0 ? std::string(kNothing) : bytes_text(static_cast<double>(bytes));
}

std::vector<std::string> figure_cells(const Series& entrant, const Contest& contest) {
  const Summary row = summary_of(entrant);
  const Series* ours = contest.ours();
  const bool peer = ours != nullptr && ours != &entrant;
  return {
      title_cell(entrant.engine),
      duration_text(row.ns_per_operation),
      duration_text(row.cpu_ns_per_operation),
      duration_cell(row.p50_ns),
      duration_cell(row.p99_ns),
      duration_cell(row.p999_ns),
      duration_cell(row.max_ns),
      row.written_per_user_byte ? factor_text(*row.written_per_user_byte) : std::string(kNothing),
      bytes_cell(row.peak_rss_bytes),
      bytes_cell(row.disk_bytes),
      ratio_cell(peer ? ratio_of(entrant, *ours) : std::nullopt),
  };
}

/// Without the columns in which no engine has anything.
std::string figure_table(const Contest& contest) {
  std::vector<Column> columns;
  for (const char* head : {"engine", "time (min–max)", "CPU", "p50", "p99", "p99.9", "max",
                           "written", "memory", "on disk", "ratio (min–max)"}) {
    columns.push_back({.head = head, .cells = {}});
  }
  for (const Series* entrant : contest.entrants) {
    const std::vector<std::string> cells = figure_cells(*entrant, contest);
    for (std::size_t i = 0; i < cells.size(); ++i) columns.at(i).cells.push_back(cells[i]);
  }
  std::erase_if(columns, [](const Column& column) { return !column.says_something(); });
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows(contest.entrants.size());
  for (const Column& column : columns) {
    head.push_back(column.head);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].push_back(column.cells[i]);
  }
  return markdown_table(head, rows);
}

/// The figures of one category for every number of threads; empty if it was not measured.
std::string category_section(const std::string& category, const std::vector<Contest>& contests) {
  std::string tables;
  for (const Contest& contest : contests) {
    if (contest.category != category) continue;
    const std::string title = category_title(category);
    if (contest.title != title) {
      tables += "\n" + contest.title.substr(title.size() + 2) + ":\n";  // Without ", ".
    }
    tables += "\n" + figure_table(contest);
  }
  if (tables.empty()) return {};
  std::string text = fmt::format("\n### {}\n", markdown_escaped(category_title(category)));
  const std::string_view description = category_description(category);
  text += fmt::format("\n`{}`{}{}\n", category, description.empty() ? "" : ": ", description);
  return text + tables;
}

std::string group_section(const CategoryGroup& group, const std::vector<Contest>& contests,
                          const std::string& plot_folder) {
  std::string sections;
  for (const std::string& category : group.categories) {
    sections += category_section(category, contests);
  }
  if (sections.empty()) return {};
  std::string text = fmt::format("\n## {}\n", group.title);
  if (!group.plot_file.empty()) {
    text += fmt::format("\n![{}: time per operation of each engine]({}/{})\n", group.title,
                        plot_folder, group.plot_file);
  }
  return text + sections;
}

/// The categories that are in no group, in the order of the run.
CategoryGroup other_categories(const std::vector<Contest>& contests) {
  CategoryGroup others{.title = "Other measurements", .plot_file = {}, .categories = {}};
  for (const Contest& contest : contests) {
    const bool grouped = std::ranges::any_of(category_groups(), [&](const CategoryGroup& group) {
      return std::ranges::count(group.categories, contest.category) != 0;
    });
    const bool listed = std::ranges::count(others.categories, contest.category) != 0;
    if (!grouped && !listed) others.categories.push_back(contest.category);
  }
  return others;
}

}  // namespace

std::string markdown_report(const RunResult& run, const std::string& plot_folder) {
  const std::vector<Contest> contests = contests_of(run);
  std::string text = markdown_preface(run);
  text += ratio_section(run, contests);
  text += loss_section(contests);
  for (const CategoryGroup& group : category_groups()) {
    text += group_section(group, contests, plot_folder);
  }
  return text + group_section(other_categories(contests), contests, plot_folder);
}

}  // namespace quartz::bench
