#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class EngineClose : public ::testing::Test {
 protected:
  // Whether the directory can be opened by somebody else now.
  Result<void> try_open() {
    auto opened = StorageEngine::open(scratch_ / "db", small_config());
    if (!opened) return std::move(opened).error();
    return {};
  }

  ScratchDirectory scratch_;
  std::optional<StorageEngine> engine_{open_small(scratch_ / "db")};
};

TEST_F(EngineClose, frees_the_directory) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  ASSERT_THAT(engine_->close(), Succeeds());
  EXPECT_EQ(read(open_small(scratch_ / "db"), "key"), "value");
}

TEST_F(EngineClose, is_done_by_the_destructor) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  engine_.reset();
  EXPECT_EQ(read(open_small(scratch_ / "db"), "key"), "value");
}

TEST_F(EngineClose, a_second_time_answers_closed) {
  ASSERT_THAT(engine_->close(), Succeeds());
  EXPECT_THAT(engine_->close(), FailsWith(Errc::closed, HasSubstr("db")));
}

TEST_F(EngineClose, makes_every_operation_answer_closed) {
  const Keyspace names = engine_->create_keyspace("names").value();
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  ASSERT_THAT(engine_->close(), Succeeds());
  const auto closed = FailsWith(Errc::closed);
  const std::vector<std::string_view> keys = {"key"};
  std::string value;
  EXPECT_THAT(engine_->put("key", "value"), closed);
  EXPECT_THAT(engine_->put(names, "key", "value"), closed);
  EXPECT_THAT(engine_->remove("key"), closed);
  EXPECT_THAT(engine_->remove_range("a", "z"), closed);
  EXPECT_THAT(engine_->remove_range("z", "a"), closed);
  EXPECT_THAT(engine_->write(WriteBatch().put("key", "value")), closed);
  EXPECT_THAT(engine_->write(WriteBatch()), closed);
  EXPECT_THAT(engine_->put("key", "value", {.durability = Durability::disk}), closed);
  EXPECT_THAT(engine_->get("key"), closed);
  EXPECT_THAT(engine_->get_into("key", value), closed);
  EXPECT_THAT(engine_->get_pinned("key"), closed);
  EXPECT_THAT(engine_->multi_get(keys), closed);
  EXPECT_THAT(engine_->multi_get({}), closed);
  EXPECT_THAT(engine_->contains("key"), closed);
  EXPECT_THAT(engine_->create_keyspace("more"), closed);
  EXPECT_THAT(engine_->drop_keyspace(names), closed);
  EXPECT_THAT(engine_->flush(), closed);
  EXPECT_THAT(engine_->sync(), closed);
  EXPECT_THAT(engine_->start_compaction(), closed);
  EXPECT_THAT(engine_->stop_compaction(), closed);
  EXPECT_THAT(engine_->compact_range(), closed);
  EXPECT_THAT(engine_->checkpoint(scratch_ / "copy"), closed);
}

TEST_F(EngineClose, leaves_what_needs_no_error_answering_something_harmless) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  ASSERT_THAT(engine_->close(), Succeeds());
  EXPECT_EQ(engine_->statistics().puts, 1u);
  EXPECT_EQ(engine_->default_keyspace().name(), "default");
  EXPECT_EQ(engine_->directory(), scratch_ / "db");
  const Snapshot snapshot = engine_->snapshot();
  EXPECT_THAT(engine_->get("key", {.snapshot = &snapshot}), FailsWith(Errc::closed));
  Scan scan = engine_->scan();
  EXPECT_TRUE(scan.begin() == scan.end());
  ASSERT_TRUE(scan.error().has_value());
  EXPECT_EQ(scan.error()->code(), Errc::closed);
  Cursor cursor = engine_->cursor();
  cursor.seek_to_first();
  EXPECT_FALSE(cursor.valid());
  EXPECT_EQ(cursor.error()->code(), Errc::closed);
}

