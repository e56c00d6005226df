#include "quartz/storage/cursor.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Where the rows under test lie.
enum class Place { active_memtable, waiting_memtables, levels, everywhere };

std::string name_of(const ::testing::TestParamInfo<Place>& place) {
  switch (place.param) {
    case Place::active_memtable:
      return "active_memtable";
    case Place::waiting_memtables:
      return "waiting_memtables";
    case Place::levels:
      return "levels";
    case Place::everywhere:
      return "everywhere";
  }
  return "";
}

// An engine with the same rows in every case, but in different places, some of them overwritten and
// some removed in newer places than they were put.
class CursorOver : public ::testing::TestWithParam<Place> {
 protected:
  static constexpr std::uint64_t kKeys = 120;

  void SetUp() override {
    const Place place = GetParam();
    const Keyspace filler = engine_.create_keyspace("filler").value();
    change_rows(1);
    if (place == Place::levels) {
      ASSERT_THAT(engine_.compact_range(), Succeeds());
    }
    if (place == Place::everywhere) {
      ASSERT_THAT(engine_.flush(), Succeeds());
    }
    if (place == Place::waiting_memtables || place == Place::everywhere) hold_flushes(filler);
    change_rows(2);
    if (place == Place::waiting_memtables || place == Place::everywhere) {
      fill_active_memtable(engine_, filler);
    }
    change_rows(3);
    if (place == Place::waiting_memtables) fill_active_memtable(engine_, filler);
    if (place == Place::levels) {
      ASSERT_THAT(engine_.flush(), Succeeds());
    }
  }

  // From here on memtables wait.
  void hold_flushes(const Keyspace& filler) {
    flushes_->hold();
    fill_active_memtable(engine_, filler);
    flushes_->wait_until_held();
  }

  // Puts, overwrites and removes some rows, the same for the same seed.
  void change_rows(std::uint64_t seed) {
    Random random(seed);
    for (int i = 0; i < 100; ++i) {
      const std::string key = numbered_key(random.below(kKeys) * 2);
      if (random.one_in(4)) {
        ASSERT_THAT(engine_.remove(key), Succeeds());
        rows_.erase(key);
      } else {
        const std::string value = key + " of round " + std::to_string(seed);
        ASSERT_THAT(engine_.put(key, value), Succeeds());
        rows_[key] = value;
      }
    }
  }

  Rows expected() const { return {rows_.begin(), rows_.end()}; }
  Rows expected_backwards() const { return {rows_.rbegin(), rows_.rend()}; }

  ScratchDirectory scratch_;
  std::shared_ptr<HeldFlushes> flushes_ = std::make_shared<HeldFlushes>();
  StorageEngine engine_ = [this] {
    StorageConfig config = small_config();
    config.event_listener = flushes_;
    return open_small(scratch_ / "db", config);
  }();
  ReleaseAtEnd release_{*flushes_};
  std::map<std::string, std::string> rows_;
};

INSTANTIATE_TEST_SUITE_P(Rows, CursorOver,
                         ::testing::Values(Place::active_memtable, Place::waiting_memtables,
                                           Place::levels, Place::everywhere),
                         name_of);

TEST_P(CursorOver, scans_forward_over_all_rows_in_order) {
  EXPECT_EQ(rows_of(engine_), expected());
}

TEST_P(CursorOver, scans_backward_over_all_rows_in_order) {
  EXPECT_EQ(rows_of(engine_, {.reverse = true}), expected_backwards());
}

TEST_P(CursorOver, seeks_to_the_first_row_that_is_not_below_the_key) {
  Cursor cursor = engine_.cursor();
  for (std::uint64_t i = 0; i <= kKeys * 2 + 1; ++i) {
    cursor.seek(numbered_key(i));
    const auto wanted = rows_.lower_bound(numbered_key(i));
    ASSERT_EQ(cursor.valid(), wanted != rows_.end()) << i;
    if (!cursor.valid()) continue;
    EXPECT_EQ(cursor.key(), wanted->first);
    EXPECT_EQ(cursor.value(), wanted->second);
  }
}

TEST_P(CursorOver, seeks_to_the_last_row_that_is_not_above_the_key) {
  Cursor cursor = engine_.cursor();
  for (std::uint64_t i = 0; i <= kKeys * 2 + 1; ++i) {
    cursor.seek_for_previous(numbered_key(i));
    auto wanted = rows_.upper_bound(numbered_key(i));
    ASSERT_EQ(cursor.valid(), wanted != rows_.begin()) << i;
    if (!cursor.valid()) continue;
    --wanted;
    EXPECT_EQ(cursor.key(), wanted->first);
    EXPECT_EQ(cursor.value(), wanted->second);
  }
}

