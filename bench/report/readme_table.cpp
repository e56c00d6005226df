#include "bench/report/readme_table.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "bench/report/category_text.hpp"
#include "bench/report/contest.hpp"
#include "bench/report/engine_text.hpp"
#include "bench/report/markdown_text.hpp"
#include "bench/report/number_text.hpp"
#include "bench/report/summary.hpp"

namespace quartz::bench {
namespace {

constexpr std::array<std::string_view, 11> kCategories = {
    "put_process",      "put_disk",       "batch_100",        "cache_hit_get",
    "cached_get",       "absent_get",     "ycsb_a",           "ycsb_c",
    "full_scan_levels", "cache_miss_get", "recovery_full_log"};
constexpr std::array<std::string_view, 3> kPeers = {"rocksdb", "lmdb", "sqlite"};

constexpr std::string_view kBegin = "<!-- benchmark -->\n";
constexpr std::string_view kEnd = "<!-- /benchmark -->\n";

const Series* entrant_of(const Contest& contest, std::string_view engine) {
  const auto found = std::ranges::find(contest.entrants, engine, &Series::engine);
  return found == contest.entrants.end() ? nullptr : *found;
}

std::string peer_cell(const Series* peer, const Series& ours) {
  if (peer == nullptr) return "–";
  const auto ratio = ratio_of(*peer, ours);
  const std::string time = duration_text(summary_of(*peer).ns_per_operation.median);
  return ratio ? fmt::format("{} ({})", time, ratio_text(ratio->median)) : time;
}

}  // namespace

std::string readme_table(const RunResult& run) {
  const std::vector<Contest> contests = contests_of(run);
  const std::vector<std::string> measured = peers_of(run);
  std::vector<std::string_view> peers;
  std::ranges::copy_if(kPeers, std::back_inserter(peers), [&](std::string_view peer) {
    return std::ranges::count(measured, peer) != 0;
  });
  std::vector<std::vector<std::string>> rows;
  for (const std::string_view category : kCategories) {
    for (const Contest& contest : contests) {
      if (contest.category != category || contest.threads != 1 || contest.ours() == nullptr)
        continue;
      auto& row = rows.emplace_back(1, markdown_escaped(category_title(contest.category)));
      row.push_back(duration_text(summary_of(*contest.ours()).ns_per_operation.median));
      for (const std::string_view peer : peers) {
        row.push_back(peer_cell(entrant_of(contest, peer), *contest.ours()));
      }
    }
  }
  std::vector<std::string> head = {"per operation", "Quartz"};
  for (const std::string_view peer : peers) head.push_back(engine_title(peer));
  return markdown_table(head, rows);
}

Result<std::string> with_benchmark(std::string_view document, std::string_view text) {
  const std::size_t begin = document.find(kBegin);
  const std::size_t end = document.find(kEnd);
  const bool once = begin == document.rfind(kBegin) && end == document.rfind(kEnd);
  if (begin == document.npos || end == document.npos || end < begin || !once) {
    return Error(Errc::invalid_argument,
                 "the document needs one line <!-- benchmark --> and below it one line "
                 "<!-- /benchmark -->");
  }
  const std::size_t kept = begin + kBegin.size();
  return fmt::format("{}\n{}\n{}", document.substr(0, kept), text, document.substr(end));
}

}  // namespace quartz::bench
