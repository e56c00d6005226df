#include "bench/vector/vector_measurement.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/small_data_set.hpp"

namespace quartz::bench {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Gt;
using testing::SizeIs;

/// Finds the nearest `breadth` of what it was asked for, and nothing else; writes down what is
/// called.
class RecordingPeer final : public VectorPeer {
 public:
  RecordingPeer(const DataSet& set, std::string name, std::vector<std::string>& calls)
      : set_(set), name_(std::move(name)), calls_(calls) {}

  void build(const VectorRows& rows, unsigned threads) override {
    EXPECT_EQ(&rows, &set_.base);
    calls_.push_back(name_ + " builds on " + std::to_string(threads));
  }
  void search(std::span<const float> query, std::size_t breadth,
              std::span<std::uint32_t> found) override {
    const auto offset = query.data() - set_.queries.components.data();
    const std::size_t row = static_cast<std::size_t>(offset) / set_.queries.dimensions;
    if (row == 0) calls_.push_back(name_ + " searches " + std::to_string(breadth));
    std::ranges::fill(found, kNoRow);
    for (std::size_t i = 0; i < std::min(breadth, found.size()); ++i) {
      found[i] = static_cast<std::uint32_t>(set_.nearest[row * set_.neighbours + i]);
    }
  }
  std::size_t memory_bytes() const override { return 100 * set_.base.count(); }

 private:
  const DataSet& set_;
  std::string name_;
  std::vector<std::string>& calls_;
};

class VectorMeasurement : public testing::Test {
 protected:
  VectorMeasurement() {
    plan_.peers = {kind("a", {5, 10}), kind("b", {1, 2, 3})};
    plan_.progress = [](const std::string&) {};
    plan_.repetitions = 2;
  }

  VectorPeerKind kind(const std::string& name, std::vector<std::size_t> breadths) {
    return {.name = name,
            .version = "",
            .remark = "",
            .breadths = std::move(breadths),
            .make = [this, name] { return std::make_unique<RecordingPeer>(set_, name, calls_); }};
  }

  const DataSet set_ = small_data_set(30, 4);
  std::vector<std::string> calls_;
  VectorPlan plan_;
};

TEST_F(VectorMeasurement, peers_take_turns_and_another_one_begins_each_repetition) {
  plan_.build_repetitions = 2;
  plan_.build_threads = {1};
  measure(set_, plan_);
  EXPECT_THAT(calls_, ElementsAre("a builds on 1", "b builds on 1", "b builds on 1",
                                  "a builds on 1",                                 // Builds.
                                  "a searches 5", "b searches 1",                  // Warming up.
                                  "a searches 5", "b searches 1", "b searches 1",  // First breadth.
                                  "a searches 5", "a searches 10", "b searches 2", "b searches 2",
                                  "a searches 10", "b searches 3", "b searches 3"));
}

TEST_F(VectorMeasurement, has_a_point_for_each_breadth_with_its_recall) {
  const VectorSetResult result = measure(set_, plan_);
  ASSERT_THAT(result.peers, SizeIs(2));
  const std::vector<CurvePoint>& points = result.peers[1].points;
  ASSERT_THAT(points, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(points[i].breadth, i + 1);
    EXPECT_NEAR(points[i].recall, static_cast<double>(i + 1) / 10, 1e-9);
    EXPECT_THAT(points[i].queries_per_second, AllOf(SizeIs(2), Each(Gt(0))));
  }
  EXPECT_EQ(result.peers[0].points[1].recall, 1);
}

TEST_F(VectorMeasurement, builds_with_every_number_of_threads) {
  plan_.build_threads = {1, 3};
  const VectorSetResult result = measure(set_, plan_);
  EXPECT_THAT(calls_, Contains("b builds on 3"));
  const std::vector<BuildTimes>& builds = result.peers[0].builds;
  ASSERT_THAT(builds, SizeIs(2));
  EXPECT_EQ(builds[1].threads, 3u);
  EXPECT_THAT(builds[1].seconds, SizeIs(1));
  EXPECT_EQ(result.peers[0].bytes_per_vector, 100);
}

TEST_F(VectorMeasurement, says_what_was_measured) {
  const VectorSetResult result = measure(set_, plan_);
  EXPECT_EQ(result.name, "small");
  EXPECT_EQ(result.vectors, 30u);
  EXPECT_EQ(result.dimensions, 4u);
  EXPECT_EQ(result.queries, 10u);
  EXPECT_EQ(result.peers[0].peer, "a");
}

}  // namespace
}  // namespace quartz::bench
