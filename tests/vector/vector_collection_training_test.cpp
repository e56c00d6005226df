#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/vector_collection.hpp"
#include "support/result_matchers.hpp"
#include "vector/sample_collection.hpp"

namespace quartz {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

using Vector = std::vector<float>;

// An index is trained when there are 2,048 vectors.
class VectorCollectionTrainingTest : public VectorCollectionTest {
 protected:
  static constexpr std::size_t kDimensions = 4;

  static VectorCollectionConfig some_config() {
    return {
        .dimensions = kDimensions, .metric = Metric::l2, .index = {.m = 4, .ef_construction = 20}};
  }
  /// Waits until no more than 2,048 places are held by vectors that are gone.
  static void wait_until_renewed(const VectorCollection& docs) {
    while (true) {
      const VectorStatistics now = docs.statistics();
      if (!now.rebuilding && now.vectors_pending < now.vectors + 2048) return;
      std::this_thread::yield();
    }
  }
};

TEST_F(VectorCollectionTrainingTest, a_few_points_that_are_written_again_and_again_take_no_more) {
  constexpr std::size_t kPoints = 100;
  constexpr std::size_t kRounds = 100;
  VectorCollection docs = open(some_config());
  Random random(1);
  std::map<std::string, Vector> vectors;
  std::uint64_t first_bytes = 0;
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < kPoints; ++i) {
      const std::string id = std::to_string(i);
      vectors[id] = random_vector(random, kDimensions);
      ASSERT_THAT(docs.upsert(id, vectors[id], R"({"n":1})"), Succeeds());
    }
    if (round == 0) first_bytes = docs.statistics().memory_bytes;
  }
  wait_until_renewed(docs);
  const VectorStatistics now = docs.statistics();
  EXPECT_EQ(now.points, kPoints);
  EXPECT_EQ(now.vectors, kPoints);
  // Places of 2,048 vectors that are gone and of those that are there, not of ten thousand.
  EXPECT_LE(now.memory_bytes, first_bytes * 30);
  for (const auto& [id, vector] : vectors) {
    EXPECT_THAT(ids_of(docs.search(vector, {.k = 1}).value()), ElementsAre(id));
  }
  EXPECT_THAT(docs.search(Vector(kDimensions), {.k = 1000}).value(), SizeIs(kPoints));
  EXPECT_THAT(docs.search(Vector(kDimensions), {.k = 1000, .exact = true}).value(),
              SizeIs(kPoints));
}

TEST_F(VectorCollectionTrainingTest, points_that_come_and_go_take_no_more) {
  VectorCollection docs = open(some_config());
  Random random(1);
  for (std::size_t i = 0; i < 6000; ++i) {
    const std::string id = std::to_string(i);
    ASSERT_THAT(docs.upsert(id, random_vector(random, kDimensions)), Succeeds());
    ASSERT_THAT(docs.remove(id), Succeeds());
  }
  wait_until_renewed(docs);
  EXPECT_EQ(docs.count(), 0u);
  EXPECT_THAT(docs.search(Vector(kDimensions), {.k = 10}).value(), SizeIs(0));
}

// Ids were once taken for numbers, between the first and the last of which points lie evenly.
TEST_F(VectorCollectionTrainingTest, a_graph_is_built_whatever_the_ids_are) {
  constexpr std::size_t kPoints = 10'001;
  {
    VectorCollection docs = open(some_config());
    Random random(1);
    WriteBatch batch;
    for (std::size_t i = 0; i + 1 < kPoints; ++i) {
      batch.upsert(docs, fmt::format("doc:{:06}", i), random_vector(random, kDimensions));
    }
    batch.upsert(docs, "zzz", random_vector(random, kDimensions));
    ASSERT_THAT(engine_.write(batch), Succeeds());
  }
  reopen();
  std::filesystem::remove_all(scratch_ / "db" / "vectors");
  const VectorCollection docs = open(some_config());
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  EXPECT_EQ(docs.explain(Vector(kDimensions)).value().plan, "graph walk");
  // By one index, not by one after another.
  EXPECT_EQ(docs.statistics().vectors_linked, kPoints);
}

}  // namespace
}  // namespace quartz
