// Reading and writing at the same time: on one thread in turns, and readers beside a writer.
#include <numeric>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "bench/measure/timed_loop.hpp"
#include "bench/workload/category.hpp"
#include "bench/workload/steady_writer.hpp"

namespace quartz::bench {
namespace {

// 70 reads to 30 writes of keys that exist, in random order.
Measurement mixed_70_30(Task& task) {
  constexpr std::uint64_t kReadPercent = 70;
  const std::uint64_t count = task.warm_count();
  const KeySequence keys = task.keys.uniform(0, count, count);
  const ValuePool values(task.keys.seed(), kSmallValueBytes);
  Random random(task.keys.seed());
  std::vector<char> reads(count);
  for (char& read : reads) read = random.below(100) < kReadPercent ? 1 : 0;
  const auto peer = task.open();
  const auto session = peer->session();
  std::string value;
  const KeySequence all = task.keys.in_order(0, count);
  for (std::size_t i = 0; i < count; ++i) session->get(all[i], value);
  std::uint64_t put = 0;
  LatencyRecorder latencies;
  const Window window(task);
  const std::uint64_t done =
      timed_loop(task.clock, {count, window.deadline()}, latencies, [&](std::size_t i) {
        if (reads[i] != 0) {
          require(session->get(keys[i], value), "a key that exists is missing");
        } else {
          session->put(keys[i], values[i]);
          ++put;
        }
      });
  Measurement measured = window.stop(done);
  latencies.describe(task.clock, measured);
  measured.user_bytes = put * (kKeyBytes + kSmallValueBytes);
  return measured;
}

// Counts the reads of `task.threads` readers while one writer overwrites steadily.
Measurement readers_beside_writer(Task& task) {
  const std::uint64_t count = task.small_count();
  const KeySequence reads = task.keys.shuffled(0, count);
  const KeySequence writes = task.keys.uniform(0, count, count);
  const auto peer = task.open();
  std::vector<LatencyRecorder> latencies(task.threads);
  std::vector<std::uint64_t> done(task.threads);
  SteadyWriter writer(task, *peer, writes);
  const Window window(task);
  run_together(task.threads, [&](unsigned thread) {
    const auto session = peer->session();
    std::string value;
    const std::size_t first = reads.size() / task.threads * thread;
    done[thread] = timed_loop(
        task.clock, {~std::uint64_t{0}, window.deadline()}, latencies[thread], [&](std::size_t i) {
          require(session->get(reads[(first + i) % count], value), "a key that exists is missing");
        });
  });
  Measurement measured = window.stop(std::reduce(done.begin(), done.end()));
  for (unsigned i = 1; i < task.threads; ++i) latencies[0].merge(latencies[i]);
  latencies[0].describe(task.clock, measured);
  measured.user_bytes = writer.stop() * (kKeyBytes + kSmallValueBytes);
  return measured;
}

}  // namespace

std::vector<Category> mixed_categories() {
  return {
      {.name = "70_30_mixed", .start = Start::loaded, .measure = mixed_70_30},
      {.name = "readers_beside_writer",
       .threads = {1, 8},
       .start = Start::loaded,
       .measure = readers_beside_writer},
  };
}

}  // namespace quartz::bench
