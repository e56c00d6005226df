// What becomes of writers when a compaction fails that they count on.

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "storage/engine.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/rocksdb_files.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz::storage {
namespace {

using io::FaultLength;
using io::Operation;

// Far more than a writer takes that is told, and than a machine takes a breath for.
constexpr std::chrono::seconds kPatience(60);

class FailedCompaction : public ::testing::Test {
 protected:
  StorageEngine open() {
    return StorageEngine(
        Engine::open(scratch_ / "db", small_config(), faulty_, TimeSource::system(), env_.get())
            .value());
  }

  // Writes until it is refused.
  static Error refusal_of(StorageEngine& engine) {
    for (std::uint64_t i = 0;; ++i) {
      auto put = engine.put("later" + std::to_string(i % 100), std::string(1000, 'v'));
      if (!put) return std::move(put).error();
    }
  }

  ScratchDirectory scratch_;
  io::FaultyFileSystem faulty_{io::posix_file_system()};
  std::unique_ptr<rocksdb::Env> env_ = rocksdb_env_over(faulty_);
};

TEST_F(FailedCompaction, refuses_the_writers_that_wait_for_the_room_it_would_have_made) {
  std::optional<StorageEngine> engine = open();
  ASSERT_THAT(engine->stop_compaction(), Succeeds());
  for (std::uint64_t i = 0; i <= small_config().level0_files_max; ++i) {
    ASSERT_THAT(engine->put("before", std::to_string(i)), Succeeds());
    ASSERT_THAT(engine->flush(), Succeeds());
  }
  // Tables that a compaction writes; those of flushes are written elsewhere.
  faulty_.fail(Operation::write, 1, Errc::io_error, FaultLength::for_ever, "levels/0");
  ASSERT_THAT(engine->start_compaction(), Succeeds());
  auto refused = std::async(std::launch::async, [&] { return refusal_of(*engine); });
  if (refused.wait_for(kPatience) != std::future_status::ready) {
    ADD_FAILURE() << "a writer waits for what will never come";
    static_cast<void>(engine->close());
  }
  EXPECT_EQ(refused.get().code(), Errc::reopen_required);
  EXPECT_EQ(read(*engine, "before"), std::to_string(small_config().level0_files_max));
  EXPECT_TRUE(engine->statistics().writes_stopped);
  engine.reset();

  faulty_.clear_faults();
  engine.emplace(open());
  EXPECT_EQ(read(*engine, "before"), std::to_string(small_config().level0_files_max));
  EXPECT_THAT(engine->put("after", "1"), Succeeds());
}

}  // namespace
}  // namespace quartz::storage
