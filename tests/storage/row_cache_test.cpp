#include "storage/row_cache.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/epoch.hpp"
#include "base/hash.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kBytesPlenty = std::size_t{1} << 30;
constexpr std::string_view kAbsent = "<absent>";  // How `look_up` shows a key known to be absent.

/// A cache with short names for what most tests do: the default keyspace, hashes by `hash_key`.
class Cache {
 public:
  explicit Cache(std::size_t rows_max, std::size_t bytes_max = kBytesPlenty)
      : cache_(std::make_unique<RowCache>(rows_max, bytes_max)) {}

  RowCache* operator->() const { return cache_.get(); }
  void destroy() { cache_.reset(); }

  void fill(std::string_view key, std::optional<std::string_view> value, Sequence read_at = 1,
            KeyspaceId keyspace = kDefaultKeyspaceId) {
    cache_->fill(keyspace, key, hash_key(key, keyspace), value, read_at);
  }
  /// Until it is in, however new it is to a full cache.
  void fill_twice(std::string_view key, std::optional<std::string_view> value,
                  Sequence read_at = 1) {
    fill(key, value, read_at);
    fill(key, value, read_at);
  }
  std::optional<std::string> look_up(std::string_view key, Sequence valid_from = 0,
                                     KeyspaceId keyspace = kDefaultKeyspaceId) const {
    const EpochGuard guard;
    const auto hit = cache_->find(keyspace, key, hash_key(key, keyspace), valid_from);
    if (!hit) return std::nullopt;
    return std::string(hit->exists ? hit->value : kAbsent);
  }
  bool holds(std::string_view key) const { return look_up(key).has_value(); }
  void invalidate(std::string_view key, Sequence sequence) {
    cache_->invalidate(kDefaultKeyspaceId, key, hash_key(key, kDefaultKeyspaceId), sequence);
  }
  std::optional<PinnedValue> pin(std::string_view key) const {
    const EpochGuard guard;
    const auto hit = cache_->find(kDefaultKeyspaceId, key, hash_key(key, kDefaultKeyspaceId), 0);
    return hit ? RowCache::pin(*hit) : std::nullopt;
  }
  /// Fills `count` rows that are never asked for again.
  void scan(std::size_t count, std::string_view prefix = "scanned") {
    for (std::size_t i = 0; i < count; ++i) fill(std::string(prefix) + std::to_string(i), "x");
  }

 private:
  std::unique_ptr<RowCache> cache_;
};

std::string numbered(std::size_t i) { return "key" + std::to_string(i); }

// Rows and what they show.

TEST(RowCache, a_filled_row_is_found_with_its_value) {
  Cache cache(10);
  cache.fill("a", "1");
  EXPECT_EQ(cache.look_up("a"), "1");
}

TEST(RowCache, a_key_that_was_never_filled_is_a_miss) {
  Cache cache(10);
  cache.fill("a", "1");
  EXPECT_FALSE(cache.holds("b"));
  EXPECT_FALSE(cache.holds("aa"));
  EXPECT_FALSE(cache.holds(""));
}

TEST(RowCache, an_absent_key_is_remembered_as_absent_when_it_is_asked_for_again) {
  Cache cache(10);
  cache.fill("a", std::nullopt);
  EXPECT_EQ(cache.look_up("a"), std::nullopt);
  cache.fill("a", std::nullopt);
  EXPECT_EQ(cache.look_up("a"), kAbsent);
}

TEST(RowCache, many_absent_keys_are_recognised_while_there_are_few_rows) {
  Cache cache(10'000);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < 500; ++i) cache.fill(numbered(i), std::nullopt);
  }
  std::size_t known = 0;
  for (std::size_t i = 0; i < 500; ++i) known += cache.holds(numbered(i)) ? 1u : 0u;
  EXPECT_GE(known, 490u);
}

TEST(RowCache, an_empty_value_is_not_an_absent_key) {
  Cache cache(10);
  cache.fill("a", "");
  EXPECT_EQ(cache.look_up("a"), "");
}

TEST(RowCache, keys_and_values_may_hold_any_byte) {
  Cache cache(10);
  const std::string key("\0\xff\0k", 4);
  const std::string value("v\0\0\xfe", 4);
  cache.fill(key, value);
  cache.fill(std::string_view(key).substr(0, 3), "shorter");
  EXPECT_EQ(cache.look_up(key), value);
  EXPECT_EQ(cache.look_up(std::string_view(key).substr(0, 3)), "shorter");
}

