// Long loads whose background work is counted to its end.
#include <algorithm>

#include "bench/measure/timed_loop.hpp"
#include "bench/workload/category.hpp"

namespace quartz::bench {
namespace {

// Puts all keys once, then waits until everything has come to rest, however long that takes: what
// an engine has put off would be missing from its figure.
Measurement load_and_drain(Task& task, const KeySequence& keys) {
  const ValuePool values(task.keys.seed(), kSmallValueBytes);
  const auto peer = task.open();
  const auto session = peer->session();
  LatencyRecorder latencies;
  const Window window(task);
  const std::uint64_t done = timed_loop(task.clock, {keys.size(), window.deadline()}, latencies,
                                        [&](std::size_t i) { session->put(keys[i], values[i]); });
  peer->flush();
  peer->settle();
  Measurement measured = window.stop(done);
  latencies.describe(task.clock, measured);
  measured.user_bytes = done * (kKeyBytes + kSmallValueBytes);
  return measured;
}

Measurement sequential_load(Task& task) {
  return load_and_drain(task, task.keys.ascending(0, task.warm_count() / 2));
}

// Twelve times what the memtables take, in random order.
Measurement sustained_random_load(Task& task) {
  const std::size_t row_bytes = kKeyBytes + kSmallValueBytes;
  const std::uint64_t count = task.small_count() * 6 / 5;
  task.options.write_memory_bytes =
      std::max<std::size_t>(std::size_t{1} << 20, count * row_bytes / 12);
  return load_and_drain(task, task.keys.in_order(0, count));
}

// Everything once, half of it again, then compacted: what it took to write and what it takes to
// keep.
Measurement space_and_write_amplification(Task& task) {
  const std::uint64_t count = task.warm_count() / 2;
  const KeySequence keys = task.keys.in_order(0, count);
  const KeySequence again = task.keys.shuffled(0, count / 2);
  const ValuePool values(task.keys.seed(), kSmallValueBytes);
  task.options.write_memory_bytes = std::size_t{4} << 20;
  const auto peer = task.open();
  const auto session = peer->session();
  LatencyRecorder latencies;
  const Window window(task);
  const std::uint64_t first = timed_loop(task.clock, {keys.size(), window.deadline()}, latencies,
                                         [&](std::size_t i) { session->put(keys[i], values[i]); });
  const std::uint64_t second =
      timed_loop(task.clock, {again.size(), window.deadline()}, latencies,
                 [&](std::size_t i) { session->put(again[i], values[i + 1]); });
  peer->flush();
  peer->compact();
  peer->settle();
  Measurement measured = window.stop(first + second);
  latencies.describe(task.clock, measured);
  measured.user_bytes = measured.operations * (kKeyBytes + kSmallValueBytes);
  return measured;
}

}  // namespace

std::vector<Category> endurance_categories() {
  // Long enough for those with levels to write all of it: how often rows are rewritten depends on
  // that.
  constexpr double kFactor = 20;
  return {
      {.name = "sequential_load",
       .seconds_factor = kFactor,
       .in_first_look = false,
       .measure = sequential_load},
      {.name = "sustained_random_load",
       .seconds_factor = kFactor,
       .measure = sustained_random_load},
      {.name = "space_and_write_amplification",
       .seconds_factor = kFactor / 2,
       .measure = space_and_write_amplification},
  };
}

}  // namespace quartz::bench
