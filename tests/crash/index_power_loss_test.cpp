#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "crash/index_agreement.hpp"
#include "crash/vector_steps.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "storage/engine.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/rocksdb_files.hpp"
#include "support/simulated_disk.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

// More than a quantizer is trained with: an index of fewer is never saved.
constexpr std::size_t kPointsInIndex = 2200;

class IndexPowerLoss : public ::testing::Test {
 protected:
  void open_engine() {
    auto opened = storage::Engine::open("/db", small_config(), files_,
                                        storage::TimeSource::system(), env_.get());
    ASSERT_THAT(opened, Succeeds());
    engine_.emplace(*std::move(opened));
  }
  VectorCollection open_points() {
    return VectorCollection::open(*engine_, "points", crash_collection_config()).value();
  }
  void upsert(VectorCollection& collection, const std::string& id) {
    VectorPoint& point = points_[id];
    point.id = id;
    point.vectors.resize(1);
    for (std::size_t i = 0; i < kCrashDimensions; ++i) {
      point.vectors.front().push_back(static_cast<float>(random_.below(1000)) / 1e3F);
    }
    ASSERT_THAT(collection.upsert(point), Succeeds());
  }

  io::SimulatedDisk disk_;
  io::FaultyFileSystem files_{disk_};
  std::unique_ptr<rocksdb::Env> env_ = rocksdb_env_over(files_);
  std::optional<StorageEngine> engine_;
  std::map<std::string, VectorPoint> points_;
  Random random_{1};
};

TEST_F(IndexPowerLoss, leaves_an_index_that_was_saved) {
  open_engine();
  {
    VectorCollection collection = open_points();
    for (std::size_t i = 0; i < kPointsInIndex; ++i) upsert(collection, std::to_string(i));
    ASSERT_THAT(engine_->sync(), Succeeds());
    ASSERT_THAT(collection.wait_until_indexed(), Succeeds());
  }
  disk_.cut_power(io::PowerCut::losing_all());
  engine_.reset();
  disk_.restore_power();
  open_engine();
  const VectorCollection collection = open_points();
  EXPECT_EQ(collection.statistics().opened_by, "loaded");
  expect_index_agrees(collection, points_, random_);
}

// The sequence that the index file vouches for is then another write's.
TEST_F(IndexPowerLoss, takes_no_point_from_the_index_that_the_log_has_lost) {
  open_engine();
  {
    VectorCollection collection = open_points();
    for (std::size_t i = 0; i < kPointsInIndex; ++i) upsert(collection, std::to_string(i));
    ASSERT_THAT(engine_->sync(), Succeeds());
    ASSERT_THAT(collection.wait_until_indexed(), Succeeds());
    const auto surviving = points_;
    upsert(collection, "lost");
    points_ = surviving;
    ASSERT_THAT(collection.wait_until_indexed(), Succeeds());
    files_.fail(io::Operation::sync_data, 1, Errc::io_error, io::FaultLength::for_ever, "/log/");
  }  // With the collection goes its index to the disk, if it may.
  EXPECT_FALSE(engine_->close());
  disk_.cut_power(io::PowerCut::losing_all());
  engine_.reset();
  disk_.restore_power();
  files_.clear_faults();
  open_engine();
  ASSERT_THAT(engine_->put("key", "in place of the lost point"), Succeeds());
  const VectorCollection collection = open_points();
  EXPECT_EQ(collection.count(), kPointsInIndex);
  expect_index_agrees(collection, points_, random_);
}

}  // namespace
}  // namespace quartz