TEST(RowCache, an_empty_key_is_a_key) {
  Cache cache(10);
  cache.fill("", "nothing");
  EXPECT_EQ(cache.look_up(""), "nothing");
}

TEST(RowCache, keyspaces_do_not_see_each_others_rows) {
  Cache cache(10);
  cache.fill("a", "one", 1, 1);
  EXPECT_EQ(cache.look_up("a", 0, 2), std::nullopt);
  cache.fill("a", "two", 1, 2);
  EXPECT_EQ(cache.look_up("a", 0, 1), "one");
  EXPECT_EQ(cache.look_up("a", 0, 2), "two");
}

TEST(RowCache, equal_keys_of_two_keyspaces_with_the_same_hash_stay_apart) {
  RowCache cache(10, kBytesPlenty);
  cache.fill(1, "a", 42, "one", 1);
  cache.fill(2, "a", 42, "two", 1);
  const EpochGuard guard;
  EXPECT_EQ(cache.find(1, "a", 42, 0)->value, "one");
  EXPECT_EQ(cache.find(2, "a", 42, 0)->value, "two");
  cache.invalidate(1, "a", 42, 2);
  EXPECT_FALSE(cache.find(1, "a", 42, 0));
  EXPECT_EQ(cache.find(2, "a", 42, 0)->value, "two");
}

TEST(RowCache, keys_with_the_same_hash_are_told_apart) {
  RowCache cache(100, kBytesPlenty);
  for (std::size_t i = 0; i < 5; ++i) {
    cache.fill(kDefaultKeyspaceId, numbered(i), 0, std::to_string(i), 1);
  }
  const EpochGuard guard;
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(cache.find(kDefaultKeyspaceId, numbered(i), 0, 0)->value, std::to_string(i));
  }
  EXPECT_FALSE(cache.find(kDefaultKeyspaceId, numbered(5), 0, 0));
}

TEST(RowCache, more_keys_with_the_same_hash_than_a_bucket_takes_push_each_other_out) {
  RowCache cache(100, kBytesPlenty);
  for (std::size_t i = 0; i < 50; ++i) {
    cache.fill(kDefaultKeyspaceId, numbered(i), 0, std::to_string(i), 1);
    const EpochGuard guard;
    const auto hit = cache.find(kDefaultKeyspaceId, numbered(i), 0, 0);
    ASSERT_TRUE(hit);
    EXPECT_EQ(hit->value, std::to_string(i));
  }
  EXPECT_LE(cache.statistics().rows, 7u);
  EXPECT_GE(cache.statistics().rows, 1u);
}

// Bounds.

TEST(RowCache, a_cache_of_no_rows_holds_nothing) {
  Cache cache(0);
  cache.fill("a", "1");
  cache.invalidate("a", 2);
  cache->prefetch(0);
  cache->clear();
  EXPECT_FALSE(cache.holds("a"));
  EXPECT_EQ(cache->statistics().rows, 0u);
}

TEST(RowCache, a_cache_of_no_bytes_holds_nothing) {
  Cache cache(100, 0);
  cache.fill("a", "1");
  EXPECT_FALSE(cache.holds("a"));
  EXPECT_EQ(cache->statistics().bytes, 0u);
}

TEST(RowCache, a_cache_of_fewer_bytes_than_any_row_takes_holds_nothing) {
  Cache cache(100, 10);
  cache.fill("a", "1");
  EXPECT_FALSE(cache.holds("a"));
}

TEST(RowCache, a_cache_of_one_row_holds_the_newest) {
  Cache cache(1);
  for (std::size_t i = 0; i < 20; ++i) {
    cache.fill_twice(numbered(i), "x");
    EXPECT_TRUE(cache.holds(numbered(i)));
    EXPECT_EQ(cache->statistics().rows, 1u);
  }
}

