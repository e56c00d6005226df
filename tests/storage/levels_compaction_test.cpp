#include <algorithm>
#include <atomic>
#include <filesystem>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "storage/levels.hpp"
#include "storage/levels_fixture.hpp"
#include "support/held_table_files.hpp"
#include "support/waiting_threads.hpp"

namespace quartz::storage {
namespace {

using testing::HasSubstr;

// Events as the observer told them, and a way to wait for one.
class Observed {
 public:
  LevelsObserver observer() {
    return {.compacted =
                [this](const CompactionEvent& event) {
                  const MutexLock lock(mutex_);
                  keyspaces_.emplace_back(event.keyspace);
                  input_bytes_ += event.input_bytes;
                  told_.notify_all();
                },
            .failed =
                [this](const Error& error) {
                  const MutexLock lock(mutex_);
                  errors_.push_back(error.to_string());
                  told_.notify_all();
                }};
  }
  /// The keyspace of compaction number `index`, once it has happened.
  std::string wait_for_compaction(std::size_t index = 0) {
    const MutexLock lock(mutex_);
    while (keyspaces_.size() <= index) told_.wait(mutex_);
    return keyspaces_[index];
  }
  std::size_t compactions() {
    const MutexLock lock(mutex_);
    return keyspaces_.size();
  }
  std::uint64_t input_bytes() {
    const MutexLock lock(mutex_);
    return input_bytes_;
  }
  std::vector<std::string> errors() {
    const MutexLock lock(mutex_);
    return errors_;
  }

 private:
  Mutex mutex_;
  CondVar told_;
  std::vector<std::string> keyspaces_ QUARTZ_GUARDED_BY(mutex_);
  std::uint64_t input_bytes_ QUARTZ_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> errors_ QUARTZ_GUARDED_BY(mutex_);
};

class LevelsCompactionTest : public LevelsTest {
 protected:
  // Overlapping tables, so that all but the first stay in level 0.
  void ingest_overlapping(int tables, KeyspaceId keyspace = 0) {
    for (int i = 0; i < tables; ++i) {
      ingest({{"a", std::to_string(i)}, {"k" + std::to_string(i), "x"}, {"z", "z"}}, {}, keyspace);
    }
  }

  // Compactions come one by one, and not each of them takes from level 0.
  void wait_until_level_0_is_below(std::uint64_t files) {
    for (std::size_t i = 0; levels->debt().level0_files >= files; ++i) {
      observed.wait_for_compaction(i);
    }
  }

