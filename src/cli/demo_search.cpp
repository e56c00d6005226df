#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/processors.hpp"
#include "base/try.hpp"
#include "cli/collection_search.hpp"
#include "cli/demo.hpp"
#include "cli/measured_search.hpp"
#include "cli/peer_hnswlib.hpp"
#include "cli/signals.hpp"
#include "io/file_system.hpp"
#include "vector/vector_file_reader.hpp"

namespace quartz::cli {
namespace {

constexpr std::size_t kNeighbours = 10;
constexpr double kRecallToCompareAt = 0.95;
constexpr std::array<std::size_t, 12> kEfLadder = {10, 12, 16, 20,  24,  32,
                                                   48, 64, 96, 128, 256, 512};
constexpr std::size_t kRounds = 9;
// In each round, of each library; the queries are gone through as often as that takes.
constexpr std::size_t kSearchesPerRound = 1000;

/// What one library has shown.
struct SearchFigures {
  std::string_view name;
  std::size_t ef = 0;
  double recall = 0;
  double searches_per_second = 0;
};

Result<NeighbourRows> search_all(MeasuredSearch& search, const PictureData& pictures,
                                 std::size_t ef) {
  NeighbourRows found(pictures.query_count());
  for (std::size_t i = 0; i < found.size(); ++i) {
    QUARTZ_TRY(search.search(pictures.query(i), kNeighbours, ef, found[i]));
  }
  return found;
}

// The fewest candidates that reach the recall to compare at, or else the most.
Result<SearchFigures> tune(std::string_view name, MeasuredSearch& search,
                           const PictureData& pictures, const NeighbourRows& exact) {
  SearchFigures figures{.name = name};
  for (const std::size_t ef : kEfLadder) {
    QUARTZ_ASSIGN(const NeighbourRows found, search_all(search, pictures, ef));
    figures.ef = ef;
    figures.recall = recall_of(found, exact);
    if (figures.recall >= kRecallToCompareAt) break;
  }
  return figures;
}

// Nanoseconds of so many searches.
Result<double> time_round(MeasuredSearch& search, const PictureData& pictures, std::size_t ef) {
  std::vector<std::uint64_t> rows;
  const Stopwatch stopwatch;
  for (std::size_t i = 0; i < kSearchesPerRound; ++i) {
    QUARTZ_TRY(search.search(pictures.query(i % pictures.query_count()), kNeighbours, ef, rows));
  }
  return static_cast<double>(stopwatch.elapsed_ns());
}

// The libraries take turns, so that whatever else the machine does meets both alike.
Result<void> race(MeasuredSearch& ours, SearchFigures& our_figures, MeasuredSearch& peer,
                  SearchFigures& peer_figures, const PictureData& pictures) {
  std::vector<double> our_times;
  std::vector<double> peer_times;
  for (std::size_t round = 0; round < kRounds; ++round) {
    if (interruption()) return Error(Errc::cancelled, "interrupted");
    QUARTZ_ASSIGN(const double our_time, time_round(ours, pictures, our_figures.ef));
    QUARTZ_ASSIGN(const double peer_time, time_round(peer, pictures, peer_figures.ef));
    our_times.push_back(our_time);
    peer_times.push_back(peer_time);
  }
  const auto rate = [](std::vector<double>& times) {
    std::ranges::sort(times);
    return static_cast<double>(kSearchesPerRound) * 1e9 / times[times.size() / 2];
  };
  our_figures.searches_per_second = rate(our_times);
  peer_figures.searches_per_second = rate(peer_times);
  return {};
}

Result<std::vector<float>> read_rows(const PictureData& pictures) {
  QUARTZ_ASSIGN(auto reader,
                vector::VectorFileReader::open(io::posix_file_system(), pictures.base));
  std::vector<float> rows(static_cast<std::size_t>(reader.count()) * reader.dimensions());
  QUARTZ_TRY(reader.read(std::span<float>(rows)));
  return rows;
}

}  // namespace

Result<void> Demo::find_exact_neighbours() {
  Progress progress(console_.progress_mode(), "searching exactly", pictures_->query_count());
  for (std::size_t i = 0; i < pictures_->query_count(); ++i) {
    if (interruption()) return Error(Errc::cancelled, "interrupted");
    QUARTZ_ASSIGN(const auto hits,
                  digits_->search(pictures_->query(i), {.k = kNeighbours, .exact = true}));
    QUARTZ_ASSIGN(exact_neighbours_.emplace_back(), rows_of(hits));
    progress.update(i + 1, fmt::format("{} queries", i + 1));
  }
  return {};
}

Result<void> Demo::measure_recall() {
  if (!pictures_) return {};
  heading("Compare what was found with all of the pictures");
  QUARTZ_TRY(find_exact_neighbours());
  NeighbourRows found;
  std::uint64_t visited = 0;
  std::size_t ef_search = 0;
  for (std::size_t i = 0; i < pictures_->query_count(); ++i) {
    QUARTZ_ASSIGN(const auto explained, digits_->explain(pictures_->query(i), {.k = kNeighbours}));
    QUARTZ_ASSIGN(found.emplace_back(), rows_of(explained.hits));
    visited += explained.points_visited;
    ef_search = explained.ef_search;
  }
  const std::string recall =
      fmt::format("recall@{} = {:.3f}", kNeighbours, recall_of(found, exact_neighbours_));
  line("{}: that share of the exactly nearest was found for {} queries, having asked",
       console_.style().strong(recall), pictures_->query_count());
  line("for {}; each looked at {} of {} pictures, with ef_search = {}",
       VectorSearchOptions().recall, grouped(visited / pictures_->query_count()),
       grouped(digits_->count()), ef_search);
  return {};
}

Result<void> Demo::compare_with_hnswlib() {
  if (!pictures_) return {};
  heading("Beside hnswlib");
  if (!has_hnswlib()) {
    line("this build has found no hnswlib (Debian's package libhnswlib-dev) to measure");
    return {};
  }
  QUARTZ_ASSIGN(const std::vector<float> rows, read_rows(*pictures_));
  const VectorIndexConfig config = digits_->config().index;
  std::unique_ptr<MeasuredSearch> peer;
  {
    Progress progress(console_.progress_mode(), "building hnswlib's graph", pictures_->base_count);
    const auto tell = [&](std::uint64_t done) -> Result<void> {
      progress.update(done, fmt::format("{} pictures", grouped(done)));
      if (interruption()) return Error(Errc::cancelled, "interrupted");
      return {};
    };
    const unsigned threads = pictures_->sample ? 1 : usable_processors();
    QUARTZ_ASSIGN(peer, build_hnswlib(rows, pictures_->dimensions(), config, threads, tell));
  }
  const std::unique_ptr<MeasuredSearch> ours = make_collection_search(*digits_);
  QUARTZ_ASSIGN(SearchFigures our_figures, tune("Quartz", *ours, *pictures_, exact_neighbours_));
  QUARTZ_ASSIGN(SearchFigures peer_figures, tune("hnswlib", *peer, *pictures_, exact_neighbours_));
  QUARTZ_TRY(race(*ours, our_figures, *peer, peer_figures, *pictures_));
  line("{:<10} {:>12} {:>6} {:>12}", "", fmt::format("recall@{}", kNeighbours), "ef", "searches/s");
  for (const SearchFigures& figures : {our_figures, peer_figures}) {
    line("{:<10} {:>12.3f} {:>6} {:>12}", figures.name, figures.recall, figures.ef,
         grouped(static_cast<std::uint64_t>(figures.searches_per_second)));
  }
  line("{} as many; on one thread, each with the fewest candidates that reach a recall of {},",
       console_.style().strong(fmt::format(
           "{:.1f}x", our_figures.searches_per_second / peer_figures.searches_per_second)),
       kRecallToCompareAt);
  line(
      "m {} and ef_construction {}; medians of {} rounds of {} searches, the libraries taking "
      "turns;",
      config.m, config.ef_construction, kRounds, grouped(kSearchesPerRound));
  line("hnswlib has vectors of single precision and Quartz's own distances for them");
  return {};
}

}  // namespace quartz::cli
