#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/measure/latency_recorder.hpp"
#include "bench/measure/measurement.hpp"
#include "bench/measure/operation_clock.hpp"
#include "bench/measure/process_usage.hpp"
#include "bench/peers/peer.hpp"
#include "bench/workload/key_set.hpp"

namespace quartz::bench {

/// What a database holds when a measurement begins.
enum class Start : std::uint8_t {
  empty,
  loaded,     ///< All keys with small values, compacted, closed.
  kilobytes,  ///< A tenth of the keys with values of 1,000 bytes, compacted, closed.
};

inline constexpr std::size_t kSmallValueBytes = 100;
inline constexpr std::size_t kKilobyteValueBytes = 1000;

/// One measurement: what is measured, on whom, and how much of it.
struct Task {
  const PeerKind& kind;
  PeerOptions options;  ///< The category's function may change them before `open`.
  const KeySet& keys;
  unsigned threads = 1;
  double seconds = 0;  ///< Slow engines stop after this long, with fewer operations.
  OperationClock clock = {};

  std::uint64_t small_count() const { return keys.count(); }
  /// Of the keys that a category reads or writes before it measures, so that it takes seconds, not
  /// minutes.
  std::uint64_t warm_count() const { return keys.count() / 2; }
  std::uint64_t kilobyte_count() const { return keys.count() / 10; }
  std::unique_ptr<Peer> open() const { return kind.open(options); }
};

/// The time in which operations count: wall, processor and memory are those between its
/// construction and `stop`.
class Window {
 public:
  explicit Window(const Task& task);
  /// Moment, on the task's clock, at which loops have to end.
  std::uint64_t deadline() const noexcept { return deadline_; }
  std::uint64_t begun() const noexcept { return begun_; }
  /// Ends the window: the figures of `operations`, without latencies.
  Measurement stop(std::uint64_t operations) const;
  /// Bytes written by the process when the window began; the rest is added when the peer has
  /// closed.
  static std::uint64_t written_bytes_at_begin() noexcept;

 private:
  const Task& task_;
  ProcessUsage usage_;
  std::uint64_t begun_ = 0;
  std::uint64_t deadline_ = 0;
};

struct Category {
  std::string_view name;
  std::vector<unsigned> threads = {1};
  Start start = Start::empty;
  bool writes = true;  ///< Works on a copy of the loaded database.
  /// How much longer than others it may take: for those that are about endurance.
  double seconds_factor = 1;
  /// A first look leaves out what another category of the same kind tells as well.
  bool in_first_look = true;
  Measurement (*measure)(Task& task) = nullptr;
};

/// All categories, in the order of reports.
const std::vector<Category>& categories();
const Category* find_category(std::string_view name);

// The parts of that list, by the file that measures them.
std::vector<Category> write_categories();
std::vector<Category> read_categories();
std::vector<Category> scan_categories();
std::vector<Category> mixed_categories();
std::vector<Category> ycsb_categories();
std::vector<Category> endurance_categories();
std::vector<Category> opening_categories();

/// Fills an empty database with what `start` says, and closes it.
void load(Task& task, Start start);
/// Writes the first `count` keys, a thousand at a time.
void write_keys(const Task& task, PeerSession& session, std::uint64_t count,
                std::size_t value_bytes);

/// Runs `work(index)` on that many threads and waits for all. They begin together.
void run_together(unsigned threads, const std::function<void(unsigned)>& work);

}  // namespace quartz::bench
