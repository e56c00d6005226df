// Walking in key order: everything, from a key on, and all rows of a prefix.
#include <string>

#include "bench/measure/timed_loop.hpp"
#include "bench/workload/category.hpp"
#include "bench/workload/steady_writer.hpp"

namespace quartz::bench {
namespace {

enum class Direction : std::uint8_t { forward, backward };

// Bytes of everything that was walked over.
std::uint64_t walk(PeerSession& session, Direction direction, std::uint64_t& rows) {
  const auto cursor = session.cursor();
  std::uint64_t bytes = 0;
  const bool forward = direction == Direction::forward;
  forward ? cursor->seek_to_first() : cursor->seek_to_last();
  while (cursor->valid()) {
    bytes += cursor->key().size() + cursor->value().size();
    ++rows;
    forward ? cursor->next() : cursor->previous();
  }
  return bytes;
}

Measurement scan_all(Task& task, Peer& peer, std::uint64_t expected_rows, Direction direction) {
  const auto session = peer.session();
  std::uint64_t warmed = 0;
  walk(*session, direction, warmed);
  std::uint64_t rows = 0;
  const Window window(task);
  const std::uint64_t bytes = walk(*session, direction, rows);
  Measurement measured = window.stop(rows);
  require(rows == expected_rows, "a scan did not see every row");
  require(bytes == rows * (kKeyBytes + kSmallValueBytes), "a scan saw something else");
  return measured;
}

Measurement full_scan_levels(Task& task) {
  return scan_all(task, *task.open(), task.small_count(), Direction::forward);
}

Measurement full_scan_backward(Task& task) {
  return scan_all(task, *task.open(), task.small_count(), Direction::backward);
}

Measurement full_scan_memtable(Task& task) {
  const std::uint64_t count = task.small_count() / 4;
  task.options.keep_in_log = true;
  task.options.data_bytes_max = 2 * count * (kKeyBytes + kSmallValueBytes);
  const auto peer = task.open();
  write_keys(task, *peer->session(), count, kSmallValueBytes);
  return scan_all(task, *peer, count, Direction::forward);
}

void seek_and_step(PeerCursor& cursor, std::string_view key, std::uint64_t& bytes) {
  constexpr int kSteps = 10;
  cursor.seek(key);
  for (int step = 0; step < kSteps && cursor.valid(); ++step) {
    bytes += cursor.key().size() + cursor.value().size();
    cursor.next();
  }
}

Measurement seek_10(Task& task) {
  const KeySequence keys = task.keys.shuffled(0, task.small_count());
  const auto peer = task.open();
  const auto session = peer->session();
  std::uint64_t rows = 0;
  walk(*session, Direction::forward, rows);
  const auto cursor = session->cursor();
  std::uint64_t bytes = 0;
  LatencyRecorder latencies;
  const Window window(task);
  const std::uint64_t done =
      fully_timed_loop(task.clock, {keys.size(), window.deadline()}, latencies,
                       [&](std::size_t i) { seek_and_step(*cursor, keys[i], bytes); });
  Measurement measured = window.stop(done);
  latencies.describe(task.clock, measured);
  return measured;
}

// A cursor of its own for each seek, so that each sees what was written before it.
Measurement seek_10_during_load(Task& task) {
  // Small buffers: the load then reaches the levels while it is looked at.
  task.options.write_memory_bytes = std::size_t{16} << 20;
  const KeySequence keys = task.keys.shuffled(0, task.small_count());
  const KeySequence written = task.keys.in_order(task.small_count(), task.small_count() * 4);
  const auto peer = task.open();
  SteadyWriter writer(task, *peer, written);
  std::uint64_t bytes = 0;
  LatencyRecorder latencies;
  std::uint64_t done = 0;
  Measurement measured;
  {
    const auto session = peer->session();
    const Window window(task);
    done = fully_timed_loop(task.clock, {~std::uint64_t{0}, window.deadline()}, latencies,
                            [&](std::size_t i) {
                              const auto cursor = session->cursor();
                              seek_and_step(*cursor, keys[i % keys.size()], bytes);
                            });
    measured = window.stop(done);
  }
  writer.stop();
  latencies.describe(task.clock, measured);
  return measured;
}

// Keys are random, so two bytes make prefixes of about keys / 65,536 rows.
Measurement prefix_scan(Task& task) {
  constexpr std::size_t kPrefixBytes = 2;
  const KeySequence keys = task.keys.shuffled(0, task.small_count());
  const auto peer = task.open();
  const auto session = peer->session();
  std::uint64_t rows = 0;
  walk(*session, Direction::forward, rows);
  const auto cursor = session->cursor();
  std::uint64_t seen = 0;
  LatencyRecorder latencies;
  const Window window(task);
  const std::uint64_t done =
      fully_timed_loop(task.clock, {keys.size(), window.deadline()}, latencies, [&](std::size_t i) {
        const std::string_view prefix = keys[i].substr(0, kPrefixBytes);
        const std::uint64_t before = seen;
        for (cursor->seek(prefix); cursor->valid() && cursor->key().starts_with(prefix);
             cursor->next()) {
          ++seen;
        }
        require(seen > before, "a prefix that exists was not found");
      });
  Measurement measured = window.stop(done);
  latencies.describe(task.clock, measured);
  return measured;
}

}  // namespace

std::vector<Category> scan_categories() {
  constexpr Start kLoaded = Start::loaded;
  return {
      {.name = "full_scan_levels", .start = kLoaded, .writes = false, .measure = full_scan_levels},
      {.name = "full_scan_backward",
       .start = kLoaded,
       .writes = false,
       .in_first_look = false,
       .measure = full_scan_backward},
      {.name = "full_scan_memtable", .measure = full_scan_memtable},
      {.name = "seek_10", .start = kLoaded, .writes = false, .measure = seek_10},
      {.name = "seek_10_during_load",
       .start = kLoaded,
       .seconds_factor = 2,
       .measure = seek_10_during_load},
      {.name = "prefix_scan", .start = kLoaded, .writes = false, .measure = prefix_scan},
  };
}

}  // namespace quartz::bench
