// Look-ups, misses and fills of the client's near cache, with keys of 16 bytes and values of 100,
// in random order.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.hpp"
#include "client/near_cache.hpp"

namespace quartz::client {
namespace {

constexpr NearCacheConfig kConfig{.bytes_max = std::uint64_t{1} << 30};
const std::string kValue(100, 'v');

class NoWaiter : public NearCache::Waiter {
  void fetched(std::optional<std::string_view> /*value*/) override {}
  void failed() override {}
};

// In place, so that coming to the next one costs no cache miss of its own.
struct Key {
  char text[17];
  std::string_view view() const { return {text, 16}; }
};

// Numbered keys, shuffled.
std::vector<Key> keys(std::size_t count) {
  std::vector<Key> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::snprintf(all[i].text, sizeof(all[i].text), "user%012u", static_cast<unsigned>(i));
  }
  std::shuffle(all.begin(), all.end(), Random(17));
  return all;
}

struct FilledCache {
  explicit FilledCache(std::size_t count) : sought(keys(count)) {
    std::string value;
    NoWaiter waiter;
    for (const Key& key : sought) {
      cache.ask(key.view(), feed, now, value, waiter).fetch.complete(kValue);
    }
  }

  NearCache cache{kConfig};
  const NearCache::Clock::time_point now = NearCache::Clock::now();
  const NearCache::Feed feed = cache.open_feed(now);
  const std::vector<Key> sought;
};

// With `Clock`, as a caller that has no time at hand.
template <bool Clock>
void near_cache_hit(benchmark::State& state) {
  static std::unique_ptr<FilledCache> filled;
  if (state.thread_index() == 0) {
    filled = std::make_unique<FilledCache>(static_cast<std::size_t>(state.range(0)));
  }
  std::string value;
  std::uint64_t hits = 0;
  std::size_t next = static_cast<std::size_t>(state.thread_index()) * 1000;
  for (auto _ : state) {
    const std::string_view key = filled->sought[next].view();
    if (++next == filled->sought.size()) next = 0;
    const auto now = Clock ? NearCache::Clock::now() : filled->now;
    hits += filled->cache.find(key, now, value) == NearCache::Found::hit ? 1u : 0u;
    benchmark::DoNotOptimize(value.data());
  }
  if (hits != static_cast<std::uint64_t>(state.iterations())) state.SkipWithError("a miss");
}
BENCHMARK(near_cache_hit<false>)->Arg(10'000)->Arg(1'000'000);
BENCHMARK(near_cache_hit<true>)->Arg(10'000)->Arg(1'000'000);
BENCHMARK(near_cache_hit<false>)->Arg(10'000)->Threads(2);

void near_cache_miss(benchmark::State& state) {
  FilledCache filled(10'000);
  filled.cache.flush();
  std::string value;
  std::size_t next = 0;
  for (auto _ : state) {
    const std::string_view key = filled.sought[next].view();
    if (++next == filled.sought.size()) next = 0;
    benchmark::DoNotOptimize(filled.cache.find(key, filled.now, value));
  }
}
BENCHMARK(near_cache_miss);

void near_cache_invalidate_and_fill_again(benchmark::State& state) {
  FilledCache filled(10'000);
  std::string value;
  NoWaiter waiter;
  std::size_t next = 0;
  for (auto _ : state) {
    const std::string_view key = filled.sought[next].view();
    if (++next == filled.sought.size()) next = 0;
    filled.cache.invalidate(key);
    filled.cache.ask(key, filled.feed, filled.now, value, waiter).fetch.complete(kValue);
  }
}
BENCHMARK(near_cache_invalidate_and_fill_again);

}  // namespace
}  // namespace quartz::client

BENCHMARK_MAIN();
