#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/vector_collection.hpp"
#include "storage/engine.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/rocksdb_files.hpp"
#include "support/simulated_disk.hpp"
#include "support/small_engine.hpp"
#include "vector/sample_collection.hpp"

namespace quartz {
namespace {

using testing::_;

class VectorCollectionDropTest : public testing::Test {
 protected:
  static constexpr std::size_t kDimensions = 4;

  VectorCollectionDropTest() {
    engine_.emplace(storage::Engine::open("/db", small_config(), files_,
                                          storage::TimeSource::system(), env_.get())
                        .value());
  }
  VectorCollection open() {
    return VectorCollection::open(*engine_, "docs",
                                  {.dimensions = kDimensions,
                                   .metric = Metric::l2,
                                   .index = {.m = 4, .ef_construction = 20}})
        .value();
  }
  void upsert(VectorCollection& docs, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      ASSERT_THAT(docs.upsert(std::to_string(i), random_vector(random_, kDimensions)), Succeeds());
    }
  }

  io::SimulatedDisk disk_;
  io::FaultyFileSystem files_{disk_};
  std::unique_ptr<rocksdb::Env> env_ = rocksdb_env_over(files_);
  std::optional<StorageEngine> engine_;
  Random random_{1};
};

TEST_F(VectorCollectionDropTest, a_collection_whose_file_could_not_be_removed_goes_on_working) {
  VectorCollection docs = open();
  upsert(docs, 0, 2100);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  files_.fail(io::Operation::remove, 1, Errc::io_error, io::FaultLength::once, "/vectors/");
  ASSERT_THAT(VectorCollection::drop(*engine_, "docs"), FailsWith(Errc::io_error, _));
  upsert(docs, 2100, 2200);
  ASSERT_THAT(open().wait_until_indexed(), Succeeds());
  EXPECT_EQ(docs.count(), 2200u);
  EXPECT_THAT(VectorCollection::drop(*engine_, "docs"), Succeeds());
  EXPECT_THAT(docs.upsert("late", random_vector(random_, kDimensions)), FailsWith(Errc::closed, _));
}

TEST_F(VectorCollectionDropTest, a_collection_whose_keyspace_could_not_be_dropped_goes_on_working) {
  VectorCollection docs = open();
  upsert(docs, 0, 2100);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  ASSERT_THAT(docs.save_index(), Succeeds());
  // The disk is full for what the drop has to flush. A flush is tried again, which must not be
  // faster than the drop.
  ASSERT_THAT(engine_->flush(), Succeeds());
  upsert(docs, 2100, 2101);
  files_.fail(io::Operation::write, 1, Errc::no_space, io::FaultLength::for_ever, "/ingest/");
  ASSERT_THAT(VectorCollection::drop(*engine_, "docs"), FailsWith(Errc::no_space, _));
  EXPECT_GE(files_.faults(), 1u);
  files_.clear_faults();
  // Writes are refused until the engine has asked how much is free.
  while (!docs.upsert("first", random_vector(random_, kDimensions))) std::this_thread::yield();
  upsert(docs, 2101, 2200);
  ASSERT_THAT(open().wait_until_indexed(), Succeeds());
  EXPECT_EQ(docs.count(), 2201u);
  // Its index can be saved again as well.
  ASSERT_THAT(docs.save_index(), Succeeds());
  EXPECT_THAT(VectorCollection::drop(*engine_, "docs"), Succeeds());
  EXPECT_THAT(disk_.list("/db/vectors").value(), testing::IsEmpty());
}

}  // namespace
}  // namespace quartz