TEST_F(EngineClose, with_an_open_cursor_is_busy_and_says_how_many) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  std::optional<Cursor> cursor = engine_->cursor();
  std::optional<Snapshot> snapshot = engine_->snapshot();
  EXPECT_THAT(engine_->close(),
              FailsWith(Errc::busy, AllOf(HasSubstr("1 snapshots"), HasSubstr("1 cursors"))));
  EXPECT_THAT(try_open(), FailsWith(Errc::busy, HasSubstr("LOCK")));
  cursor.reset();
  EXPECT_THAT(try_open(), FailsWith(Errc::busy));
  snapshot.reset();
  EXPECT_THAT(try_open(), Succeeds());
}

TEST_F(EngineClose, makes_a_cursor_on_a_row_answer_closed_at_its_next_move) {
  ASSERT_THAT(engine_->put("a", "1"), Succeeds());
  ASSERT_THAT(engine_->compact_range(), Succeeds());
  ASSERT_THAT(engine_->put("b", "2"), Succeeds());
  Cursor cursor = engine_->cursor();
  cursor.seek_to_first();
  ASSERT_TRUE(cursor.valid());
  EXPECT_THAT(engine_->close(), FailsWith(Errc::busy));
  // It may still be looked at where it stands.
  EXPECT_EQ(cursor.key(), "a");
  EXPECT_EQ(cursor.value(), "1");
  cursor.next();
  EXPECT_FALSE(cursor.valid());
  ASSERT_TRUE(cursor.error().has_value());
  EXPECT_EQ(cursor.error()->code(), Errc::closed);
  cursor.seek_to_first();
  EXPECT_FALSE(cursor.valid());
  EXPECT_EQ(cursor.error()->code(), Errc::closed);
}

TEST_F(EngineClose, makes_a_snapshot_answer_closed) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  const Snapshot snapshot = engine_->snapshot();
  EXPECT_THAT(engine_->close(), FailsWith(Errc::busy));
  EXPECT_THAT(engine_->get("key", {.snapshot = &snapshot}), FailsWith(Errc::closed));
  EXPECT_EQ(snapshot.sequence(), 1u);
}

TEST_F(EngineClose, leaves_handles_that_outlive_even_the_engine_safe_to_use) {
  ASSERT_THAT(engine_->put("a", "1"), Succeeds());
  ASSERT_THAT(engine_->compact_range(), Succeeds());
  Cursor cursor = engine_->cursor();
  cursor.seek_to_first();
  Snapshot snapshot = engine_->snapshot();
  const Keyspace keyspace = engine_->default_keyspace();
  engine_.reset();
  EXPECT_EQ(cursor.key(), "a");
  cursor.next();
  EXPECT_FALSE(cursor.valid());
  EXPECT_EQ(cursor.error()->code(), Errc::closed);
  EXPECT_EQ(keyspace.name(), "default");
  Snapshot moved = std::move(snapshot);
  EXPECT_EQ(moved.sequence(), 1u);
}

TEST_F(EngineClose, lets_the_directory_go_with_the_last_handle_after_the_engine_itself) {
  std::optional<Snapshot> snapshot = engine_->snapshot();
  engine_.reset();
  EXPECT_THAT(try_open(), FailsWith(Errc::busy, HasSubstr("LOCK")));
  snapshot.reset();
  EXPECT_THAT(try_open(), Succeeds());
}

