#include "bench/vector/vector_text_report.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "bench/report/number_text.hpp"
#include "bench/vector/collection_tables.hpp"
#include "bench/vector/recall_curve.hpp"

namespace quartz::bench {
namespace {

std::string ratio_cell(const std::optional<Spread>& ratio) {
  if (!ratio) return "-";
  return fmt::format("{} ({})", ratio_text(ratio->median), ratio_range_text(*ratio));
}

std::string line_of(const std::string& peer, const std::string& what, const std::string& figure,
                    const std::string& ratio) {
  std::string line = fmt::format("  {:<16}{:>18}{:>14}   {}", peer, what, figure, ratio);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

std::size_t letter_count(std::string_view text) {
  const auto continues = [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
  };
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues));
}

std::string build_lines(const VectorSetResult& set) {
  std::string text;
  for (const BuildTimes& build : set.peers.front().builds) {
    const std::string what =
        fmt::format("build, {} thread{}", build.threads, build.threads == 1 ? "" : "s");
    for (const VectorPeerResult& peer : set.peers) {
      const bool ours = &peer == &set.peers.front();
      const auto seconds = build_seconds(peer, build.threads);
      text += line_of(peer.peer, what, seconds ? fmt::format("{:.1f} s", seconds->median) : "-",
                      ours ? "" : ratio_cell(build_ratio(set.peers.front(), peer, build.threads)));
    }
  }
  return text;
}

std::string search_lines(const VectorSetResult& set) {
  std::string text;
  for (const double recall : kRecalls) {
    for (const VectorPeerResult& peer : set.peers) {
      const bool ours = &peer == &set.peers.front();
      const auto rate = queries_per_second_at(peer, recall);
      text += line_of(peer.peer, fmt::format("recall {:.2f}", recall),
                      rate ? fmt::format("{:.0f} q/s", rate->median) : "-",
                      ours ? "" : ratio_cell(search_ratio(set.peers.front(), peer, recall)));
    }
  }
  return text;
}

// Columns as wide as their widest cell. Widths count letters, of which some take two bytes.
std::string text_of(const ResultTable& table) {
  std::vector<std::vector<std::string>> lines = table.rows;
  lines.insert(lines.begin(), table.head);
  std::vector<std::size_t> widths(table.head.size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], letter_count(line[i]));
    }
  }
  std::string text;
  for (const auto& line : lines) {
    std::string row = " ";
    for (std::size_t i = 0; i < line.size(); ++i) {
      row += ' ' + line[i] + std::string(widths[i] - letter_count(line[i]) + 1, ' ');
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + '\n';
  }
  return text;
}

}  // namespace

std::string vector_text_table(const VectorSetResult& set) {
  std::string text = fmt::format("{}: {} vectors of {} components, {} queries\n", set.name,
                                 count_text(set.vectors), set.dimensions, count_text(set.queries));
  if (set.peers.empty()) return text;
  text += line_of("peer", "", "median", "ratio to " + set.peers.front().peer);
  text += build_lines(set);
  for (const VectorPeerResult& peer : set.peers) {
    text += line_of(
        peer.peer, "memory",
        peer.bytes_per_vector > 0 ? fmt::format("{:.0f} B", peer.bytes_per_vector) : "-", "");
  }
  text += search_lines(set);
  if (!set.collection) return text;
  return text + text_of(filtered_table(*set.collection)) + text_of(latency_table(*set.collection));
}

std::string vector_text_table(const VectorRunResult& run) {
  std::string text;
  for (const VectorSetResult& set : run.sets) {
    if (!text.empty()) text += '\n';
    text += vector_text_table(set);
  }
  return text;
}

}  // namespace quartz::bench