TEST(RowCache, rows_never_exceed_their_bound) {
  for (const std::size_t rows_max : {1u, 2u, 3u, 10u, 63u, 1000u, 10'000u}) {
    Cache cache(rows_max);
    for (std::size_t i = 0; i < 3 * rows_max; ++i) {
      cache.fill(numbered(i), "x");
      if (i % 3 == 0) cache.holds(numbered(i));
      if (i % (rows_max / 8 + 1) == 0) {
        ASSERT_LE(cache->statistics().rows, rows_max);
      }
    }
    EXPECT_LE(cache->statistics().rows, rows_max);
    EXPECT_GE(cache->statistics().rows, rows_max * 9 / 10) << "the room should be used";
  }
}

TEST(RowCache, bytes_never_exceed_their_bound) {
  for (const std::size_t bytes_max : {1'000u, 10'000u, 1'000'000u, 20'000'000u}) {
    Cache cache(1'000'000, bytes_max);
    for (std::size_t i = 0; i < 2'000; ++i) {
      cache.fill(numbered(i), std::string(i * 7 % 20'000, 'v'));
      ASSERT_LE(cache->statistics().bytes, bytes_max);
    }
    EXPECT_GT(cache->statistics().rows, 0u);
  }
}

TEST(RowCache, bytes_include_what_a_row_costs_beside_key_and_value) {
  Cache cache(1000);
  for (std::size_t i = 0; i < 100; ++i) cache.fill(numbered(i), std::string(100, 'v'));
  EXPECT_GT(cache->statistics().bytes, 100u * (100 + sizeof("key10") + 40));
  EXPECT_LT(cache->statistics().bytes, 100u * (100 + sizeof("key10") + 200));
}

TEST(RowCache, a_value_larger_than_the_cache_is_refused_and_pushes_nothing_out) {
  Cache cache(100, 10'000);
  cache.fill("small", "1");
  cache.fill("huge", std::string(10'000, 'h'));
  cache.fill("huge", std::string(10'000, 'h'));
  EXPECT_FALSE(cache.holds("huge"));
  EXPECT_TRUE(cache.holds("small"));
}

TEST(RowCache, a_value_nearly_as_large_as_the_cache_fits) {
  Cache cache(100, 10'000);
  cache.fill("large", std::string(9'000, 'l'));
  EXPECT_EQ(cache.look_up("large"), std::string(9'000, 'l'));
}

TEST(RowCache, a_large_row_needs_a_second_read_to_push_out_proven_ones) {
  Cache cache(1000, 20'000);
  for (std::size_t round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < 100; ++i) {
      cache.fill(numbered(i), "proven");
      cache.holds(numbered(i));
    }
  }
  const auto before = cache->statistics().rows;
  cache.fill("large", std::string(15'000, 'l'));
  EXPECT_FALSE(cache.holds("large"));
  EXPECT_EQ(cache->statistics().rows, before);
  cache.fill("large", std::string(15'000, 'l'));
  EXPECT_TRUE(cache.holds("large"));
  EXPECT_LE(cache->statistics().bytes, 20'000u);
}

TEST(RowCache, a_bound_of_many_rows_costs_nothing_before_they_come) {
  Cache cache(10'000'000, std::size_t{4} << 30);
  cache.fill("a", "1");
  EXPECT_EQ(cache.look_up("a"), "1");
  EXPECT_LT(cache->statistics().bytes, 1000u);
}

TEST(RowCache, every_row_is_found_again_while_the_table_grows) {
  Cache cache(100'000);
  std::size_t lost = 0;
  for (std::size_t i = 0; i < 30'000; ++i) {
    cache.fill(numbered(i), std::to_string(i));
    if (i % 3'000 == 0) {
      for (std::size_t j = 0; j < i; j += 7) {
        const auto value = cache.look_up(numbered(j));
        if (value) {
          ASSERT_EQ(value, std::to_string(j));
        } else {
          ++lost;
        }
      }
    }
  }
  // Only rows that met a full bucket are gone.
  EXPECT_EQ(cache->statistics().rows + cache->statistics().evictions, 30'000u);
  EXPECT_LT(cache->statistics().evictions, 30'000u / 20);
  EXPECT_LT(lost, 1'000u);
}

// Policy.

TEST(RowCache, a_second_touch_admits_a_row) {
  Cache cache(100);
  cache.scan(1000, "first");  // No room is left.
  cache.fill("a", "1");
  EXPECT_FALSE(cache.holds("a"));
  cache.fill("a", "1");
  EXPECT_TRUE(cache.holds("a"));
}

TEST(RowCache, rows_that_are_used_stay_and_others_make_room) {
  Cache cache(100);
  cache.fill("used", "1");
  cache.fill("unused", "1");
  for (std::size_t i = 0; i < 500; ++i) {
    cache.fill_twice(numbered(i), "x");
    ASSERT_TRUE(cache.holds("used"));
  }
  EXPECT_FALSE(cache.holds("unused"));
}

TEST(RowCache, a_row_that_is_read_again_soon_after_it_was_pushed_out_is_admitted) {
  Cache cache(100);
  cache.fill("back", "1");
  for (std::size_t i = 0; i < 150; ++i) cache.fill_twice(numbered(i), "x");
  EXPECT_FALSE(cache.holds("back"));
  cache.fill("back", "1");
  cache.scan(500, "second");
  EXPECT_TRUE(cache.holds("back"));
}

TEST(RowCache, a_scan_of_many_times_the_cache_leaves_used_rows_alone) {
  Cache cache(1000);
  for (std::size_t i = 0; i < 500; ++i) cache.fill(numbered(i), "used");
  for (std::size_t i = 0; i < 500; ++i) cache.holds(numbered(i));
  cache.scan(20'000);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < 500; ++i) kept += cache.holds(numbered(i)) ? 1u : 0u;
  EXPECT_GE(kept, 480u);
}

TEST(RowCache, rows_that_fell_out_of_use_make_room_for_new_favourites) {
  Cache cache(100);
  const auto use = [&](std::string_view prefix) {
    for (std::size_t round = 0; round < 6; ++round) {
      for (std::size_t i = 0; i < 90; ++i) {
        const std::string key = std::string(prefix) + std::to_string(i);
        if (!cache.holds(key)) cache.fill(key, "x");
      }
    }
  };
  use("yesterday");
  use("today");
  std::size_t kept = 0;
  for (std::size_t i = 0; i < 90; ++i) kept += cache.holds("today" + std::to_string(i)) ? 1u : 0u;
  EXPECT_GE(kept, 60u);
}

TEST(RowCache, evictions_are_counted_and_invalidations_are_none) {
  Cache cache(10);
  for (std::size_t i = 0; i < 30; ++i) cache.fill_twice(numbered(i), "x");
  const auto evictions = cache->statistics().evictions;
  EXPECT_EQ(evictions, 30 - cache->statistics().rows);
  for (std::size_t i = 0; i < 30; ++i) cache.invalidate(numbered(i), 2);
  EXPECT_EQ(cache->statistics().rows, 0u);
  EXPECT_EQ(cache->statistics().bytes, 0u);
  EXPECT_EQ(cache->statistics().evictions, evictions);
}

// Coherence.

TEST(RowCache, an_invalidated_row_is_gone) {
  Cache cache(10);
  cache.fill("a", "old");
  cache.fill("b", "kept");
  cache.invalidate("a", 2);
  EXPECT_FALSE(cache.holds("a"));
  EXPECT_TRUE(cache.holds("b"));
}

TEST(RowCache, an_invalidated_absence_is_gone) {
  Cache cache(10);
  cache.fill_twice("a", std::nullopt);
  cache.invalidate("a", 2);
  EXPECT_FALSE(cache.holds("a"));
}

TEST(RowCache, a_fill_read_before_an_invalidation_is_refused) {
  Cache cache(10);
  cache.invalidate("a", 8);
  cache.fill("a", "stale", 7);
  EXPECT_FALSE(cache.holds("a"));
}

TEST(RowCache, a_fill_read_at_the_invalidating_sequence_is_accepted) {
  Cache cache(10);
  cache.invalidate("a", 8);
  cache.fill("a", "fresh", 8);
  EXPECT_EQ(cache.look_up("a"), "fresh");
}

TEST(RowCache, an_older_invalidation_does_not_lower_the_mark) {
  Cache cache(10);
  cache.invalidate("a", 8);
  cache.invalidate("a", 5);
  cache.fill("a", "stale", 7);
  EXPECT_FALSE(cache.holds("a"));
}

TEST(RowCache, stale_fills_stay_refused_while_the_table_grows_and_rows_come_and_go) {
  Cache cache(2'000);
  for (std::size_t i = 0; i < 500; ++i) cache.invalidate(numbered(i), 10);
  for (std::size_t i = 0; i < 5'000; ++i) cache.fill("other" + std::to_string(i), "x", 10);
  cache->clear();
  for (std::size_t i = 0; i < 500; ++i) {
    cache.fill(numbered(i), "stale", 9);
    ASSERT_FALSE(cache.holds(numbered(i)));
  }
}

TEST(RowCache, an_invalidation_finds_its_row_wherever_growing_has_moved_it) {
  Cache cache(20'000);
  for (std::size_t i = 0; i < 20'000; ++i) cache.fill(numbered(i), "old");
  for (std::size_t i = 0; i < 20'000; ++i) {
    cache.invalidate(numbered(i), 2 + i);
    ASSERT_FALSE(cache.holds(numbered(i)));
  }
  EXPECT_EQ(cache->statistics().rows, 0u);
}

TEST(RowCache, a_newer_fill_replaces_an_older_one) {
  Cache cache(10);
  cache.fill("a", "old", 5);
  cache.fill("a", "new", 6);
  EXPECT_EQ(cache.look_up("a"), "new");
  EXPECT_EQ(cache->statistics().rows, 1u);
}

TEST(RowCache, an_older_fill_does_not_replace_a_newer_one) {
  Cache cache(10);
  cache.fill("a", "new", 6);
  cache.fill("a", "old", 5);
  EXPECT_EQ(cache.look_up("a"), "new");
}

TEST(RowCache, rows_read_before_valid_from_are_misses) {
  Cache cache(10);
  cache.fill("a", "1", 5);
  EXPECT_EQ(cache.look_up("a", 5), "1");
  EXPECT_EQ(cache.look_up("a", 6), std::nullopt);
}

TEST(RowCache, a_row_refilled_after_a_range_removal_is_valid_again) {
  Cache cache(10);
  cache.fill("a", "removed", 5);
  cache.fill("a", std::nullopt, 9);
  EXPECT_EQ(cache.look_up("a", 7), kAbsent);
}

TEST(RowCache, a_proven_row_stays_proven_when_it_is_refilled) {
  Cache cache(100);
  cache.fill("a", "removed", 5);
  cache.holds("a");
  cache.scan(300, "first");  // Its turn comes, and it moves to the main queue.
  cache.fill("a", "new", 9);
  cache.scan(500, "second");
  EXPECT_EQ(cache.look_up("a"), "new");
}

// Pins.

TEST(RowCache, a_pinned_value_survives_invalidation) {
  Cache cache(10);
  cache.fill("a", "pinned");
  const auto pinned = cache.pin("a");
  cache.invalidate("a", 2);
  drain_retired();
  ASSERT_TRUE(pinned);
  EXPECT_EQ(pinned->view(), "pinned");
}

TEST(RowCache, a_pinned_value_survives_eviction) {
  Cache cache(10);
  cache.fill("a", "pinned");
  const auto pinned = cache.pin("a");
  for (std::size_t round = 0; round < 50; ++round) {
    for (std::size_t i = 0; i < 40; ++i) {
      cache.fill_twice(numbered(i), "x");
      cache.holds(numbered(i));
    }
  }
  EXPECT_FALSE(cache.holds("a"));
  drain_retired();
  EXPECT_EQ(pinned->view(), "pinned");
}

TEST(RowCache, a_pinned_value_survives_clear_and_the_caches_end) {
  Cache cache(10);
  cache.fill("a", "pinned");
  cache.fill("b", "pinned too");
  const auto first = cache.pin("a");
  cache->clear();
  EXPECT_FALSE(cache.holds("a"));
  cache.fill("b", "pinned too", 2);
  const auto second = cache.pin("b");
  cache.destroy();
  drain_retired();
  EXPECT_EQ(first->view(), "pinned");
  EXPECT_EQ(second->view(), "pinned too");
}

TEST(RowCache, a_row_may_be_pinned_many_times_and_let_go_in_any_order) {
  Cache cache(10);
  cache.fill("a", "pinned");
  std::vector<PinnedValue> pins;
  for (int i = 0; i < 5; ++i) pins.push_back(cache.pin("a").value());
  pins.erase(pins.begin() + 2);
  cache.invalidate("a", 2);
  drain_retired();
  pins.erase(pins.begin());
  EXPECT_EQ(pins.back().view(), "pinned");
  pins.clear();
}

TEST(RowCache, a_hit_shows_its_bytes_until_the_guard_ends_whatever_happens_to_the_row) {
  Cache cache(10);
  cache.fill("a", "shown");
  const EpochGuard guard;
  const auto hit = cache->find(kDefaultKeyspaceId, "a", hash_key("a", kDefaultKeyspaceId), 0);
  cache.invalidate("a", 2);
  cache.destroy();
  reclaim_retired();
  EXPECT_EQ(hit->value, "shown");
  EXPECT_EQ(RowCache::pin(*hit)->view(), "shown");
}

TEST(RowCache, a_hit_of_nothing_cannot_be_pinned) { EXPECT_FALSE(RowCache::pin(RowCache::Hit{})); }

// Clearing.

TEST(RowCache, clear_forgets_everything_and_the_cache_goes_on) {
  Cache cache(10'000);
  for (std::size_t i = 0; i < 5'000; ++i) cache.fill(numbered(i), "x");
  cache->clear();
  EXPECT_EQ(cache->statistics().rows, 0u);
  EXPECT_EQ(cache->statistics().bytes, 0u);
  EXPECT_FALSE(cache.holds(numbered(17)));
  cache.fill("a", "1", 2);
  EXPECT_EQ(cache.look_up("a"), "1");
}

}  // namespace
}  // namespace quartz::storage
