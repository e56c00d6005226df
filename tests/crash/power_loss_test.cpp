#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "storage/engine.hpp"
#include "support/faulty_file_system.hpp"
#include "support/hand_clock.hpp"
#include "support/result_matchers.hpp"
#include "support/rocksdb_files.hpp"
#include "support/simulated_disk.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

// An engine on a disk that keeps what was synced and nothing else.
class PowerLoss : public ::testing::Test {
 protected:
  void open(const std::filesystem::path& directory, bool create = true,
            storage::TimeSource time = storage::TimeSource::system()) {
    StorageConfig config = small_config();
    config.create_if_missing = create;
    auto opened = storage::Engine::open(directory, config, disk_, std::move(time), env_.get());
    ASSERT_THAT(opened, Succeeds());
    engine_.emplace(*std::move(opened));
  }
  void cut_power(const io::PowerCut& cut = io::PowerCut::losing_all()) {
    disk_.cut_power(cut);
    engine_.reset();
    disk_.restore_power();
  }

  io::SimulatedDisk disk_;
  std::unique_ptr<rocksdb::Env> env_ = rocksdb_env_over(disk_);
  std::optional<StorageEngine> engine_;
};

TEST_F(PowerLoss, a_new_database_survives_with_every_directory_that_was_made_for_it) {
  for (const char* directory : {"/a/b/db", "/a/slash/", "relative/db", "/top"}) {
    open(directory);
    ASSERT_THAT(engine_->put("key", "value", {.durability = Durability::disk}), Succeeds());
    cut_power();
    open(directory, false);
    EXPECT_EQ(read(*engine_, "key"), "value");
    engine_.reset();
  }
}

TEST_F(PowerLoss, a_checkpoint_survives_with_every_directory_that_was_made_for_it) {
  for (const char* copy : {"/copy", "/a/copy", "/b/c/copy", "/d/slash/copy/"}) {
    open("/db");
    ASSERT_THAT(engine_->put("key", "value"), Succeeds());
    ASSERT_THAT(engine_->checkpoint(copy), Succeeds()) << copy;
    cut_power();
    open(copy, false);
    ASSERT_FALSE(HasFailure()) << copy;
    EXPECT_EQ(read(*engine_, "key"), "value") << copy;
    engine_.reset();
  }
}

