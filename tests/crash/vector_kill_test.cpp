#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "crash/index_agreement.hpp"
#include "crash/steps.hpp"
#include "crash/vector_steps.hpp"
#include "crash/vector_writer.hpp"
#include "crash/victim.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "support/corrupt_file.hpp"
#include "support/number_from_environment.hpp"
#include "support/result_matchers.hpp"
#include "support/sanitizers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// What each writer was told is safe, kept outside of the processes that are killed.
class VectorLedger {
 public:
  std::uint64_t next_step(std::uint32_t writer) const { return writers_[writer].steps; }
  std::uint64_t acknowledged() const { return acknowledged_; }

  void acknowledge(const Acknowledgement& one) {
    Writer& writer = writers_.at(one.writer);
    // Steps are acknowledged in their order.
    ASSERT_EQ(one.step, writer.steps);
    VectorStep(one.writer, one.step).apply_to(writer.stored);
    ++writer.steps;
    ++acknowledged_;
  }
  // Every writer's points and keys are those after its last acknowledged step, or after the one
  // that it was about to make.
  void compare(const StorageEngine& engine, const VectorCollection& collection) {
    auto points = collection.scroll({.limit = kSearchResultsMax});
    ASSERT_THAT(points, Succeeds());
    std::array<WriterPoints, kVectorWritersMax> found;
    for (std::uint32_t number = 0; number < kVectorWritersMax; ++number) {
      const std::string prefix = key_prefix(number);
      for (auto& [key, value] : rows_of(engine, {.prefix = prefix})) {
        found[number].keys[key] = value;
      }
      for (const VectorPoint& point : *points) {
        if (point.id.starts_with(prefix)) found[number].points[point.id] = point;
      }
      Writer& writer = writers_[number];
      if (found[number] == writer.stored) continue;
      VectorStep(number, writer.steps).apply_to(writer.stored);
      ASSERT_TRUE(found[number] == writer.stored)
          << "writer " << number << " was acknowledged " << writer.steps << " steps; "
          << found[number].points.size() << " points and " << found[number].keys.size()
          << " keys were found, " << writer.stored.points.size() << " and "
          << writer.stored.keys.size() << " expected";
      ++writer.steps;
    }
  }
  // All points of the collection.
  std::map<std::string, VectorPoint> points() const {
    std::map<std::string, VectorPoint> all;
    for (const Writer& writer : writers_) {
      all.insert(writer.stored.points.begin(), writer.stored.points.end());
    }
    return all;
  }

 private:
  struct Writer {
    std::uint64_t steps = 0;
    WriterPoints stored;
  };

  std::array<Writer, kVectorWritersMax> writers_;
  std::uint64_t acknowledged_ = 0;
};

// Cuts the index file of the database short, or flips a bit of it; false if there is none.
bool damage_index_file(const std::filesystem::path& database, Random& random) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(database / "vectors", none)) {
    const std::uint64_t bytes = entry.file_size();
    // Others are what a killed process has left of a file that it was writing.
    if (entry.path().extension() != ".index" || bytes == 0) continue;
    if (random.one_in(2)) {
      truncate_file(entry.path(), random.below(bytes));
    } else {
      flip_bit(entry.path(), random.below(bytes), static_cast<unsigned>(random.below(8)));
    }
    return true;
  }
  return false;
}

class VectorKillTest : public testing::Test {
 protected:
  VectorWriterOrder random_order() {
    VectorWriterOrder order;
    order.directory = database_;
    order.seed = random_.next();
    const std::uint64_t writers = 1 + random_.below(kVectorWritersMax);
    for (std::uint32_t i = 0; i < writers; ++i) order.next_steps.push_back(ledger_.next_step(i));
    if (random_.one_in(2)) {
      order.ending = random_.one_in(2) ? Ending::save : Ending::close;
      order.steps = 1 + random_.below(60);
    }
    return order;
  }

