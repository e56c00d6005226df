#include <atomic>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
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

// One thread writes, a fixed number of times; others do something else until it has finished.
class EngineConcurrency : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kKeys = 50;
  static constexpr std::uint64_t kWrites = 3000;

  static StorageConfig config() {
    StorageConfig config = small_config();
    config.memtable_bytes = config.segment_bytes * 4;
    config.cache_size = 64;
    config.compaction_threshold = 2;
    return config;
  }
  void meanwhile(std::function<void()> work) {
    threads_.emplace_back([this, work = std::move(work)] {
      while (!finished_ && !::testing::Test::HasFailure()) work();
    });
  }
  // Calls `write` with 1 to `kWrites`, then waits for all that was started.
  void write_and_join(const std::function<Result<void>(std::uint64_t)>& write) {
    for (std::uint64_t i = 1; i <= kWrites && !::testing::Test::HasFailure(); ++i) {
      EXPECT_THAT(write(i), Succeeds());
    }
    finished_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  // What runs beside the writer in the background of every test here.
  void flush_and_compact() {
    meanwhile([this] {
      EXPECT_THAT(engine_.flush(), Succeeds());
      EXPECT_THAT(engine_.compact_range(), Succeeds());
    });
  }
  static std::uint64_t number(const std::optional<std::string>& text) {
    return text ? std::strtoull(text->c_str(), nullptr, 10) : 0;
  }
  static std::string padded(std::uint64_t number) {
    std::string text = std::to_string(number);
    text.resize(text.size() + 200, ' ');
    return text;
  }

  ScratchDirectory scratch_;
  StorageEngine engine_ = open_small(scratch_ / "db", config());
  std::atomic<bool> finished_{false};
  std::vector<std::thread> threads_;
};

TEST_F(EngineConcurrency, a_reader_never_sees_a_key_go_back) {
  for (int reader = 0; reader < 2; ++reader) {
    meanwhile([this, seen = std::vector<std::uint64_t>(kKeys), random = Random(7)]() mutable {
      const std::uint64_t key = random.below(kKeys);
      const auto value = engine_.get(numbered_key(key), {.fill_cache = random.one_in(2)});
      ASSERT_THAT(value, Succeeds());
      const std::uint64_t now = number(*value);
      ASSERT_GE(now, seen[key]) << numbered_key(key);
      seen[key] = now;
    });
  }
  flush_and_compact();
  write_and_join(
      [this](std::uint64_t i) { return engine_.put(numbered_key(i % kKeys), padded(i)); });
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    EXPECT_GT(number(engine_.get(numbered_key(key)).value()), kWrites - kKeys);
  }
}

TEST_F(EngineConcurrency, a_batch_is_seen_whole_by_multi_get_snapshot_and_cursor) {
  const std::vector<std::string_view> both = {"left", "right"};
  meanwhile([&] {
    const auto values = engine_.multi_get(both);
    ASSERT_THAT(values, Succeeds());
    ASSERT_EQ((*values)[0], (*values)[1]);
  });
  meanwhile([&] {
    const Snapshot snapshot = engine_.snapshot();
    ASSERT_EQ(read(engine_, "left", {.snapshot = &snapshot}),
              read(engine_, "right", {.snapshot = &snapshot}));
  });
  meanwhile([&] {
    const Rows rows = rows_of(engine_, {.lower_bound = "left", .upper_bound = "righu"});
    ASSERT_NE(rows.size(), 1u);
    ASSERT_LE(rows.size(), 2u);
    if (rows.size() == 2) {
      ASSERT_EQ(rows[0].second, rows[1].second);
    }
  });
  flush_and_compact();
  write_and_join([this](std::uint64_t i) {
    WriteBatch batch;
    if (i % 10 == 0) {
      batch.remove("left").remove("right");
    } else {
      batch.put("left", padded(i)).put("right", padded(i));
    }
    return engine_.write(batch);
  });
}

TEST_F(EngineConcurrency, a_held_snapshot_does_not_change) {
  meanwhile([this] {
    const Snapshot snapshot = engine_.snapshot();
    const Rows first = rows_of(engine_, {.snapshot = &snapshot});
    const Rows second = rows_of(engine_, {.snapshot = &snapshot});
    ASSERT_EQ(first, second);
    for (const auto& [key, value] : first) {
      ASSERT_EQ(read(engine_, key, {.snapshot = &snapshot}), value);
    }
  });
  flush_and_compact();
  write_and_join([this](std::uint64_t i) {
    const std::string key = numbered_key(i * 7 % kKeys);
    if (i % 5 == 0) return engine_.remove(key);
    if (i % 97 == 0) return engine_.remove_range(numbered_key(10), numbered_key(20));
    return engine_.put(key, padded(i));
  });
}