// Nobody would know where such records belong, so the database could not be opened.
TEST_F(PowerLoss, no_record_survives_without_the_header_of_its_segment) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto directory = fmt::format("/db{}", seed);
    open(directory);
    // Beyond the page that the header is in.
    ASSERT_THAT(engine_->put("key", std::string(20'000, 'v')), Succeeds());
    ASSERT_THAT(engine_->put("next", "value"), Succeeds());
    cut_power({.seed = seed, .pages_kept = 50, .pages_torn = 0, .names_kept = 100});
    open(directory, false);
    engine_.reset();
  }
}

TEST_F(PowerLoss, what_a_segment_held_before_is_not_taken_for_records_that_were_lost) {
  open("/db");
  std::uint64_t recycled = 0;
  // Two rounds more, so that the current segment is one of those that were used before.
  for (int round = 0; round < 40 && recycled < 3; ++round) {
    for (std::uint64_t i = 0; i < 12; ++i) {
      ASSERT_THAT(engine_->put(numbered_key(i), std::string(6'000, 'v')), Succeeds());
    }
    ASSERT_THAT(engine_->flush(), Succeeds());
    recycled = engine_->statistics().log_segments_recycled;
  }
  ASSERT_GE(recycled, 3u);
  ASSERT_THAT(engine_->put("key", "value", {.durability = Durability::disk}), Succeeds());
  cut_power(io::PowerCut::keeping_all());
  open("/db", false);
  EXPECT_EQ(read(*engine_, "key"), "value");
  EXPECT_EQ(engine_->statistics().recovery.dropped_bytes, 0u);
}

// Although the system's clock is set back meanwhile.
TEST_F(PowerLoss, what_had_expired_before_a_close_stays_expired) {
  HandClock clock;
  open("/db", true, clock.source());
  const ExpiryTime at = engine_->now() + std::chrono::minutes(1);
  ASSERT_THAT(engine_->put("key", "value", {.expires_at = at}), Succeeds());
  clock.pass(std::chrono::minutes(2));
  EXPECT_EQ(read(*engine_, "key"), "(none)");
  ASSERT_THAT(engine_->close(), Succeeds());
  cut_power();
  clock.step(-std::chrono::hours(1));
  open("/db", false, clock.source());
  EXPECT_EQ(read(*engine_, "key"), "(none)");
}

/// A database on a simulated disk whose calls can be made to fail.
class FaultyDatabase {
 public:
  io::FaultyFileSystem& files() noexcept { return files_; }
  StorageEngine open() {
    return StorageEngine(storage::Engine::open("/db", small_config(), files_,
                                               storage::TimeSource::system(), env_.get())
                             .value());
  }

 private:
  io::SimulatedDisk disk_;
  io::FaultyFileSystem files_{disk_};
  const std::unique_ptr<rocksdb::Env> env_ = rocksdb_env_over(files_);
};

// Its number is given out again after a reopen, and records in the log would be the next one's.
TEST(DroppedKeyspace, leaves_no_row_to_the_next_one_although_no_flush_succeeded) {
  FaultyDatabase database;
  {
    StorageEngine engine = database.open();
    const Keyspace first = engine.create_keyspace("first").value();
    ASSERT_THAT(engine.put(first, "key", "value", {.durability = Durability::disk}), Succeeds());
    database.files().fail(io::Operation::open, 1, Errc::io_error, io::FaultLength::for_ever,
                          "/ingest/");
    EXPECT_FALSE(engine.drop_keyspace(first));
  }
  database.files().clear_faults();
  {
    StorageEngine engine = database.open();
    EXPECT_THAT(engine.create_keyspace("second"), Succeeds());
  }
  const StorageEngine engine = database.open();
  const Keyspace second = engine.keyspace("second").value();
  EXPECT_THAT(rows_of(engine, {.keyspace = &second}), ::testing::IsEmpty());
}

// The edit may have reached the disk all the same, so the tables that it names must stay.
TEST(ManifestFault, of_one_write_or_sync_ends_flushing_until_a_reopen_and_loses_nothing) {
  for (const io::Operation operation : {io::Operation::write, io::Operation::sync_data}) {
    for (const Errc code : {Errc::io_error, Errc::no_space}) {
      for (std::uint64_t nth = 1; nth <= 3; ++nth) {
        FaultyDatabase database;
        {
          StorageEngine engine = database.open();
          ASSERT_THAT(engine.put("key", "value"), Succeeds());
          database.files().fail(operation, nth, code, io::FaultLength::once, "MANIFEST");
          if (!engine.flush()) {
            EXPECT_FALSE(engine.flush().has_value());
            EXPECT_THAT(engine.put("after", "1"), FailsWith(Errc::reopen_required));
            EXPECT_EQ(read(engine, "key"), "value");
          }
        }
        database.files().clear_faults();
        StorageEngine engine = database.open();
        EXPECT_EQ(read(engine, "key"), "value");
        EXPECT_THAT(engine.flush(), Succeeds());
      }
    }
  }
}

// Whether the keyspace is there is then known at the next open only, and all else is as it was.
TEST(ManifestFault, of_the_creation_or_removal_of_a_keyspace_takes_no_other_row) {
  for (const bool removal : {false, true}) {
    for (const io::Operation operation : {io::Operation::write, io::Operation::sync_data}) {
      for (std::uint64_t nth = 1; nth <= 2; ++nth) {
        SCOPED_TRACE(fmt::format("removal: {}, {}th {}", removal, nth,
                                 operation == io::Operation::write ? "write" : "sync"));
        FaultyDatabase database;
        {
          StorageEngine engine = database.open();
          const Keyspace kept = engine.create_keyspace("kept").value();
          const Keyspace dropped = engine.create_keyspace("dropped").value();
          for (const Keyspace& keyspace : {engine.default_keyspace(), kept, dropped}) {
            ASSERT_THAT(engine.put(keyspace, "key", "value"), Succeeds());
          }
          ASSERT_THAT(engine.flush(), Succeeds());
          ASSERT_THAT(engine.put(kept, "key", "newer"), Succeeds());
          database.files().fail(operation, nth, Errc::io_error, io::FaultLength::once, "MANIFEST");
          const bool failed =
              removal ? !engine.drop_keyspace(dropped) : !engine.create_keyspace("created");
          if (failed) {
            EXPECT_THAT(engine.flush(), FailsWith(Errc::reopen_required));
            EXPECT_FALSE(engine.create_keyspace("another"));
            EXPECT_FALSE(engine.drop_keyspace(kept));
            EXPECT_EQ(read(engine, kept, "key"), "newer");
          }
        }
        database.files().clear_faults();
        StorageEngine engine = database.open();
        EXPECT_EQ(read(engine, "key"), "value");
        EXPECT_EQ(read(engine, engine.keyspace("kept").value(), "key"), "newer");
        if (const auto dropped = engine.keyspace("dropped"); dropped && !removal) {
          EXPECT_EQ(read(engine, *dropped, "key"), "value");
        }
        EXPECT_TRUE(removal || engine.keyspace("dropped"));
        if (!engine.keyspace("created")) {
          EXPECT_THAT(engine.create_keyspace("created"), Succeeds());
        }
        EXPECT_EQ(read(engine, engine.keyspace("created").value(), "key"), "(none)");
        EXPECT_THAT(engine.flush(), Succeeds());
      }
    }
  }
}

}  // namespace
}  // namespace quartz
