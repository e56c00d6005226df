// Look-ups, fills and invalidations of the row cache, with keys of 16 bytes and values of 100, in
// random order, under one epoch guard each where one is needed.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/epoch.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "storage/row_cache.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kUnboundedBytes = std::size_t{8} << 30;
const std::string kValue(100, 'v');

struct Probe {
  char text[17];
  std::uint64_t hash;
  std::string_view key() const { return {text, 16}; }
};

// Numbered keys from `first` on, shuffled.
std::vector<Probe> probes(std::uint64_t first, std::size_t count) {
  std::vector<Probe> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::snprintf(all[i].text, sizeof(all[i].text), "user%012llu",
                  static_cast<unsigned long long>(first + i));
    all[i].hash = hash_key(all[i].key(), kDefaultKeyspaceId);
  }
  std::shuffle(all.begin(), all.end(), Random(17));
  return all;
}

void fill(RowCache& cache, const Probe& probe, Sequence read_at) {
  cache.fill(kDefaultKeyspaceId, probe.key(), probe.hash, kValue, read_at);
}

void find_all(benchmark::State& state, RowCache& cache, const std::vector<Probe>& sought) {
  std::size_t next = 0;
  std::uint64_t hits = 0;
  for (auto _ : state) {
    const Probe& probe = sought[next];
    if (++next == sought.size()) next = 0;
    const EpochGuard guard;
    const auto hit = cache.find(kDefaultKeyspaceId, probe.key(), probe.hash, 0);
    if (hit) hits += static_cast<unsigned char>(hit->value.back()) == 'v' ? 1u : 0u;
  }
  state.counters["hit_ratio"] = static_cast<double>(hits) / static_cast<double>(state.iterations());
}

void row_cache_hit(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  RowCache cache(rows + rows / 4, kUnboundedBytes);
  const auto cached = probes(0, rows);
  for (const Probe& probe : cached) fill(cache, probe, 1);
  find_all(state, cache, cached);
}
BENCHMARK(row_cache_hit)->Arg(10'000)->Arg(1'000'000);

void row_cache_miss(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  RowCache cache(rows, kUnboundedBytes);
  for (const Probe& probe : probes(0, rows)) fill(cache, probe, 1);
  find_all(state, cache, probes(rows, rows));
}
BENCHMARK(row_cache_miss)->Arg(10'000)->Arg(1'000'000);

void row_cache_invalidate_uncached(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  RowCache cache(rows, kUnboundedBytes);
  for (const Probe& probe : probes(0, rows)) fill(cache, probe, 1);
  const auto written = probes(rows, rows);
  std::size_t next = 0;
  Sequence sequence = 2;
  for (auto _ : state) {
    const Probe& probe = written[next];
    if (++next == written.size()) next = 0;
    cache.invalidate(kDefaultKeyspaceId, probe.key(), probe.hash, ++sequence);
  }
}
BENCHMARK(row_cache_invalidate_uncached)->Arg(10'000)->Arg(1'000'000);

// A writer that knows its key well before it invalidates: after encoding and appending, say.
void row_cache_invalidate_uncached_prefetched(benchmark::State& state) {
  constexpr std::size_t ahead = 4;
  const auto rows = static_cast<std::size_t>(state.range(0));
  RowCache cache(rows, kUnboundedBytes);
  for (const Probe& probe : probes(0, rows)) fill(cache, probe, 1);
  const auto written = probes(rows, rows);
  std::size_t next = 0;
  Sequence sequence = 2;
  for (auto _ : state) {
    const Probe& probe = written[next];
    if (++next == written.size()) next = 0;
    cache.prefetch(written[(next + ahead) % written.size()].hash);
    cache.invalidate(kDefaultKeyspaceId, probe.key(), probe.hash, ++sequence);
  }
}
BENCHMARK(row_cache_invalidate_uncached_prefetched)->Arg(10'000)->Arg(1'000'000);

void row_cache_invalidate_cached_and_fill_again(benchmark::State& state) {
  RowCache cache(10'000, kUnboundedBytes);
  const auto written = probes(0, 8'000);
  std::size_t next = 0;
  Sequence sequence = 2;
  for (auto _ : state) {
    const Probe& probe = written[next];
    if (++next == written.size()) next = 0;
    cache.invalidate(kDefaultKeyspaceId, probe.key(), probe.hash, ++sequence);
    fill(cache, probe, sequence);
  }
}
BENCHMARK(row_cache_invalidate_cached_and_fill_again);

// Each fill of a new row pushes one out.
void row_cache_fill_when_full(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  RowCache cache(rows, kUnboundedBytes);
  const auto filled = probes(0, 8 * rows);
  std::size_t next = 0;
  for (auto _ : state) {
    fill(cache, filled[next], 1);
    if (++next == filled.size()) next = 0;
  }
}
BENCHMARK(row_cache_fill_when_full)->Arg(10'000)->Arg(250'000);

}  // namespace
}  // namespace quartz::storage

BENCHMARK_MAIN();
