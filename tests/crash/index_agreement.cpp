#include "crash/index_agreement.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crash/vector_steps.hpp"
#include "support/result_matchers.hpp"

namespace quartz {
namespace {

using Points = std::map<std::string, VectorPoint>;

constexpr std::size_t kSamples = 64;
// A graph of so few dimensions misses hardly any point. One that lies in pieces, or has lost the
// links to what was written last, misses far more.
constexpr std::size_t kMissedMax = kSamples / 8;

float nearest(const VectorPoint& point, const std::vector<float>& query) {
  float least = std::numeric_limits<float>::infinity();
  for (const std::vector<float>& vector : point.vectors) {
    float sum = 0;
    for (std::size_t i = 0; i < query.size(); ++i) {
      sum += (vector[i] - query[i]) * (vector[i] - query[i]);
    }
    least = std::min(least, sum);
  }
  return least;
}

// Every point of the index lies where the rows say and has their payload, so none is of an older
// version.
void expect_same_points(const VectorCollection& collection, const Points& points,
                        const std::vector<float>& query) {
  const auto hits =
      collection.search(query, {.k = kSearchResultsMax, .exact = true, .with_payload = true});
  ASSERT_THAT(hits, Succeeds());
  std::set<std::string> found;
  for (const VectorHit& hit : *hits) {
    ASSERT_TRUE(found.insert(hit.id).second) << hit.id << " is found twice";
    const auto point = points.find(hit.id);
    ASSERT_NE(point, points.end()) << hit.id << " is found, but there is no such row";
    ASSERT_NEAR(hit.score, nearest(point->second, query), 1e-4F) << hit.id;
    ASSERT_EQ(hit.payload, point->second.payload) << hit.id;
  }
  ASSERT_EQ(found.size(), points.size()) << "rows are not found";
}

// Without vectors in memory an exact search reads the rows; a walk asks the index always.
void expect_walk_agrees(const VectorCollection& collection, const Points& points,
                        const std::vector<float>& query) {
  const auto hits =
      collection.search(query, {.k = kSearchResultsMax, .ef_search = kSearchResultsMax});
  ASSERT_THAT(hits, Succeeds());
  std::set<std::string> found;
  for (const VectorHit& hit : *hits) {
    ASSERT_TRUE(found.insert(hit.id).second) << hit.id << " is found twice by a walk";
    ASSERT_TRUE(points.contains(hit.id)) << hit.id << " is found by a walk, but not there";
  }
  EXPECT_GE(found.size() * 8, points.size() * 7) << "a walk does not lead to the points";
}

void expect_samples_found(const VectorCollection& collection, const Points& points,
                          Random& random) {
  std::size_t missed = 0;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const auto at =
        std::next(points.begin(), static_cast<std::ptrdiff_t>(random.below(points.size())));
    const std::vector<float>& vector = at->second.vectors.back();
    const auto exact = collection.search(vector, {.k = 1, .exact = true});
    ASSERT_THAT(exact, Succeeds());
    ASSERT_EQ(exact->size(), 1u);
    ASSERT_EQ(exact->front().id, at->first);
    ASSERT_LT(exact->front().score, 1e-9F);
    const auto walked = collection.search(vector, {.k = 1, .ef_search = 100});
    ASSERT_THAT(walked, Succeeds());
    if (walked->size() != 1 || walked->front().id != at->first) ++missed;
  }
  EXPECT_LE(missed, kMissedMax);
}

}  // namespace

void expect_index_agrees(const VectorCollection& collection, const Points& points, Random& random) {
  EXPECT_EQ(collection.count(), points.size());
  EXPECT_EQ(collection.statistics().points_ignored, 0u);
  std::vector<float> query(kCrashDimensions);
  for (float& x : query) x = static_cast<float>(random.below(2'000'001)) / 1e6F - 1.0F;
  expect_same_points(collection, points, query);
  expect_walk_agrees(collection, points, query);
  if (!points.empty()) expect_samples_found(collection, points, random);
}

}  // namespace quartz
