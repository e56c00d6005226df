#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/vector_collection.hpp"
#include "support/result_matchers.hpp"
#include "vector/sample_collection.hpp"

namespace quartz {
namespace {

using testing::SizeIs;

using Vector = std::vector<float>;

/// Clusters that are so tight, and so far from each other, that the codes of one hardly differ.
class VectorCollectionRankingTest : public VectorCollectionTest {
 protected:
  static constexpr std::size_t kDimensions = 32;
  static constexpr std::size_t kClusters = 10;
  static constexpr std::size_t kPointsOfCluster = 300;
  static constexpr float kTightness = 0.01F;

  Vector near_centre(std::size_t cluster) {
    Vector vector = centres_.at(cluster);
    for (float& x : vector) x += kTightness * random_vector(random_, 1).front();
    return vector;
  }
  // Of the ten nearest.
  double recall_of(const VectorCollection& docs, std::size_t ef_search) {
    std::size_t found = 0;
    constexpr std::size_t kQueries = 100;
    for (std::size_t i = 0; i < kQueries; ++i) {
      const Vector query = near_centre(i % kClusters);
      const auto nearest = docs.search(query, {.k = 10, .exact = true}).value();
      const auto hits = ids_of(docs.search(query, {.k = 10, .ef_search = ef_search}).value());
      for (const VectorHit& hit : nearest) {
        found += static_cast<std::size_t>(std::ranges::count(hits, hit.id));
      }
    }
    return static_cast<double>(found) / static_cast<double>(kQueries * 10);
  }

  Random random_{1};
  std::vector<Vector> centres_ = [this] {
    std::vector<Vector> centres;
    for (std::size_t i = 0; i < kClusters; ++i) {
      centres.push_back(random_vector(random_, kDimensions));
    }
    return centres;
  }();
};

TEST_F(VectorCollectionRankingTest, candidates_win_back_what_codes_cannot_tell_apart) {
  VectorCollection docs =
      open({.dimensions = kDimensions, .metric = Metric::l2, .index = {.m = 12}});
  for (std::size_t i = 0; i < kClusters * kPointsOfCluster; ++i) {
    ASSERT_THAT(docs.upsert(std::to_string(i), near_centre(i % kClusters)), Succeeds());
  }
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  // As many as a cluster has, twice, because half of them are compared exactly.
  EXPECT_GE(recall_of(docs, 2 * kPointsOfCluster), 0.99);
}

TEST_F(VectorCollectionRankingTest, several_vectors_of_one_point_do_not_hide_the_points_behind_it) {
  constexpr std::size_t kVectorsOfPoint = 30;
  VectorCollection docs =
      open({.dimensions = kDimensions, .metric = Metric::l2, .index = {.m = 12}});
  for (std::size_t cluster = 0; cluster < kClusters; ++cluster) {
    for (std::size_t i = 0; i < 10; ++i) {
      VectorPoint point;
      point.id = std::to_string(cluster * 10 + i);
      for (std::size_t n = 0; n < kVectorsOfPoint; ++n) {
        point.vectors.push_back(near_centre(cluster));
      }
      ASSERT_THAT(docs.upsert(point), Succeeds());
    }
  }
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  for (std::size_t cluster = 0; cluster < kClusters; ++cluster) {
    EXPECT_THAT(docs.search(near_centre(cluster), {.k = 40}).value(), SizeIs(40));
  }
}

}  // namespace
}  // namespace quartz
