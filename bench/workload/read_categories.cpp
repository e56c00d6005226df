// Reading single keys: from caches, from memtables, from the levels, and keys that do not exist.
#include <string>
#include <vector>

#include "bench/measure/timed_loop.hpp"
#include "bench/workload/category.hpp"

namespace quartz::bench {
namespace {

void read_all(PeerSession& session, const KeySequence& keys) {
  std::string value;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    require(session.get(keys[i], value), "a key that was written is missing");
  }
}

Measurement read_each(Task& task, PeerSession& session, const KeySequence& keys, bool exist) {
  std::string value;
  LatencyRecorder latencies;
  const Window window(task);
  const std::uint64_t done =
      timed_loop(task.clock, {keys.size(), window.deadline()}, latencies, [&](std::size_t i) {
        require(session.get(keys[i], value) == exist, "a read answered wrongly");
      });
  Measurement measured = window.stop(done);
  latencies.describe(task.clock, measured);
  return measured;
}

// A few rows that are read again and again.
Measurement cache_hit_get(Task& task) {
  const std::uint64_t hot = std::min<std::uint64_t>(10'000, task.small_count());
  const KeySequence reads = task.keys.uniform(0, hot, task.small_count());
  const auto peer = task.open();
  const auto session = peer->session();
  for (int pass = 0; pass < 3; ++pass) read_all(*session, task.keys.in_order(0, hot));
  return read_each(task, *session, reads, true);
}

// Many rows, held by the engine's caches: more than the processor's caches hold.
Measurement cached_get(Task& task) {
  const auto peer = task.open();
  const auto session = peer->session();
  const KeySequence order = task.keys.in_order(0, task.warm_count());
  for (int pass = 0; pass < 2; ++pass) read_all(*session, order);
  return read_each(task, *session, task.keys.shuffled(0, task.warm_count()), true);
}

// Rows that were just written.
Measurement fresh_get(Task& task) {
  const std::uint64_t count = task.warm_count();
  const auto peer = task.open();
  const auto session = peer->session();
  write_keys(task, *session, count, kSmallValueBytes);
  return read_each(task, *session, task.keys.shuffled(0, count), true);
}

// Rows that no cache of the engine holds; the system's caches do.
Measurement cache_miss_get(Task& task) {
  // Some engines have one cache for what is read and what is written.
  task.options.cache_memory_bytes = std::size_t{8} << 20;
  task.options.write_memory_bytes = std::size_t{4} << 20;
  const auto peer = task.open();
  const auto session = peer->session();
  return read_each(task, *session, task.keys.shuffled(0, task.small_count()), true);
}

Measurement absent_get(Task& task) {
  const auto peer = task.open();
  const auto session = peer->session();
  return read_each(task, *session, task.keys.in_order(task.small_count(), task.small_count()),
                   false);
}

Measurement multi_get_100(Task& task) {
  constexpr std::size_t kKeys = 100;
  const KeySequence keys = task.keys.shuffled(0, task.warm_count());
  const auto peer = task.open();
  const auto session = peer->session();
  read_all(*session, task.keys.in_order(0, task.warm_count()));
  std::vector<std::string_view> asked(kKeys);
  std::vector<std::string> values(kKeys);
  LatencyRecorder latencies;
  const Window window(task);
  const std::uint64_t calls = fully_timed_loop(
      task.clock, {keys.size() / kKeys, window.deadline()}, latencies, [&](std::size_t call) {
        for (std::size_t i = 0; i < kKeys; ++i) asked[i] = keys[call * kKeys + i];
        require(session->multi_get(asked, values) == kKeys, "multi_get missed a key");
      });
  Measurement measured = window.stop(calls * kKeys);
  latencies.describe(task.clock, measured);
  return measured;
}

}  // namespace

std::vector<Category> read_categories() {
  constexpr Start kLoaded = Start::loaded;
  return {
      {.name = "cache_hit_get", .start = kLoaded, .writes = false, .measure = cache_hit_get},
      {.name = "cached_get", .start = kLoaded, .writes = false, .measure = cached_get},
      {.name = "fresh_get", .measure = fresh_get},
      {.name = "cache_miss_get", .start = kLoaded, .writes = false, .measure = cache_miss_get},
      {.name = "absent_get", .start = kLoaded, .writes = false, .measure = absent_get},
      {.name = "multi_get_100", .start = kLoaded, .writes = false, .measure = multi_get_100},
  };
}

}  // namespace quartz::bench