TEST_F(EngineConcurrency, pinned_values_stay_as_they_were_read) {
  meanwhile([this, random = Random(3)]() mutable {
    std::vector<PinnedValue> held;
    std::vector<std::string> copies;
    for (int i = 0; i < 20; ++i) {
      auto value = engine_.get_pinned(numbered_key(random.below(kKeys)));
      ASSERT_THAT(value, Succeeds());
      if (!*value) continue;
      copies.emplace_back((*value)->view());
      held.push_back(**std::move(value));
    }
    for (std::size_t i = 0; i < held.size(); ++i) ASSERT_EQ(held[i].view(), copies[i]);
  });
  flush_and_compact();
  write_and_join(
      [this](std::uint64_t i) { return engine_.put(numbered_key(i % kKeys), padded(i)); });
}

TEST_F(EngineConcurrency, a_cursor_walks_both_ways_over_what_is_rewritten) {
  meanwhile([this] {
    Cursor cursor = engine_.cursor();
    std::vector<std::string> there;
    for (cursor.seek_to_first(); cursor.valid(); cursor.next()) there.emplace_back(cursor.key());
    ASSERT_FALSE(cursor.error().has_value());
    std::vector<std::string> back;
    for (cursor.seek_to_last(); cursor.valid(); cursor.previous()) back.emplace_back(cursor.key());
    ASSERT_EQ(there, std::vector<std::string>(back.rbegin(), back.rend()));
  });
  flush_and_compact();
  write_and_join([this](std::uint64_t i) {
    const std::string key = numbered_key(i * 13 % kKeys);
    return i % 3 == 0 ? engine_.remove(key) : engine_.put(key, padded(i));
  });
}

TEST_F(EngineConcurrency, several_writers_lose_no_write_and_share_syncs) {
  constexpr std::uint64_t kWriters = 4;
  constexpr std::uint64_t kEach = 300;
  const auto before = engine_.statistics();
  for (std::uint64_t writer = 0; writer < kWriters; ++writer) {
    threads_.emplace_back([this, writer] {
      for (std::uint64_t i = 0; i < kEach; ++i) {
        const auto durability = i % 10 == 0 ? Durability::disk : Durability::process;
        ASSERT_THAT(
            engine_.put(numbered_key(writer * kEach + i), padded(i), {.durability = durability}),
            Succeeds());
      }
    });
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  EXPECT_EQ(keys_of(engine_).size(), kWriters * kEach);
  const auto after = engine_.statistics();
  EXPECT_EQ(after.visible_sequence - before.visible_sequence, kWriters * kEach);
  // Flushes wait for syncs as well.
  EXPECT_GE(after.log_synced_writes - before.log_synced_writes, kWriters * kEach / 10);
}

TEST_F(EngineConcurrency, keyspaces_come_and_go_beside_readers_and_writers) {
  const Keyspace lasting = engine_.create_keyspace("lasting").value();
  meanwhile([this] {
    const Keyspace passing = engine_.create_keyspace("passing").value();
    ASSERT_THAT(engine_.put(passing, "key", "value"), Succeeds());
    ASSERT_EQ(read(engine_, passing, "key"), "value");
    ASSERT_THAT(engine_.drop_keyspace(passing), Succeeds());
    ASSERT_THAT(engine_.get(passing, "key"), FailsWith(Errc::closed));
  });
  meanwhile([this] { ASSERT_GE(engine_.keyspaces().size(), 2u); });
  meanwhile([this] { ASSERT_GE(engine_.statistics().keyspaces.size(), 2u); });
  write_and_join(
      [&](std::uint64_t i) { return engine_.put(lasting, numbered_key(i % kKeys), padded(i)); });
  EXPECT_EQ(keys_of(engine_, {.keyspace = &lasting}).size(), kKeys);
}

TEST_F(EngineConcurrency, checkpoints_taken_beside_a_writer_hold_a_prefix_of_its_writes) {
  std::atomic<int> taken{0};
  threads_.emplace_back([&] {
    for (int i = 0; i < 3; ++i) {
      ASSERT_THAT(engine_.checkpoint(scratch_ / ("copy" + std::to_string(i))), Succeeds());
      ++taken;
    }
  });
  std::uint64_t written = 0;
  while (taken < 3 && !::testing::Test::HasFailure()) {
    ASSERT_THAT(engine_.put(numbered_key(written), padded(written)), Succeeds());
    ++written;
  }
  for (std::thread& thread : threads_) thread.join();
  for (int i = 0; i < 3; ++i) {
    const auto keys = keys_of(open_small(scratch_ / ("copy" + std::to_string(i))));
    ASSERT_LE(keys.size(), written);
    // Without a gap: the last key of n rows is the n-th that was written.
    if (!keys.empty()) {
      EXPECT_EQ(keys.back(), numbered_key(keys.size() - 1));
    }
  }
}

}  // namespace
}  // namespace quartz