  Observed observed;
};

TEST_F(LevelsCompactionTest, overlapping_tables_pile_up_in_level_0_while_compaction_is_off) {
  open();
  ingest_overlapping(9);
  EXPECT_GE(levels->debt().level0_files, 8u);
  EXPECT_EQ(levels->debt().level0_files, files_at(0));
}

TEST_F(LevelsCompactionTest, reaching_the_threshold_starts_a_compaction_that_empties_level_0) {
  options.start_compaction = true;
  options.compaction_threshold = 3;
  options.observer = observed.observer();
  open();
  ingest_overlapping(4);
  wait_until_level_0_is_below(3);
  EXPECT_EQ(observed.wait_for_compaction(), "default");
  EXPECT_GT(observed.input_bytes(), 0u);
  EXPECT_EQ(scan(), "a=3 k0=x k1=x k2=x k3=x z=z ");
}

TEST_F(LevelsCompactionTest, starting_works_off_what_piled_up_before) {
  options.observer = observed.observer();
  open();
  ingest_overlapping(9);
  EXPECT_EQ(observed.compactions(), 0u);
  levels->start_compaction().value();
  wait_until_level_0_is_below(4);
  EXPECT_EQ(get("a"), "8");
}

TEST_F(LevelsCompactionTest, after_a_stop_nothing_is_compacted) {
  options.start_compaction = true;
  options.observer = observed.observer();
  open();
  levels->stop_compaction().value();
  ingest_overlapping(9);
  EXPECT_GE(levels->debt().level0_files, 8u);
  EXPECT_EQ(observed.compactions(), 0u);
}

TEST_F(LevelsCompactionTest, a_new_keyspace_takes_part_in_start_and_stop) {
  options.start_compaction = true;
  options.observer = observed.observer();
  open();
  levels->stop_compaction().value();
  levels->create_keyspace(1, "orders").value();
  ingest_overlapping(9, 1);
  EXPECT_GE(levels->debt().level0_files, 8u);
  EXPECT_EQ(observed.compactions(), 0u);
  levels->start_compaction().value();
  EXPECT_EQ(observed.wait_for_compaction(), "orders");
}

TEST_F(LevelsCompactionTest, debt_is_that_of_the_keyspace_with_most_level_0_files) {
  open();
  levels->create_keyspace(1, "orders").value();
  ingest_overlapping(3);
  ingest_overlapping(7, 1);
  EXPECT_EQ(levels->debt().level0_files, files_at(0, "orders"));
  EXPECT_GT(levels->debt().level0_files, files_at(0, "default"));
}

TEST_F(LevelsCompactionTest, compact_range_moves_everything_to_the_last_level_even_when_stopped) {
  options.observer = observed.observer();
  open();
  ingest_overlapping(5);
  levels->compact_range(0, {}, {}).value();
  EXPECT_EQ(levels->debt().level0_files, 0u);
  EXPECT_EQ(files_at(6), 1u);
  EXPECT_EQ(levels->debt().pending_compaction_bytes, 0u);
  EXPECT_GE(observed.compactions(), 1u);
  EXPECT_EQ(scan(), "a=4 k0=x k1=x k2=x k3=x k4=x z=z ");
}

TEST_F(LevelsCompactionTest, compact_range_with_bounds_leaves_the_rest_alone) {
  open();
  ingest({{"a", "1"}, {"b", "1"}});
  ingest({{"a", "2"}});
  ingest({{"x", "1"}, {"y", "1"}});
  ingest({{"x", "2"}});
  const std::uint64_t before = files_at(0);
  levels->compact_range(0, "x", "z").value();
  EXPECT_LT(files_at(0), before);
  EXPECT_GT(files_at(0), 0u);
  EXPECT_EQ(scan(), "a=2 b=1 x=2 y=1 ");
}

TEST_F(LevelsCompactionTest, compact_range_of_an_unknown_keyspace_is_not_found) {
  open();
  EXPECT_THAT(levels->compact_range(5, {}, {}), FailsWith(Errc::not_found, HasSubstr("5")));
}

TEST_F(LevelsCompactionTest, a_full_compaction_drops_tombstones_and_what_they_hide) {
  open();
  ingest(numbered_rows(1000));
  ingest({}, {{"key000000", "key000990"}});
  levels->compact_range(0, {}, {}).value();
  EXPECT_EQ(levels->statistics()[0].estimated_keys, 10u);
  EXPECT_EQ(get("key000989"), "(none)");
  EXPECT_NE(get("key000990"), "(none)");
}

class LevelsHeldCompactionTest : public LevelsCompactionTest {
 protected:
  LevelsHeldCompactionTest() { options.env = env_.get(); }
  void TearDown() override { levels.reset(); }  // Before its files.

  // Those of the metadata, of one row each, are far smaller.
  std::ptrdiff_t tables_with_rows() const {
    const auto all = table_files();
    return std::count_if(all.begin(), all.end(), [](const std::filesystem::path& table) {
      return std::filesystem::file_size(table) > 8 << 10;
    });
  }

  std::shared_ptr<HeldTableFiles> files = std::make_shared<HeldTableFiles>();