TEST_P(CursorOver, turns_round_on_any_row) {
  Random random(7);
  Cursor cursor = engine_.cursor();
  cursor.seek_to_first();
  auto wanted = rows_.begin();
  for (int step = 0; step < 2000; ++step) {
    ASSERT_TRUE(cursor.valid());
    ASSERT_EQ(cursor.key(), wanted->first) << "step " << step;
    ASSERT_EQ(cursor.value(), wanted->second);
    // Wanders upwards a little more often than down, so that it gets everywhere.
    const bool up = random.below(100) < (step < 1000 ? 60u : 40u);
    if (up && std::next(wanted) != rows_.end()) {
      ++wanted;
      cursor.next();
    } else if (!up && wanted != rows_.begin()) {
      --wanted;
      cursor.previous();
    }
  }
}

TEST_P(CursorOver, turns_round_after_every_kind_of_seek) {
  Cursor cursor = engine_.cursor();
  for (std::uint64_t i = 0; i <= kKeys * 2; i += 3) {
    const std::string key = numbered_key(i);
    cursor.seek(key);
    const auto at_or_above = rows_.lower_bound(key);
    if (cursor.valid() && at_or_above != rows_.begin()) {
      cursor.previous();
      ASSERT_TRUE(cursor.valid());
      EXPECT_EQ(cursor.key(), std::prev(at_or_above)->first);
    }
    cursor.seek_for_previous(key);
    const auto above = rows_.upper_bound(key);
    if (cursor.valid() && above != rows_.end()) {
      cursor.next();
      ASSERT_TRUE(cursor.valid());
      EXPECT_EQ(cursor.key(), above->first);
    }
  }
}

TEST_P(CursorOver, keeps_within_both_bounds_in_both_directions) {
  const std::string lower = numbered_key(61);
  const std::string upper = numbered_key(160);
  const Rows wanted(rows_.lower_bound(lower), rows_.lower_bound(upper));
  EXPECT_EQ(rows_of(engine_, {.lower_bound = lower, .upper_bound = upper}), wanted);
  EXPECT_EQ(rows_of(engine_, {.lower_bound = lower, .upper_bound = upper, .reverse = true}),
            Rows(wanted.rbegin(), wanted.rend()));
}

TEST_P(CursorOver, excludes_a_row_that_is_the_upper_bound_and_includes_one_that_is_the_lower) {
  const auto first = std::next(rows_.begin(), 5);
  const auto last = std::next(rows_.begin(), 9);
  const ScanOptions options{.lower_bound = first->first, .upper_bound = last->first};
  EXPECT_EQ(rows_of(engine_, options), Rows(first, last));
  ScanOptions backwards = options;
  backwards.reverse = true;
  const Rows wanted(first, last);
  EXPECT_EQ(rows_of(engine_, backwards), Rows(wanted.rbegin(), wanted.rend()));
}

TEST_P(CursorOver, narrows_to_a_prefix) {
  // Keys look like key000042, so this is the block from 100 to 199.
  const Rows wanted(rows_.lower_bound("key0001"), rows_.lower_bound("key0002"));
  EXPECT_EQ(rows_of(engine_, {.prefix = "key0001"}), wanted);
  EXPECT_EQ(rows_of(engine_, {.prefix = "key0001", .reverse = true}),
            Rows(wanted.rbegin(), wanted.rend()));
  EXPECT_THAT(rows_of(engine_, {.prefix = "kez"}), IsEmpty());
}

TEST_P(CursorOver, stops_at_its_limit_in_both_directions) {
  const Rows all = expected();
  const Rows backwards = expected_backwards();
  for (const std::ptrdiff_t limit : {1, 2, 7}) {
    const auto count = static_cast<std::size_t>(limit);
    EXPECT_EQ(rows_of(engine_, {.limit = count}), Rows(all.begin(), all.begin() + limit));
    EXPECT_EQ(rows_of(engine_, {.limit = count, .reverse = true}),
              Rows(backwards.begin(), backwards.begin() + limit));
  }
  EXPECT_EQ(rows_of(engine_, {.limit = 100000}), all);
}

