#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "storage/engine.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"
#include "support/waiting_threads.hpp"

namespace quartz {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EngineCheckpoint : public ::testing::Test {
 protected:
  EngineCheckpoint() {
    files_.watch([this](io::Operation operation, const io::Path& path) {
      const bool publishes =
          operation == io::Operation::rename && path.native().ends_with(".partial");
      if (publishes && before_publication_ && !published_.exchange(true)) before_publication_();
    });
  }
  StorageEngine open(const std::string& name) {
    return StorageEngine(storage::Engine::open(scratch_ / name, small_config(), files_).value());
  }
  static void put_rows(StorageEngine& engine) {
    for (std::uint64_t i = 0; i < 200; ++i) {
      ASSERT_THAT(engine.put(numbered_key(i), std::string(100, 'v')), Succeeds());
    }
  }
  // Names in the directory that the databases and the copies are in.
  std::vector<std::string> names() const {
    return io::posix_file_system().list(scratch_.path()).value();
  }

  ScratchDirectory scratch_;
  std::function<void()> before_publication_;  // Once, of the first copy.
  std::atomic<bool> published_{false};
  io::FaultyFileSystem files_{io::posix_file_system()};
};

TEST_F(EngineCheckpoint, a_slash_behind_its_name_makes_no_difference) {
  StorageEngine engine = open("db");
  put_rows(engine);
  ASSERT_THAT(engine.checkpoint(scratch_ / "copy" / ""), Succeeds());
  EXPECT_THAT(names(), ElementsAre("copy", "db"));
  EXPECT_THAT(engine.checkpoint(scratch_ / "copy" / ""), FailsWith(Errc::already_exists));
  EXPECT_EQ(keys_of(open("copy")).size(), 200u);
}

TEST_F(EngineCheckpoint, that_cannot_get_its_name_leaves_nothing_behind) {
  StorageEngine engine = open("db");
  put_rows(engine);
  before_publication_ = [this] { files_.fail(io::Operation::rename, 1, Errc::io_error); };
  EXPECT_THAT(engine.checkpoint(scratch_ / "copy"), FailsWith(Errc::io_error));
  EXPECT_THAT(names(), ElementsAre("db"));
  EXPECT_THAT(engine.checkpoint(scratch_ / "copy"), Succeeds());
}

TEST_F(EngineCheckpoint, of_two_into_one_place_the_first_is_whole_and_the_other_is_told_so) {
  StorageEngine engine = open("db");
  put_rows(engine);
  Result<void> second;
  std::thread other;
  before_publication_ = [&] {
    other = std::thread([&] { second = engine.checkpoint(scratch_ / "copy"); });
    wait_until_others_are_waiting();
  };
  EXPECT_THAT(engine.checkpoint(scratch_ / "copy"), Succeeds());
  other.join();
  EXPECT_THAT(second, FailsWith(Errc::already_exists, HasSubstr("copy")));
  EXPECT_THAT(names(), ElementsAre("copy", "db"));
  EXPECT_EQ(keys_of(open("copy")).size(), 200u);
}

TEST_F(EngineCheckpoint, of_two_databases_into_one_place_one_is_whole_and_the_other_is_told_so) {
  StorageEngine engine = open("db");
  StorageEngine other = open("other");
  put_rows(other);
  before_publication_ = [&] { EXPECT_THAT(other.checkpoint(scratch_ / "copy"), Succeeds()); };
  EXPECT_THAT(engine.checkpoint(scratch_ / "copy"),
              FailsWith(Errc::already_exists, HasSubstr("copy")));
  EXPECT_THAT(names(), ElementsAre("copy", "db", "other"));
  EXPECT_EQ(keys_of(open("copy")).size(), 200u);
}

}  // namespace
}  // namespace quartz
