// Writing into an empty database: one by one, in batches, large values, and removing.
#include <algorithm>
#include <numeric>
#include <vector>

#include "bench/measure/timed_loop.hpp"
#include "bench/workload/category.hpp"

namespace quartz::bench {
namespace {

std::uint64_t row_bytes(std::size_t value_bytes) { return kKeyBytes + value_bytes; }

// Random keys, each put once, shared out among the task's threads.
Measurement put_each(Task& task) {
  const KeySequence keys = task.keys.in_order(0, task.small_count());
  const ValuePool values(task.keys.seed(), kSmallValueBytes);
  const auto peer = task.open();
  const std::size_t share = keys.size() / task.threads;
  std::vector<LatencyRecorder> latencies(task.threads);
  std::vector<std::uint64_t> done(task.threads);
  std::vector<std::unique_ptr<PeerSession>> sessions(task.threads);
  const Window window(task);
  run_together(task.threads, [&](unsigned thread) {
    sessions[thread] = peer->session();
    PeerSession& session = *sessions[thread];
    const std::size_t first = thread * share;
    done[thread] = timed_loop(task.clock, {share, window.deadline()}, latencies[thread],
                              [&](std::size_t i) { session.put(keys[first + i], values[i]); });
    sessions[thread].reset();
  });
  Measurement measured = window.stop(std::reduce(done.begin(), done.end()));
  for (unsigned i = 1; i < task.threads; ++i) latencies[0].merge(latencies[i]);
  latencies[0].describe(task.clock, measured);
  measured.user_bytes = measured.operations * row_bytes(kSmallValueBytes);
  return measured;
}

Measurement put_process(Task& task) { return put_each(task); }

Measurement put_wal_off(Task& task) {
  task.options.promise = Promise::none;
  return put_each(task);
}

Measurement put_disk(Task& task) {
  task.options.promise = Promise::disk;
  return put_each(task);
}

Measurement write_batches(Task& task, std::size_t batch_rows) {
  const KeySequence keys = task.keys.in_order(0, task.small_count());
  const ValuePool values(task.keys.seed(), kSmallValueBytes);
  const auto peer = task.open();
  const auto session = peer->session();
  std::vector<Row> batch(batch_rows);
  LatencyRecorder latencies;
  const Window window(task);
  const std::uint64_t batches = fully_timed_loop(
      task.clock, {keys.size() / batch_rows, window.deadline()}, latencies, [&](std::size_t b) {
        for (std::size_t i = 0; i < batch_rows; ++i) {
          batch[i] = {keys[b * batch_rows + i], values[i]};
        }
        session->write(batch);
      });
  Measurement measured = window.stop(batches * batch_rows);
  latencies.describe(task.clock, measured);
  measured.user_bytes = measured.operations * row_bytes(kSmallValueBytes);
  return measured;
}

Measurement batch_10(Task& task) { return write_batches(task, 10); }
Measurement batch_100(Task& task) { return write_batches(task, 100); }
Measurement batch_1000(Task& task) { return write_batches(task, 1000); }

Measurement remove_each(Task& task) {
  const KeySequence keys = task.keys.shuffled(0, task.small_count());
  const auto peer = task.open();
  const auto session = peer->session();
  LatencyRecorder latencies;
  const Window window(task);
  const std::uint64_t done = timed_loop(task.clock, {keys.size(), window.deadline()}, latencies,
                                        [&](std::size_t i) { session->remove(keys[i]); });
  Measurement measured = window.stop(done);
  latencies.describe(task.clock, measured);
  measured.user_bytes = done * kKeyBytes;
  return measured;
}

// Large values, each written once and read back once in another order.
Measurement large_values(Task& task, std::size_t value_bytes) {
  constexpr std::size_t kTotalBytes = std::size_t{192} << 20;
  const std::uint64_t count =
      std::max<std::uint64_t>(16, std::min(task.small_count(), kTotalBytes / value_bytes));
  const KeySequence keys = task.keys.in_order(0, count);
  const ValuePool values(task.keys.seed(), value_bytes);
  const auto peer = task.open();
  const auto session = peer->session();
  LatencyRecorder latencies;
  std::string value;
  const Window window(task);
  const std::uint64_t put = fully_timed_loop(
      task.clock, {count, window.begun() + (window.deadline() - window.begun()) / 2}, latencies,
      [&](std::size_t i) { session->put(keys[i], values[i]); });
  // Those that were written, in another random order.
  const KeySequence reads = task.keys.shuffled(0, put);
  const std::uint64_t got = fully_timed_loop(
      task.clock, {put, window.deadline()}, latencies,
      [&](std::size_t i) { require(session->get(reads[i], value), "a large value is missing"); });
  Measurement measured = window.stop(put + got);
  latencies.describe(task.clock, measured);
  measured.user_bytes = put * row_bytes(value_bytes);
  return measured;
}

Measurement large_values_4k(Task& task) { return large_values(task, std::size_t{4} << 10); }
Measurement large_values_64k(Task& task) { return large_values(task, std::size_t{64} << 10); }
Measurement large_values_1m(Task& task) { return large_values(task, std::size_t{1} << 20); }

}  // namespace

std::vector<Category> write_categories() {
  return {
      {.name = "put_process", .measure = put_process},
      {.name = "put_wal_off", .measure = put_wal_off},
      {.name = "put_disk", .threads = {1, 8}, .measure = put_disk},
      {.name = "batch_10", .in_first_look = false, .measure = batch_10},
      {.name = "batch_100", .measure = batch_100},
      {.name = "batch_1000", .in_first_look = false, .measure = batch_1000},
      {.name = "8_writers", .threads = {8}, .measure = put_process},
      {.name = "delete", .start = Start::loaded, .measure = remove_each},
      {.name = "large_values_4k", .in_first_look = false, .measure = large_values_4k},
      {.name = "large_values_64k", .measure = large_values_64k},
      {.name = "large_values_1m", .in_first_look = false, .measure = large_values_1m},
  };
}

}  // namespace quartz::bench
