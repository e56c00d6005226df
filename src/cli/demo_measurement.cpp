#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/try.hpp"
#include "cli/demo.hpp"
#include "cli/measured_store.hpp"
#include "cli/peer_rocksdb.hpp"
#include "cli/quartz_store.hpp"
#include "cli/signals.hpp"
#include "quartz/storage/storage_config.hpp"

namespace quartz::cli {
namespace {

constexpr std::size_t kGroupRows = 64;  // Operations between two looks at the clock.
constexpr std::uint64_t kShuffleSeed = 17;

/// Median nanoseconds of one operation in each engine.
struct Comparison {
  std::string_view operation;
  double quartz_ns = 0;
  double rocksdb_ns = 0;
};

// The upper one of an even number of samples; their order is lost.
double median(std::vector<double>& samples) {
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  return *middle;
}

// Runs the same operations in both engines, a group here and a group there, so that whatever else
// the machine does meets both alike.
class Duel {
 public:
  Duel(MeasuredStore& quartz, MeasuredStore& rocksdb, Rows rows, Progress& progress)
      : quartz_(quartz), rocksdb_(rocksdb), rows_(rows), progress_(progress) {}

  template <class Operation>
  Result<void> measure(std::string_view name, Operation operation) {
    std::vector<double> quartz_samples;
    std::vector<double> rocksdb_samples;
    bool quartz_first = true;
    for (std::size_t at = 0; at < rows_.size(); at += kGroupRows) {
      const Rows group = rows_.subspan(at, kGroupRows);
      for (const bool quartz : {quartz_first, !quartz_first}) {
        const Stopwatch stopwatch;
        QUARTZ_TRY(operation(quartz ? quartz_ : rocksdb_, group));
        const double nanoseconds = static_cast<double>(stopwatch.elapsed_ns()) / kGroupRows;
        (quartz ? quartz_samples : rocksdb_samples).push_back(nanoseconds);
      }
      quartz_first = !quartz_first;
      progress_.update(++groups_done_, name);
      if (interruption()) return Error{Errc::cancelled, "interrupted"};
    }
    comparisons_.push_back({name, median(quartz_samples), median(rocksdb_samples)});
    return {};
  }

  template <class Operation>
  Result<void> both(Operation operation) {
    QUARTZ_TRY(operation(quartz_));
    return operation(rocksdb_);
  }

  Rows rows() const noexcept { return rows_; }
  const std::vector<Comparison>& comparisons() const noexcept { return comparisons_; }

 private:
  MeasuredStore& quartz_;
  MeasuredStore& rocksdb_;
  Rows rows_;
  Progress& progress_;
  std::uint64_t groups_done_ = 0;
  std::vector<Comparison> comparisons_;
};

// How often `run_measurements` goes through all rows, for the progress bar.
constexpr std::size_t kMeasurements = 5;

// Each line of the table needs the state that the one before it leaves behind.
Result<void> run_measurements(Duel& duel) {
  const auto get = [](MeasuredStore& store, Rows rows) { return store.get_each(rows); };
  QUARTZ_TRY(
      duel.measure("put", [](MeasuredStore& store, Rows rows) { return store.put_each(rows); }));
  QUARTZ_TRY(duel.measure("put, 64 in a batch", [](MeasuredStore& store, Rows rows) {
    return store.put_together(rows);
  }));
  QUARTZ_TRY(duel.measure("get, just written", get));
  QUARTZ_TRY(duel.both([](MeasuredStore& store) { return store.settle(); }));
  // Two rounds: the row cache admits a row on its second touch.
  for (int round = 0; round < 2; ++round) {
    QUARTZ_TRY(duel.both([&](MeasuredStore& store) { return store.get_each(duel.rows()); }));
  }
  QUARTZ_TRY(duel.measure("get, cached", get));
  QUARTZ_TRY(duel.both([](MeasuredStore& store) { return store.start_scan(); }));
  return duel.measure("scan, a row",
                      [](MeasuredStore& store, Rows rows) { return store.scan_rows(rows.size()); });
}

// Real rows in random order, the same for both engines; whole groups of them.
std::vector<Row> measured_rows(const UnicodeData& unicode, std::size_t count) {
  std::vector<Row> rows;
  rows.reserve(unicode.character_count);
  for (const auto& [code_point, entry] : unicode.entries) {
    if (!entry.record.empty()) rows.emplace_back(character_key(code_point), entry.record);
  }
  std::shuffle(rows.begin(), rows.end(), Random(kShuffleSeed));
  rows.resize(std::min(rows.size(), count) / kGroupRows * kGroupRows);
  return rows;
}

}  // namespace

Result<void> Demo::compare_with_rocksdb(std::size_t row_count) {
  const std::vector<Row> rows = measured_rows(unicode_, row_count);
  if (rows.empty()) return {};
  console_.set_subject(work_directory_.string());
  // What Quartz may spend on two caches, RocksDB gets for its one.
  const StorageConfig config;
  const std::size_t cache_bytes = config.cache_bytes + config.block_cache_bytes;
  QUARTZ_ASSIGN(const auto quartz, open_quartz_store(work_directory_ / "measured-quartz"));
  QUARTZ_ASSIGN(const auto rocksdb,
                open_rocksdb_store(work_directory_ / "measured-rocksdb", cache_bytes));
  heading("Beside RocksDB {}", rocksdb_version());
  std::vector<Comparison> comparisons;
  {
    Progress progress(console_.progress_mode(), "measuring",
                      kMeasurements * (rows.size() / kGroupRows));
    Duel duel(*quartz, *rocksdb, rows, progress);
    QUARTZ_TRY(run_measurements(duel));
    comparisons = duel.comparisons();
  }
  line("{:<20} {:>10} {:>10} {:>8}", "median", "Quartz", "RocksDB", "ratio");
  for (const Comparison& row : comparisons) {
    line("{:<20} {:>7.2f} µs {:>7.2f} µs {}", row.operation, row.quartz_ns / 1000,
         row.rocksdb_ns / 1000,
         console_.style().strong(fmt::format("{:>7.1f}x", row.rocksdb_ns / row.quartz_ns)));
  }
  line("{} rows of characters in random order; groups of {} operations, the engines taking turns;",
       grouped(rows.size()), kGroupRows);
  line("writes survive a killed process in both; RocksDB has {} of block cache, Bloom filters,",
       readable_bytes(cache_bytes));
  line("its log on and unsynced{}",
       rocksdb_has_assertions() ? "; this build of it has its assertions on, which slow it down"
                                : "");
  return {};
}

}  // namespace quartz::cli