  // Some die while they open, most in the middle of their work, or while they save the index.
  void kill_a_writer() {
    const VectorWriterOrder order = random_order();
    Victim victim(kWriteVectorsUntilKilled, order.to_arguments());
    std::size_t reports = 1 + (random_.one_in(3) ? random_.below(800) : random_.below(150));
    microseconds delay(0);
    if (order.ending != Ending::none) {
      reports = 2 + order.next_steps.size() * order.steps;
      // Behind the ending, or in the middle of it.
      if (random_.one_in(2)) {
        ++reports;
      } else {
        delay = microseconds(random_.below(random_.one_in(2) ? 4000 : 30'000));
      }
    }
    const milliseconds deadline(random_.one_in(8) ? random_.below(100) : 5000);
    for (const Acknowledgement& one : victim.kill_after(reports, deadline, delay)) {
      if (one.event == Event::step) ledger_.acknowledge(one);
    }
    ASSERT_TRUE(victim.was_killed());
  }

  // Dies while it loads the index and compares it, or trains another one.
  void kill_an_opener() {
    VectorWriterOrder order;
    order.directory = database_;
    Victim victim(kWriteVectorsUntilKilled, order.to_arguments());
    static_cast<void>(
        victim.kill_after(1, milliseconds(2000), microseconds(random_.below(10'000))));
    ASSERT_TRUE(victim.was_killed());
  }

  void check(const std::filesystem::path& directory) {
    const bool damaged = random_.one_in(4) && damage_index_file(directory, random_);
    StorageEngine engine = open_small(directory, vector_writer_config());
    const auto collection = open_crash_collection(engine);
    ASSERT_THAT(collection, Succeeds());
    const std::string opened_by = collection->statistics().opened_by;
    ++opened_by_[opened_by.substr(0, opened_by.find(':'))];
    SCOPED_TRACE(opened_by);
    EXPECT_FALSE(damaged && opened_by.starts_with("loaded"));
    ledger_.compare(engine, *collection);
    if (HasFailure()) return;
    expect_index_agrees(*collection, ledger_.points(), random_);
    if (!random_.one_in(3)) return;
    ASSERT_THAT(collection->wait_until_indexed(), Succeeds());
    expect_index_agrees(*collection, ledger_.points(), random_);
  }

  ScratchDirectory scratch_;
  const std::filesystem::path database_ = scratch_ / "db";
  Random random_{0};
  VectorLedger ledger_;
  std::map<std::string, int> opened_by_;
};

// One collection through QUARTZ_CRASH_CYCLES kills, with the seed QUARTZ_CRASH_SEED.
TEST_F(VectorKillTest, loses_no_acknowledged_point_and_leaves_the_index_in_step_with_the_points) {
  const std::uint64_t cycles =
      number_from_environment("QUARTZ_CRASH_CYCLES", kUnderSanitizer ? 8 : 24);
  const std::uint64_t seed = number_from_environment("QUARTZ_CRASH_SEED", 20240229);
  std::cout << "QUARTZ_CRASH_CYCLES=" << cycles << " QUARTZ_CRASH_SEED=" << seed << '\n';
  random_ = Random(seed);
  for (std::uint64_t cycle = 0; cycle < cycles && !HasFailure(); ++cycle) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    kill_a_writer();
    // Before anybody has looked.
    while (!HasFailure() && random_.one_in(4)) kill_an_opener();
    if (HasFailure()) return;
    if (random_.one_in(2)) {
      check(database_);
      // Damage that the next writer finds.
      if (random_.one_in(6)) static_cast<void>(damage_index_file(database_, random_));
    } else {
      // So that an index file also goes through several crashes without being written again.
      std::filesystem::remove_all(scratch_ / "copy");
      copy_database(database_, scratch_ / "copy");
      check(scratch_ / "copy");
    }
  }
  std::cout << ledger_.acknowledged() << " steps were acknowledged\n";
  for (const auto& [how, times] : opened_by_) {
    std::cout << "opened " << times << " times: " << how << '\n';
  }
  EXPECT_GT(ledger_.acknowledged(), cycles);
}

}  // namespace
}  // namespace quartz
