#include "bench/explain/recorded_walk.hpp"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>

namespace quartz::bench {
namespace {

using testing::Each;
using testing::Eq;
using testing::Field;
using testing::SizeIs;
using vector::Slot;

constexpr PlanePoint kQuery{0.3F, 0.6F};

const PlaneGraph& graph() {
  static const PlaneGraph graph(200, 4, 40, 3);
  return graph;
}

float distance(Slot slot) {
  return graph().space().distance(reinterpret_cast<const std::byte*>(&kQuery), slot);
}

TEST(PlaneGraph, is_the_same_for_the_same_seed_and_another_for_another) {
  const PlaneGraph same(200, 4, 40, 3);
  const PlaneGraph other(200, 4, 40, 4);
  const auto links_of = [](const PlaneGraph& of, Slot slot) {
    std::vector<Slot> links;
    of.links().for_each(slot, 0, [&](Slot to) { links.push_back(to); });
    return links;
  };
  std::size_t different = 0;
  for (Slot slot = 0; slot < 200; ++slot) {
    EXPECT_EQ(links_of(same, slot), links_of(graph(), slot));
    if (links_of(other, slot) != links_of(graph(), slot)) ++different;
  }
  EXPECT_GT(different, 150U);
}

TEST(RecordedWalk, descends_from_the_entry_and_comes_nearer_with_each_step) {
  const RecordedWalk walk = record_walk(graph(), kQuery, 8);
  ASSERT_FALSE(walk.descent.empty());
  EXPECT_EQ(walk.descent.front().slot, graph().links().entry().slot);
  for (std::size_t i = 1; i < walk.descent.size(); ++i) {
    EXPECT_LT(distance(walk.descent[i].slot), distance(walk.descent[i - 1].slot));
    EXPECT_LE(walk.descent[i].level, walk.descent[i - 1].level);
  }
}

TEST(RecordedWalk, comes_to_each_slot_once_by_a_link_from_one_that_it_knew) {
  const RecordedWalk walk = record_walk(graph(), kQuery, 8);
  std::set<Slot> known{walk.descent.back().slot};
  for (const auto& [slot, from] : walk.visits) {
    EXPECT_TRUE(known.contains(from));
    bool linked = false;
    graph().links().for_each(from, 0, [&](Slot to) { linked |= to == slot; });
    EXPECT_TRUE(linked) << from << " to " << slot;
    EXPECT_TRUE(known.insert(slot).second) << slot << " twice";
  }
}

TEST(RecordedWalk, keeps_the_nearest_of_what_it_came_to) {
  const RecordedWalk walk = record_walk(graph(), kQuery, 8);
  std::vector<float> met{distance(walk.descent.back().slot)};
  for (const auto& visit : walk.visits) met.push_back(distance(visit.slot));
  std::ranges::sort(met);
  ASSERT_THAT(walk.pool, SizeIs(8));
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(distance(walk.pool[i]), met[i]);
}

TEST(RecordedWalk, looks_at_more_for_more_candidates) {
  EXPECT_GT(record_walk(graph(), kQuery, 40).visits.size(),
            record_walk(graph(), kQuery, 4).visits.size());
}

TEST(RecordedWalk, of_a_single_point_has_nowhere_to_go) {
  const PlaneGraph single(1, 4, 40, 3);
  const RecordedWalk walk = record_walk(single, kQuery, 8);
  EXPECT_THAT(walk.descent, Each(Field(&RecordedWalk::Step::slot, Eq(Slot{0}))));
  EXPECT_THAT(walk.visits, SizeIs(0));
  EXPECT_THAT(walk.pool, testing::ElementsAre(Slot{0}));
}

}  // namespace
}  // namespace quartz::bench