TEST_P(CursorOver, seeks_outside_of_its_bounds_are_clamped_to_them) {
  const std::string lower = numbered_key(60);
  const std::string upper = numbered_key(160);
  const auto first = rows_.lower_bound(lower);
  const auto last = std::prev(rows_.lower_bound(upper));
  Cursor cursor = engine_.cursor({.lower_bound = lower, .upper_bound = upper});
  cursor.seek("a");
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.key(), first->first);
  cursor.seek_for_previous("z");
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.key(), last->first);
  cursor.seek_for_previous(upper);
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.key(), last->first);
  cursor.seek("z");
  EXPECT_FALSE(cursor.valid());
  cursor.seek(upper);
  EXPECT_FALSE(cursor.valid());
  cursor.seek_for_previous("a");
  EXPECT_FALSE(cursor.valid());
  EXPECT_FALSE(cursor.error().has_value());
}

TEST_P(CursorOver, shows_its_moment_whatever_is_written_after) {
  Cursor cursor = engine_.cursor();
  const Rows wanted = expected();
  ASSERT_THAT(engine_.remove_range("key0000", "key0001"), Succeeds());
  for (std::uint64_t i = 0; i < kKeys * 2; i += 5) {
    ASSERT_THAT(engine_.put(numbered_key(i), "newer"), Succeeds());
  }
  Rows seen;
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    seen.emplace_back(cursor.key(), cursor.value());
  }
  EXPECT_EQ(seen, wanted);
  EXPECT_NE(rows_of(engine_), wanted);
}

class CursorOfEngine : public ::testing::Test {
 protected:
  void put(const std::vector<std::string>& keys) {
    for (const std::string& key : keys) ASSERT_THAT(engine_.put(key, "of " + key), Succeeds());
  }
  ScratchDirectory scratch_;
  StorageEngine engine_ = open_small(scratch_ / "db");
};

TEST_F(CursorOfEngine, over_nothing_is_never_valid) {
  Cursor cursor = engine_.cursor();
  EXPECT_FALSE(cursor.valid());
  cursor.seek_to_first();
  EXPECT_FALSE(cursor.valid());
  cursor.seek_to_last();
  EXPECT_FALSE(cursor.valid());
  cursor.seek("a");
  EXPECT_FALSE(cursor.valid());
  cursor.seek_for_previous("a");
  EXPECT_FALSE(cursor.valid());
  EXPECT_FALSE(cursor.error().has_value());
}

TEST_F(CursorOfEngine, starts_before_the_first_row) {
  put({"a"});
  EXPECT_FALSE(engine_.cursor().valid());
}

TEST_F(CursorOfEngine, with_turned_around_bounds_shows_nothing) {
  put({"a", "b", "c"});
  EXPECT_THAT(rows_of(engine_, {.lower_bound = "c", .upper_bound = "a"}), IsEmpty());
  EXPECT_THAT(rows_of(engine_, {.lower_bound = "b", .upper_bound = "b"}), IsEmpty());
  EXPECT_THAT(rows_of(engine_, {.lower_bound = "c", .upper_bound = "a", .reverse = true}),
              IsEmpty());
}

TEST_F(CursorOfEngine, prefix_and_bounds_hold_together) {
  put({"a1", "b1", "b2", "b3", "c1"});
  EXPECT_THAT(keys_of(engine_, {.prefix = "b", .lower_bound = "b2"}), ElementsAre("b2", "b3"));
  EXPECT_THAT(keys_of(engine_, {.prefix = "b", .upper_bound = "b3"}), ElementsAre("b1", "b2"));
  EXPECT_THAT(keys_of(engine_, {.prefix = "b", .lower_bound = "a", .upper_bound = "d"}),
              ElementsAre("b1", "b2", "b3"));
  EXPECT_THAT(keys_of(engine_, {.prefix = "b", .lower_bound = "c"}), IsEmpty());
}

TEST_F(CursorOfEngine, a_prefix_of_the_largest_bytes_has_no_end_and_still_works) {
  put({"\xfe", "\xff", "\xff\xff", "\xff\xff\xff", "a"});
  EXPECT_THAT(keys_of(engine_, {.prefix = "\xff\xff"}), ElementsAre("\xff\xff", "\xff\xff\xff"));
  EXPECT_THAT(keys_of(engine_, {.prefix = "\xff", .reverse = true}),
              ElementsAre("\xff\xff\xff", "\xff\xff", "\xff"));
  ASSERT_THAT(engine_.compact_range(), Succeeds());
  EXPECT_THAT(keys_of(engine_, {.prefix = "\xff\xff"}), ElementsAre("\xff\xff", "\xff\xff\xff"));
  EXPECT_THAT(keys_of(engine_, {.prefix = "\xff", .reverse = true}),
              ElementsAre("\xff\xff\xff", "\xff\xff", "\xff"));
}

