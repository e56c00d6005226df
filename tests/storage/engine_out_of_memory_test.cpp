#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "storage/engine.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/rocksdb_files.hpp"
#include "support/sanitizers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

// Sanitizers have allocation functions of their own.
#if !QUARTZ_UNDER_ADDRESS_SANITIZER && !QUARTZ_UNDER_THREAD_SANITIZER

namespace {

enum class ShortageLength : std::uint8_t { once, lasting };

// What allocations of this thread meet.
struct Shortage {
  std::uint64_t granted_before = 0;
  ShortageLength length = ShortageLength::once;
  std::uint64_t refused = 0;
};
thread_local Shortage* shortage = nullptr;

bool is_refused() noexcept {
  if (shortage == nullptr) return false;
  if (shortage->granted_before > 0) {
    --shortage->granted_before;
    return false;
  }
  return shortage->refused++ == 0 || shortage->length == ShortageLength::lasting;
}

}  // namespace

// Not to be seen through by the compiler, which would then miss the other half of each pair.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* const memory = is_refused() ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory != nullptr) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace quartz {
namespace {

using ::testing::AnyOf;

const Rows kBefore = {{"a", "old"}, {"m", "old"}, {"z", "old"}};
const Rows kAfter = {{"a", "new"}, {"z", "new"}};

// A database to which a batch is written while memory is short. Memory for the index of a removed
// range is the one that is asked for by `new`; that of the operations around it is there.
class EngineOutOfMemory : public ::testing::TestWithParam<ShortageLength> {
 protected:
  struct Outcome {
    bool met = false;           // Whether any memory was refused.
    bool acknowledged = false;  // Whether the batch was.
  };

  // For each allocation of a write in turn. `use` gets a new database with the rows of before.
  template <class Use>
  void for_each_refusal(const StorageConfig& config, const Use& use) {
    std::uint64_t cases = 0;
    for (bool met = true; met; ++cases) {
      SCOPED_TRACE(cases);
      directory_ = scratch_ / ("db" + std::to_string(cases));
      ASSERT_TRUE(open(config));
      second_ = engine_->create_keyspace("second").value();
      met = use(cases).met;
      ASSERT_FALSE(HasFailure());
      engine_.reset();
    }
    EXPECT_GT(cases, 1u) << "nothing was refused";
  }
  bool open(const StorageConfig& config) {
    second_.reset();
    engine_.reset();
    auto opened = storage::Engine::open(directory_, config, files_, storage::TimeSource::system(),
                                        env_.get());
    EXPECT_THAT(opened, Succeeds());
    if (opened) engine_.emplace(*std::move(opened));
    return engine_.has_value();
  }
  void put_rows() {
    for (const auto& [key, value] : kBefore) ASSERT_THAT(engine_->put(key, value), Succeeds());
  }

  Outcome write(const WriteBatch& batch, std::uint64_t granted_before) {
    Shortage here{.granted_before = granted_before, .length = GetParam()};
    Outcome outcome;
    shortage = &here;
    try {
      outcome.acknowledged = engine_->write(batch).has_value();
    } catch (const std::bad_alloc&) {
      outcome.acknowledged = false;  // There was none for an error either.
    }
    shortage = nullptr;
    outcome.met = here.refused > 0;
    return outcome;
  }
  // The second of its keyspaces has no other row.
  Outcome write_batch(std::uint64_t granted_before) {
    WriteBatch batch;
    batch.put(*second_, "key", "new").put("a", "new").remove_range("m", "n").put("z", "new");
    return write(batch, granted_before);
  }

  // Whether the batch is there.
  bool expect_whole_or_absent(const Outcome& outcome) {
    const Rows rows = rows_of(*engine_);
    EXPECT_THAT(rows, AnyOf(kBefore, kAfter));
    const Keyspace second = engine_->keyspace("second").value();
    EXPECT_EQ(read(*engine_, second, "key"), rows == kAfter ? "new" : "(none)");
    if (outcome.acknowledged) {
      EXPECT_EQ(rows, kAfter);
    }
    return rows == kAfter;
  }

  ScratchDirectory scratch_;
  io::FaultyFileSystem files_{io::posix_file_system()};
  const std::unique_ptr<rocksdb::Env> env_ = rocksdb_env_over(files_);
  std::filesystem::path directory_;
  std::optional<StorageEngine> engine_;
  std::optional<Keyspace> second_;
};

INSTANTIATE_TEST_SUITE_P(Shortage, EngineOutOfMemory,
                         ::testing::Values(ShortageLength::once, ShortageLength::lasting),
                         [](const auto& length) {
                           return length.param == ShortageLength::once ? "once" : "lasting";
                         });

TEST_P(EngineOutOfMemory, leaves_a_batch_whole_or_absent_also_where_a_flush_follows) {
  for_each_refusal(small_config(), [this](std::uint64_t granted_before) {
    put_rows();
    const Outcome outcome = write_batch(granted_before);
    const bool seen = expect_whole_or_absent(outcome);
    if (const auto flushed = engine_->flush(); !flushed) {
      EXPECT_FALSE(outcome.acknowledged);
      EXPECT_THAT(flushed, FailsWith(Errc::reopen_required));
      EXPECT_THAT(engine_->put("b", "1"), FailsWith(Errc::reopen_required));
      EXPECT_TRUE(engine_->statistics().writes_stopped);
    }
    EXPECT_EQ(expect_whole_or_absent(outcome), seen);
    if (!open(small_config())) return outcome;
    expect_whole_or_absent(outcome);
    EXPECT_THAT(engine_->flush(), Succeeds());
    return outcome;
  });
}

TEST_P(EngineOutOfMemory, leaves_a_database_that_opens_although_the_flush_that_follows_fails) {
  for_each_refusal(small_config(), [this](std::uint64_t granted_before) {
    put_rows();
    const Outcome outcome = write_batch(granted_before);
    files_.fail(io::Operation::open, 1, Errc::io_error, io::FaultLength::for_ever, "/ingest/");
    EXPECT_FALSE(engine_->flush().has_value());
    engine_.reset();
    files_.clear_faults();
    if (open(small_config())) expect_whole_or_absent(outcome);
    return outcome;
  });
}

// Reading a record of the log whose keyspace is gone would be damage.
TEST_P(EngineOutOfMemory, leaves_a_database_that_opens_although_its_keyspace_is_dropped_then) {
  for_each_refusal(small_config(), [this](std::uint64_t granted_before) {
    WriteBatch batch;
    batch.remove_range(*second_, "m", "n");
    const Outcome outcome = write(batch, granted_before);
    const auto dropped = engine_->drop_keyspace(*second_);
    if (outcome.acknowledged) {
      EXPECT_THAT(dropped, Succeeds());
    }
    open(small_config());
    return outcome;
  });
}

TEST_P(EngineOutOfMemory, without_a_log_leaves_a_close_all_that_was_acknowledged_and_no_half) {
  StorageConfig config = small_config();
  config.enable_wal = false;
  for_each_refusal(config, [&](std::uint64_t granted_before) {
    put_rows();
    const Outcome outcome = write_batch(granted_before);
    EXPECT_THAT(engine_->close(), Succeeds());
    if (open(config)) expect_whole_or_absent(outcome);
    return outcome;
  });
}

}  // namespace
}  // namespace quartz

#endif
