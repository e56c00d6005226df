#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using Row = std::optional<std::string>;

// Keys whose newest row is in one of several memtables, in the cache, in the levels alone, removed
// or nowhere; many more than are brought near at a time.
class EngineMultiGet : public ::testing::Test {
 protected:
  static constexpr int kKeys = 100;
  static constexpr int kRounds = 6;

  EngineMultiGet() {
    for (int i = 0; i < kKeys; ++i) names_.push_back(fmt::format("key {:03}", i));
    keys_.assign(names_.begin(), names_.end());
    write_round(0);
    EXPECT_THAT(engine_.compact_range(), Succeeds());
  }

  // Each round writes fewer keys; the last of seven is never written.
  void write_round(int round) {
    for (int i = 0; i < kKeys; ++i) {
      const std::string value = fmt::format("round {}", round);
      if (i % 7 < kRounds - round) {
        EXPECT_THAT(engine_.put(names_[at(i)], value), Succeeds());
      }
      if (i % 13 == round) {
        EXPECT_THAT(engine_.remove(names_[at(i)]), Succeeds());
      }
    }
    fill_active_memtable(engine_, filler_);
  }

  void expect_the_same_one_by_one(const ReadOptions& options) {
    const std::vector<Row> together = engine_.multi_get(keys_, options).value();
    ASSERT_EQ(together.size(), names_.size());
    for (std::size_t i = 0; i < names_.size(); ++i) {
      EXPECT_EQ(together[i], engine_.get(keys_[i], options).value()) << names_[i];
    }
  }

  static std::size_t at(int i) { return static_cast<std::size_t>(i); }

  ScratchDirectory scratch_;
  StorageEngine engine_ = open_small(scratch_ / "db");
  Keyspace filler_ = engine_.create_keyspace("filler").value();
  std::vector<std::string> names_;
  std::vector<std::string_view> keys_;
};

TEST_F(EngineMultiGet, answers_each_key_as_get_does_wherever_its_row_is) {
  for (int round = 1; round < kRounds; ++round) write_round(round);
  for (int i = 0; i < kKeys; i += 3) ASSERT_THAT(engine_.get(keys_[at(i)]), Succeeds());
  expect_the_same_one_by_one({});
}

TEST_F(EngineMultiGet, answers_at_a_snapshot_what_was_there_then) {
  write_round(1);
  write_round(2);
  const Snapshot snapshot = engine_.snapshot();
  const std::vector<Row> then = engine_.multi_get(keys_).value();
  for (int round = 3; round < kRounds; ++round) write_round(round);
  ASSERT_THAT(engine_.multi_get(keys_), Succeeds());
  EXPECT_EQ(engine_.multi_get(keys_, {.snapshot = &snapshot}).value(), then);
  expect_the_same_one_by_one({.snapshot = &snapshot});
}

}  // namespace
}  // namespace quartz
