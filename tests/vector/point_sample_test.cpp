#include "vector/point_sample.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/vector_collection.hpp"
#include "storage/engine.hpp"
#include "support/result_matchers.hpp"
#include "vector/sample_collection.hpp"

namespace quartz {
namespace {

using testing::_;
using testing::Each;
using testing::IsEmpty;
using testing::SizeIs;

// Points of one component each: their numbers.
class PointSampleTest : public VectorCollectionTest {
 protected:
  void add(const std::string& prefix, std::size_t first, std::size_t count) {
    WriteBatch batch;
    for (std::size_t i = first; i < first + count; ++i) {
      batch.upsert(docs_, fmt::format("{}{:06}", prefix, i),
                   std::vector<float>{static_cast<float>(i)});
    }
    ASSERT_THAT(engine_.write(batch), Succeeds());
  }
  Result<std::vector<float>> sample(std::size_t vectors_max) {
    return vector::sample_points(engine_.engine(), engine_.keyspace("vectors.docs").value(), 1,
                                 Metric::l2, vectors_max, stopping_);
  }

  VectorCollection docs_ = open({.dimensions = 1, .metric = Metric::l2});
  std::atomic<bool> stopping_{false};
};

TEST_F(PointSampleTest, of_few_points_has_all) {
  EXPECT_THAT(sample(10).value(), IsEmpty());
  add("doc:", 0, 10);
  EXPECT_THAT(sample(10).value(), testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST_F(PointSampleTest, of_many_points_has_as_many_as_asked_for_and_none_of_them_twice) {
  add("doc:", 0, 3000);
  add("zzz", 3000, 1);
  const std::vector<float> numbers = sample(1000).value();
  EXPECT_THAT(std::set<float>(numbers.begin(), numbers.end()), SizeIs(1000));
  EXPECT_THAT(numbers, Each(testing::AllOf(testing::Ge(0), testing::Le(3000))));
}

TEST_F(PointSampleTest, has_of_each_kind_of_ids_as_many_as_there_are_among_the_points) {
  add("doc:", 0, 3000);
  add("user:", 3000, 3000);
  const std::vector<float> numbers = sample(1000).value();
  const auto docs = std::ranges::count_if(numbers, [](float number) { return number < 3000; });
  // Ten standard deviations around the half.
  EXPECT_GE(docs, 350);
  EXPECT_LE(docs, 650);
  // And from all over them.
  const auto late =
      std::ranges::count_if(numbers, [](float number) { return number >= 1500 && number < 3000; });
  EXPECT_GE(late, 120);
}

TEST_F(PointSampleTest, takes_each_vector_of_a_point_for_itself) {
  std::vector<std::vector<float>> vectors;
  for (int i = 0; i < 500; ++i) vectors.push_back({static_cast<float>(i)});
  ASSERT_THAT(docs_.upsert({.id = "many", .vectors = vectors, .payload = {}}), Succeeds());
  add("few", 500, 100);
  const std::vector<float> numbers = sample(300).value();
  EXPECT_THAT(std::set<float>(numbers.begin(), numbers.end()), SizeIs(300));
}

TEST_F(PointSampleTest, ends_when_the_collection_is_closed) {
  add("doc:", 0, 10);
  stopping_ = true;
  EXPECT_THAT(sample(10), FailsWith(Errc::closed, _));
}

}  // namespace
}  // namespace quartz