TEST_F(CursorOfEngine, a_limit_counts_from_the_last_seek) {
  put({"a", "b", "c", "d"});
  Cursor cursor = engine_.cursor({.limit = 2});
  for (int pass = 0; pass < 2; ++pass) {
    cursor.seek("b");
    ASSERT_TRUE(cursor.valid());
    cursor.next();
    ASSERT_TRUE(cursor.valid());
    EXPECT_EQ(cursor.key(), "c");
    cursor.next();
    EXPECT_FALSE(cursor.valid());
  }
}

TEST_F(CursorOfEngine, bounds_are_copied_when_it_is_made) {
  put({"a", "b", "c"});
  std::string lower = "b";
  Cursor cursor = engine_.cursor({.lower_bound = lower});
  lower = "x";
  cursor.seek_to_first();
  ASSERT_TRUE(cursor.valid());
  EXPECT_EQ(cursor.key(), "b");
}

TEST_F(CursorOfEngine, can_be_moved_between_steps) {
  put({"a", "b", "c"});
  Cursor cursor = engine_.cursor();
  cursor.seek_to_first();
  Cursor moved = std::move(cursor);
  moved.next();
  ASSERT_TRUE(moved.valid());
  EXPECT_EQ(moved.key(), "b");
  Cursor other = engine_.cursor();
  other = std::move(moved);
  other.next();
  EXPECT_EQ(other.key(), "c");
}

TEST_F(CursorOfEngine, reads_the_keyspace_that_it_is_told) {
  const Keyspace names = engine_.create_keyspace("names").value();
  put({"a"});
  ASSERT_THAT(engine_.put(names, "n", "Ada"), Succeeds());
  EXPECT_THAT(keys_of(engine_, {.keyspace = &names}), ElementsAre("n"));
  EXPECT_THAT(keys_of(engine_), ElementsAre("a"));
}

TEST_F(CursorOfEngine, over_a_dropped_keyspace_is_refused_with_closed) {
  const Keyspace names = engine_.create_keyspace("names").value();
  ASSERT_THAT(engine_.drop_keyspace(names), Succeeds());
  Cursor cursor = engine_.cursor({.keyspace = &names});
  cursor.seek_to_first();
  EXPECT_FALSE(cursor.valid());
  ASSERT_TRUE(cursor.error().has_value());
  EXPECT_EQ(cursor.error()->code(), Errc::closed);
}

TEST_F(CursorOfEngine, with_a_snapshot_of_another_engine_is_refused) {
  StorageEngine other = open_small(scratch_ / "other");
  const Snapshot theirs = other.snapshot();
  Cursor cursor = engine_.cursor({.snapshot = &theirs});
  cursor.seek_to_first();
  EXPECT_FALSE(cursor.valid());
  ASSERT_TRUE(cursor.error().has_value());
  EXPECT_EQ(cursor.error()->code(), Errc::invalid_argument);
}

TEST_F(CursorOfEngine, goes_on_through_flush_and_compaction) {
  for (std::uint64_t i = 0; i < 200; ++i) put({numbered_key(i)});
  Cursor cursor = engine_.cursor();
  cursor.seek_to_first();
  for (std::uint64_t i = 0; i < 200; ++i) {
    ASSERT_TRUE(cursor.valid());
    EXPECT_EQ(cursor.key(), numbered_key(i));
    if (i == 50) {
      ASSERT_THAT(engine_.flush(), Succeeds());
    }
    if (i == 100) {
      ASSERT_THAT(engine_.compact_range(), Succeeds());
    }
    cursor.next();
  }
  EXPECT_FALSE(cursor.valid());
}

TEST_F(CursorOfEngine, a_scan_is_a_range_of_pairs) {
  put({"a", "b"});
  std::string text;
  for (const auto& [key, value] : engine_.scan()) {
    text.append(key).append("=").append(value).append(";");
  }
  EXPECT_EQ(text, "a=of a;b=of b;");
}

TEST_F(CursorOfEngine, a_scan_that_ran_to_its_end_has_no_error) {
  put({"a", "b"});
  Scan scan = engine_.scan();
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& row : scan) ++count;
  EXPECT_EQ(count, 2u);
  EXPECT_FALSE(scan.error().has_value());
}

}  // namespace
}  // namespace quartz