TEST_F(EngineClose, leaves_values_pinned_in_levels_and_memory_unchanged) {
  const std::string value(1000, 'v');
  ASSERT_THAT(engine_->put("in levels", value), Succeeds());
  ASSERT_THAT(engine_->flush(), Succeeds());
  // The flushed memtable stays readable; after a reopen the row is in the levels only.
  engine_.reset();
  engine_.emplace(open_small(scratch_ / "db"));
  ASSERT_THAT(engine_->put("in memory", value), Succeeds());
  auto in_levels = engine_->get_pinned("in levels", {.fill_cache = false}).value();
  auto in_memory = engine_->get_pinned("in memory").value();
  EXPECT_THAT(engine_->close(), FailsWith(Errc::busy, HasSubstr("1 pinned")));
  engine_.reset();
  EXPECT_EQ(in_levels->view(), value);
  EXPECT_EQ(in_memory->view(), value);
  in_levels.reset();
  // A value in a memtable holds memory only. What comes after must not write into it.
  {
    StorageEngine next = open_small(scratch_ / "db");
    const Keyspace filler = next.create_keyspace("filler").value();
    for (int i = 0; i < 10; ++i) fill_active_memtable(next, filler);
    ASSERT_THAT(next.compact_range(), Succeeds());
    EXPECT_EQ(in_memory->view(), value);
  }
  EXPECT_EQ(in_memory->view(), value);
}

TEST_F(EngineClose, without_a_log_flushes_what_was_written) {
  engine_.reset();
  StorageConfig config = small_config();
  config.enable_wal = false;
  {
    StorageEngine engine = open_small(scratch_ / "db", config);
    for (std::uint64_t i = 0; i < 500; ++i) {
      ASSERT_THAT(engine.put(numbered_key(i), std::string(300, 'v')), Succeeds());
    }
    ASSERT_THAT(engine.close(), Succeeds());
  }
  EXPECT_EQ(keys_of(open_small(scratch_ / "db", config)).size(), 500u);
  EXPECT_EQ(keys_of(open_small(scratch_ / "db")).size(), 500u);
}

TEST_F(EngineClose, while_others_read_and_write_ends_them_with_closed_and_nothing_else) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  ASSERT_THAT(engine_->compact_range(), Succeeds());
  std::atomic<int> running{0};
  std::vector<std::thread> threads;
  const auto until_closed = [&](auto operation) {
    threads.emplace_back([&running, operation] {
      ++running;
      for (;;) {
        const Result<void> result = operation();
        if (result) continue;
        EXPECT_EQ(result.error().code(), Errc::closed) << result.error().to_string();
        return;
      }
    });
  };
  const auto without_value = [](auto result) {
    return result ? Result<void>() : Result<void>(std::move(result).error());
  };
  StorageEngine& engine = *engine_;
  until_closed([&] { return without_value(engine.get("key", {.fill_cache = false})); });
  until_closed([&] { return without_value(engine.get_pinned("absent")); });
  until_closed([&] { return engine.put("key", "value"); });
  until_closed([&] { return engine.put("key", "value", {.durability = Durability::disk}); });
  until_closed([&] { return engine.flush(); });
  until_closed([&]() -> Result<void> {
    const Snapshot snapshot = engine.snapshot();
    return without_value(engine.get("key", {.snapshot = &snapshot}));
  });
  until_closed([&]() -> Result<void> {
    Cursor cursor = engine.cursor();
    for (cursor.seek_to_first(); cursor.valid(); cursor.next()) continue;
    if (cursor.error()) return *cursor.error();
    return {};
  });
  while (running < static_cast<int>(threads.size())) std::this_thread::yield();
  const auto closed = engine.close();
  // A cursor or snapshot of another thread may have been open at that moment.
  if (!closed) {
    EXPECT_EQ(closed.error().code(), Errc::busy);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(try_open(), Succeeds());
}

TEST_F(EngineClose, and_reopen_many_times_keeps_everything) {
  for (int round = 0; round < 15; ++round) {
    ASSERT_THAT(engine_->put("key" + std::to_string(round), std::to_string(round)), Succeeds());
    engine_.reset();
    engine_.emplace(open_small(scratch_ / "db"));
  }
  for (int round = 0; round < 15; ++round) {
    EXPECT_EQ(read(*engine_, "key" + std::to_string(round)), std::to_string(round));
  }
}

}  // namespace
}  // namespace quartz
