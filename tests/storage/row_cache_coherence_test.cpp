// The cache beside concurrent writers, against a model that knows each key's newest version.

#include <atomic>
#include <barrier>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/epoch.hpp"
#include "base/hash.hpp"
#include "base/mutex.hpp"
#include "base/random.hpp"
#include "storage/row_cache.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kPlenty = std::size_t{1} << 30;

/// A store that keeps only the newest version of each key, which is the sequence that wrote it. It
/// follows the engine's protocol: invalidate, store, then make the sequence visible; a reader looks
/// into the cache first, then reads the store at a visible sequence and offers what it found.
class VersionedStore {
 public:
  VersionedStore(std::size_t keys, RowCache& cache) : cache_(cache), cells_(keys) {}

  std::size_t keys() const { return cells_.size(); }

  void write(std::size_t number) {
    MutexLock lock(write_mutex_);  // Sequences become visible in order.
    const Sequence sequence = visible_.load(std::memory_order_relaxed) + 1;
    const std::string key = name_of(number);
    cache_.invalidate(kDefaultKeyspaceId, key, hash_of(key), sequence);
    cells_[number].store(sequence, std::memory_order_release);
    visible_.store(sequence, std::memory_order_release);
  }

  /// False if the cache showed a version older than the newest when the look-up began.
  bool read_through_cache(std::size_t number) {
    const std::string key = name_of(number);
    // Loaded after visibility, so it belongs to a visible write or to one a step ahead of it: the
    // newest version that was certainly visible is the smaller of both.
    const Sequence visible = visible_.load(std::memory_order_acquire);
    const Sequence newest = cells_[number].load(std::memory_order_acquire);
    const EpochGuard guard;
    const auto hit = cache_.find(kDefaultKeyspaceId, key, hash_of(key), 0);
    if (hit) return version_of(*hit) >= newest || newest > visible;
    fill(number, key);
    return true;
  }

 private:
  static std::string name_of(std::size_t number) { return "key" + std::to_string(number); }
  static std::uint64_t hash_of(std::string_view key) { return hash_key(key, kDefaultKeyspaceId); }
  static Sequence version_of(const RowCache::Hit& hit) {
    Sequence version = 0;
    if (hit.exists) {
      std::from_chars(hit.value.data(), hit.value.data() + hit.value.size(), version);
    }
    return version;
  }

  void fill(std::size_t number, std::string_view key) {
    const Sequence read_at = visible_.load(std::memory_order_acquire);
    const Sequence version = cells_[number].load(std::memory_order_acquire);
    if (version > read_at)
      return;  // Not visible at `read_at`; a real store would show an older one.
    if (version % 3 == 0) std::this_thread::yield();  // Gives writers time to overtake this fill.
    if (version == 0) {
      cache_.fill(kDefaultKeyspaceId, key, hash_of(key), std::nullopt, read_at);
    } else {
      cache_.fill(kDefaultKeyspaceId, key, hash_of(key), std::to_string(version), read_at);
    }
  }

  RowCache& cache_;
  Mutex write_mutex_;
  std::atomic<Sequence> visible_{0};
  std::vector<std::atomic<Sequence>> cells_;
};

/// Readers and writers on random keys; how many stale hits there were.
std::size_t stale_hits(VersionedStore& store, int readers, int writers, std::size_t operations) {
  std::atomic<std::size_t> stale{0};
  std::barrier together(readers + writers);
  std::vector<std::thread> threads;
  for (int i = 0; i < readers + writers; ++i) {
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      Random random(static_cast<std::uint64_t>(i) + 1);
      for (std::size_t n = 0; n < operations; ++n) {
        const auto number = static_cast<std::size_t>(random.below(store.keys()));
        if (i < writers) {
          store.write(number);
        } else if (!store.read_through_cache(number)) {
          stale.fetch_add(1, std::memory_order_relaxed);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return stale.load();
}

TEST(RowCacheCoherence, no_hit_is_stale_while_few_keys_are_written_and_read_all_the_time) {
  RowCache cache(100, kPlenty);
  VersionedStore store(4, cache);
  EXPECT_EQ(stale_hits(store, 3, 2, 120'000), 0u);
}

TEST(RowCacheCoherence, no_hit_is_stale_while_rows_are_evicted_all_the_time) {
  RowCache cache(20, kPlenty);
  VersionedStore store(200, cache);
  EXPECT_EQ(stale_hits(store, 3, 2, 120'000), 0u);
}

TEST(RowCacheCoherence, no_hit_is_stale_while_the_table_grows) {
  for (int round = 0; round < 10; ++round) {
    RowCache cache(4'000, kPlenty);
    VersionedStore store(3'000, cache);
    EXPECT_EQ(stale_hits(store, 3, 1, 10'000), 0u);
  }
}

TEST(RowCacheCoherence, no_hit_is_stale_with_several_shards) {
  RowCache cache(20'000, kPlenty);
  VersionedStore store(300, cache);
  EXPECT_EQ(stale_hits(store, 2, 2, 120'000), 0u);
}

TEST(RowCacheCoherence, rows_keep_their_bounds_under_concurrent_fills) {
  RowCache cache(50, 20'000);
  std::atomic<bool> exceeded{false};
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      Random random(i);
      for (int n = 0; n < 10'000; ++n) {
        const std::string key = std::to_string(random.below(500));
        cache.fill(1, key, hash_key(key, 1), std::string(random.below(1'000), 'v'), 1);
        const auto now = cache.statistics();
        if (now.rows > 50 || now.bytes > 20'000) exceeded = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(exceeded);
}

TEST(RowCacheCoherence, pinned_values_stay_whole_while_their_rows_come_and_go) {
  RowCache cache(8, kPlenty);
  std::atomic<std::size_t> torn{0};
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      Random random(i);
      std::vector<PinnedValue> held(16);
      for (std::size_t n = 0; n < 20'000; ++n) {
        const std::string key = std::to_string(random.below(16));
        const std::uint64_t hash = hash_key(key, 1);
        if (random.one_in(4)) cache.invalidate(1, key, hash, 1);
        if (random.one_in(1'000)) cache.clear();
        const EpochGuard guard;
        const auto hit = cache.find(1, key, hash, 0);
        if (hit) {
          held[n % held.size()] = RowCache::pin(*hit).value();
        } else {
          cache.fill(1, key, hash, std::string(200, key.back()), 1);
        }
        const std::string_view value = held[random.below(held.size())].view();
        if (value.find_first_not_of(value.substr(0, 1)) != std::string_view::npos) ++torn;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(torn.load(), 0u);
}

}  // namespace
}  // namespace quartz::storage
