#include "bench/vector/vector_text_report.hpp"

#include <optional>

#include <fmt/format.h>

#include "bench/report/number_text.hpp"
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
  return text + search_lines(set);
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