 private:
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(files);
};

TEST_F(LevelsHeldCompactionTest, compact_range_also_drops_what_a_running_compaction_still_keeps) {
  options.start_compaction = true;
  options.compaction_threshold = 1;
  options.table_file_bytes = 64 << 10;
  options.max_level_size = 100;  // All fits into the last level.
  open();
  ingest(numbered_rows(5000));
  auto before = levels->snapshot();
  files->creations.hold();
  ingest({}, {{"key000000", "key004990"}});
  files->creations.wait_until_held();
  // It is kept for this one, which is gone by the time of the next.
  before.reset();
  std::latch begun(1);
  std::thread releasing([&, compacting = ::gettid()] {
    begun.wait();
    while (!is_waiting(compacting)) std::this_thread::yield();
    files->creations.release();
  });
  begun.count_down();
  EXPECT_THAT(levels->compact_range(0, {}, {}), Succeeds());
  releasing.join();
  EXPECT_EQ(levels->statistics()[0].estimated_keys, 10u);
}

TEST_F(LevelsHeldCompactionTest, tables_that_a_reader_kept_are_removed_when_asked_for) {
  open();
  ingest(numbered_rows(100));
  ingest(numbered_rows(100));
  files->reads.hold();
  std::thread reader([this] {
    HeldTableFiles::hold_my_reads();
    EXPECT_NE(get("key000000"), "(none)");
  });
  files->reads.wait_until_held();
  EXPECT_THAT(levels->compact_range(0, {}, {}), Succeeds());
  files->reads.release();
  reader.join();
  EXPECT_THAT(levels->remove_obsolete_tables(), Succeeds());
  EXPECT_EQ(tables_with_rows(), 1);
}

TEST_F(LevelsCompactionTest, a_large_level_is_split_into_files_of_the_configured_size) {
  options.table_file_bytes = 64 << 10;
  open();
  ingest(numbered_rows(5000));
  ingest({{"key000000", "new"}, {"key004999", "new"}});
  levels->compact_range(0, {}, {}).value();
  EXPECT_GE(files_at(6), 5u);
}

TEST_F(LevelsCompactionTest, nothing_is_told_once_the_levels_are_gone) {
  options.start_compaction = true;
  options.observer = observed.observer();
  open();
  const auto keeps_it_open = levels->snapshot();
  ingest_overlapping(9);
  levels.reset();
  const std::size_t told = observed.compactions();
  EXPECT_EQ(observed.compactions(), told);
}

TEST_F(LevelsCompactionTest, damage_met_by_a_compaction_is_told_and_ends_ingests) {
  options.observer = observed.observer();
  open();
  ingest(numbered_rows(2000));
  ingest(numbered_rows(2000));
  levels.reset();
  flip_bit(table_files().back(), 5000);
  open();
  EXPECT_THAT(levels->compact_range(0, {}, {}),
              FailsWith(Errc::corruption, HasSubstr(table_files().back().filename().string())));
  ASSERT_FALSE(observed.errors().empty());
  EXPECT_THAT(observed.errors().front(), HasSubstr("corruption"));
  EXPECT_THAT(levels->ingest({}, 9), FailsWith(Errc::corruption));
  EXPECT_EQ(levels->applied_sequence(), 2u);
}

TEST_F(LevelsCompactionTest, readers_ingests_and_compactions_run_side_by_side) {
  options.start_compaction = true;
  options.compaction_threshold = 2;
  open();
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done.load(std::memory_order_acquire)) {
      const auto at = levels->snapshot();
      const std::string once = forward(levels->iterate(0, at, {}).value());
      EXPECT_EQ(forward(levels->iterate(0, at, {}).value()), once);
      EXPECT_EQ(get_at(*at, "a"), once.empty() ? "(none)" : once.substr(2, once.find(' ') - 2));
    }
  });
  ingest_overlapping(25);
  done.store(true, std::memory_order_release);
  reader.join();
  EXPECT_EQ(get("a"), "24");
}

TEST_F(LevelsCompactionTest, a_checkpoint_opens_by_itself_and_stays_as_it_was) {
  open();
  levels->create_keyspace(1, "orders").value();
  ingest({{"a", "1"}});
  ingest({{"o", "1"}}, {}, 1);
  const auto copy = scratch / "copy";
  EXPECT_EQ(levels->checkpoint(copy).value(), 2u);
  ingest({{"a", "2"}});
  levels->compact_range(0, {}, {}).value();

  LevelsOptions of_copy = options;
  of_copy.directory = copy;
  of_copy.ingest_directory = scratch / "ingest_of_copy";
  auto opened = Levels::open(of_copy).value();
  EXPECT_EQ(opened->applied_sequence(), 2u);
  EXPECT_EQ(opened->get(0, "a", *opened->snapshot()).value()->view(), "1");
  EXPECT_EQ(opened->get(1, "o", *opened->snapshot()).value()->view(), "1");
  EXPECT_EQ(get("a"), "2");
}

TEST_F(LevelsCompactionTest, a_checkpoint_into_an_existing_directory_is_refused) {
  open();
  ingest({{"a", "1"}});
  EXPECT_THAT(levels->checkpoint(ingest_directory()),
              FailsWith(Errc::already_exists, HasSubstr("ingest")));
}

}  // namespace
}  // namespace quartz::storage
