#include "vector/recall_calibration.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/vector_collection.hpp"
#include "support/result_matchers.hpp"
#include "vector/sample_collection.hpp"
#include "vector/vector_index.hpp"

namespace quartz {
namespace {

using Vector = std::vector<float>;

class RecallCalibrationTest : public VectorCollectionTest {
 protected:
  // So many that a walk with few candidates misses some.
  static constexpr std::size_t kDimensions = 24;
  static constexpr std::size_t kPoints = 6000;

  RecallCalibrationTest() {
    Random random(1);
    for (std::size_t n = 0; n < kPoints; ++n) {
      docs_.upsert(std::to_string(n), random_vector(random, kDimensions)).value();
    }
    docs_.wait_until_indexed().value();
    while (candidates(0.6) == candidates(0.99)) std::this_thread::yield();
  }

  std::size_t candidates(double recall, std::size_t k = 10) const {
    return docs_.explain(Vector(kDimensions), {.k = k, .recall = recall}).value().ef_search;
  }
  // Of queries that are no points.
  double reached(double recall, std::size_t k) const {
    Random random(2);
    std::size_t found = 0;
    constexpr std::size_t kQueries = 100;
    for (std::size_t i = 0; i < kQueries; ++i) {
      const Vector query = random_vector(random, kDimensions);
      const auto nearest = docs_.search(query, {.k = k, .exact = true}).value();
      const auto hits = ids_of(docs_.search(query, {.k = k, .recall = recall}).value());
      for (const VectorHit& hit : nearest) {
        found += static_cast<std::size_t>(std::ranges::count(hits, hit.id));
      }
    }
    return static_cast<double>(found) / static_cast<double>(kQueries * k);
  }

  VectorCollection docs_ = open(
      {.dimensions = kDimensions, .metric = Metric::l2, .index = {.m = 8, .ef_construction = 60}});
};

TEST_F(RecallCalibrationTest, reaches_the_recall_that_is_asked_for_with_queries_from_elsewhere) {
  for (const double recall : {0.8, 0.9, 0.97}) {
    EXPECT_GE(reached(recall, 10), recall - 0.03) << recall;
    EXPECT_GE(reached(recall, 40), recall - 0.03) << recall;
  }
}

TEST_F(RecallCalibrationTest, takes_no_more_candidates_than_that_needs) {
  // Both recalls are measured with few queries, and so are known to about 0.03 each.
  EXPECT_LE(reached(0.8, 10), 0.9);
  EXPECT_LT(candidates(0.8), candidates(0.9));
  EXPECT_LT(candidates(0.9), candidates(0.97));
}

TEST_F(RecallCalibrationTest, takes_more_candidates_to_find_more_but_not_as_many_times_more) {
  EXPECT_GT(candidates(0.97, 40), candidates(0.97));
  EXPECT_LT(candidates(0.97, 40), 3 * candidates(0.97));
  EXPECT_GE(candidates(0.8, 1000), 1000u);
}

// So many points that it is measured, all of them linked.
std::unique_ptr<vector::VectorIndex> small_index() {
  const VectorIndexConfig config = {
      .quantization = Quantization::none, .m = 4, .ef_construction = 20};
  const auto quantizer = vector::Quantizer::train(Metric::l2, Quantization::none, 2, {}).value();
  auto index = vector::VectorIndex::make(quantizer, config, {}).value();
  Random random(3);
  for (std::size_t n = 0; n < 1000; ++n) {
    const Vector components = random_vector(random, 2);
    index
        ->add({.id = std::to_string(n), .version = n + 1, .components = components, .payload = {}},
              n + 1)
        .value();
  }
  vector::VectorIndex::Linking linking;
  while (index->link_next(linking)) {
  }
  return index;
}

TEST(RecallCalibrationOfIndexes, measures_an_index_that_lies_where_another_one_was) {
  vector::RecallCalibration calibration;
  for (int round = 0; round < 10; ++round) {
    const auto index = small_index();
    EXPECT_TRUE(calibration.due(*index)) << round;
    calibration.measure(*index, 1000);
    EXPECT_FALSE(calibration.due(*index)) << round;
  }
}

}  // namespace
}  // namespace quartz
