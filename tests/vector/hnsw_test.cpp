#include <algorithm>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vector/hnsw_test_graph.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Slot> add_random_points(HnswTestGraph& graph, std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<Slot> slots;
  for (std::size_t i = 0; i < count; ++i) {
    slots.push_back(graph.add(random_point(random, graph.space.dimensions)));
  }
  return slots;
}

// What must hold of every list whenever nobody writes.
void check_lists(const HnswTestGraph& graph) {
  for (std::size_t at = 0; at < graph.states.end(); ++at) {
    const auto slot = static_cast<Slot>(at);
    for (unsigned level = 0; level <= graph.links.level_of(slot); ++level) {
      std::set<Slot> seen;
      graph.links.for_each(slot, level, [&](Slot other) {
        EXPECT_NE(other, slot);
        EXPECT_LT(other, graph.states.end());
        EXPECT_GE(graph.links.level_of(other), level);
        EXPECT_TRUE(seen.insert(other).second) << "twice in a list";
      });
      EXPECT_LE(seen.size(), graph.links.length_max(level));
    }
  }
}

void expect_nothing_leads_to(const HnswTestGraph& graph, const std::vector<Slot>& slots) {
  const std::set<Slot> gone(slots.begin(), slots.end());
  for (std::size_t at = 0; at < graph.states.end(); ++at) {
    const auto slot = static_cast<Slot>(at);
    for (unsigned level = 0; level <= graph.links.level_of(slot); ++level) {
      graph.links.for_each(slot, level, [&](Slot other) { EXPECT_FALSE(gone.contains(other)); });
    }
  }
  EXPECT_FALSE(gone.contains(graph.links.entry().slot));
}

TEST(Hnsw, an_empty_graph_finds_nothing) {
  HnswTestGraph graph(4);
  EXPECT_THAT(graph.nearest(std::vector<float>(4), 10, 10), IsEmpty());
}

TEST(Hnsw, few_points_are_found_in_order) {
  HnswTestGraph graph(1);
  for (const float x : {5.0F, 1.0F, 3.0F}) graph.add(std::vector<float>{x});
  EXPECT_THAT(graph.nearest(std::vector<float>{0.0F}, 10, 10), ElementsAre(1, 2, 0));
  EXPECT_THAT(graph.nearest(std::vector<float>{4.1F}, 1, 10), ElementsAre(0));
}

TEST(Hnsw, random_points_are_found_with_a_high_recall) {
  HnswTestGraph graph(16);
  add_random_points(graph, 3000, 1);
  EXPECT_GE(graph.recall(10, 100, 100, 2), 0.97);
  check_lists(graph);
}

TEST(Hnsw, a_larger_pool_finds_more) {
  HnswTestGraph graph(32);
  add_random_points(graph, 2000, 1);
  const double small = graph.recall(10, 10, 100, 2);
  const double large = graph.recall(10, 200, 100, 2);
  EXPECT_LT(small, large);
  EXPECT_GE(large, 0.98);
}

TEST(Hnsw, points_that_are_all_equal_are_all_in_reach) {
  HnswTestGraph graph(4);
  for (int i = 0; i < 500; ++i) graph.add(std::vector<float>(4, 1.0F));
  EXPECT_EQ(graph.nearest(std::vector<float>(4, 1.0F), 10, 50).size(), 10u);
  check_lists(graph);
}

TEST(Hnsw, points_that_come_in_sorted_order_are_found) {
  HnswTestGraph graph(2);
  for (int i = 0; i < 2000; ++i) {
    const auto x = static_cast<float>(i);
    graph.add(std::vector<float>{x, x / 2});
  }
  for (int i = 0; i < 2000; i += 37) {
    const auto x = static_cast<float>(i);
    EXPECT_THAT(graph.nearest(std::vector<float>{x, x / 2}, 1, 20), ElementsAre(i));
  }
}

TEST(Hnsw, a_few_clusters_far_apart_are_connected) {
  HnswTestGraph graph(4);
  Random random(7);
  for (int i = 0; i < 1500; ++i) {
    std::vector<float> point = random_point(random, 4);
    point[0] += static_cast<float>(i % 3) * 1e4F;
    graph.add(point);
  }
  for (int cluster = 0; cluster < 3; ++cluster) {
    std::vector<float> target(4, 0.5F);
    target[0] += static_cast<float>(cluster) * 1e4F;
    EXPECT_EQ(graph.nearest(target, 10, 50), graph.exact(target, 10));
  }
}

TEST(Hnsw, the_same_seed_builds_the_same_graph) {
  HnswTestGraph a(8);
  HnswTestGraph b(8);
  add_random_points(a, 500, 3);
  add_random_points(b, 500, 3);
  for (Slot slot = 0; slot < 500; ++slot) {
    std::vector<Slot> of_a;
    std::vector<Slot> of_b;
    a.links.for_each(slot, 0, [&](Slot other) { of_a.push_back(other); });
    b.links.for_each(slot, 0, [&](Slot other) { of_b.push_back(other); });
    ASSERT_EQ(of_a, of_b);
  }
}

TEST(HnswRepair, removed_points_are_not_found_before_nor_after) {
  HnswTestGraph graph(8);
  add_random_points(graph, 500, 4);
  std::vector<Slot> removed;
  for (Slot slot = 0; slot < 500; slot += 3) {
    graph.remove(slot);
    removed.push_back(slot);
  }
  EXPECT_GE(graph.recall(10, 60, 50, 5), 0.97);
  EXPECT_EQ(graph.repair(), removed.size());
  expect_nothing_leads_to(graph, removed);
  check_lists(graph);
  EXPECT_GE(graph.recall(10, 60, 50, 5), 0.97);
}

TEST(HnswRepair, freed_slots_are_used_again) {
  HnswTestGraph graph(8);
  add_random_points(graph, 100, 6);
  for (Slot slot = 0; slot < 50; ++slot) graph.remove(slot);
  EXPECT_EQ(graph.repair(), 50u);
  const std::vector<Slot> again = add_random_points(graph, 50, 7);
  EXPECT_EQ(graph.states.end(), 100u);
  for (const Slot slot : again) EXPECT_LT(slot, 50u);
  EXPECT_GE(graph.recall(10, 60, 50, 8), 0.97);
}

TEST(HnswRepair, without_removals_has_nothing_to_do) {
  HnswTestGraph graph(4);
  add_random_points(graph, 10, 1);
  EXPECT_EQ(graph.repair(), 0u);
}

TEST(HnswRepair, of_a_removed_entry_finds_another) {
  HnswTestGraph graph(8);
  add_random_points(graph, 300, 9);
  for (int i = 0; i < 5; ++i) {
    const Slot entry = graph.links.entry().slot;
    graph.remove(entry);
    graph.repair();
    EXPECT_NE(graph.links.entry().slot, entry);
  }
  EXPECT_GE(graph.recall(10, 60, 50, 10), 0.97);
}

TEST(HnswRepair, a_graph_may_lose_all_its_points_and_get_new_ones) {
  HnswTestGraph graph(8);
  for (int round = 0; round < 3; ++round) {
    for (const Slot slot : add_random_points(graph, 200, 11)) graph.remove(slot);
    EXPECT_THAT(graph.nearest(std::vector<float>(8, 0.5F), 10, 50), IsEmpty());
    EXPECT_EQ(graph.repair(), 200u);
    EXPECT_EQ(graph.links.entry().slot, kNoSlot);
  }
  add_random_points(graph, 200, 12);
  EXPECT_EQ(graph.states.end(), 200u);
  EXPECT_GE(graph.recall(10, 60, 50, 13), 0.97);
}

TEST(HnswRepair, a_point_that_is_removed_before_it_was_linked_leaves_no_trace) {
  HnswTestGraph graph(4);
  add_random_points(graph, 50, 14);
  const Slot slot = graph.states.take().value().value();
  graph.states.show(slot);
  graph.remove(slot);
  EXPECT_EQ(graph.repair(), 0u);  // Whoever has to link it may come to it still.
  graph.states.link(slot);
  EXPECT_EQ(graph.repair(), 1u);
  expect_nothing_leads_to(graph, {slot});
}

// Others lose recall here: what is deleted and comes again leaves holes behind.
TEST(HnswRepair, churn_costs_no_recall_and_no_memory) {
  HnswTestGraph fresh(16);
  add_random_points(fresh, 2000, 100);
  HnswTestGraph churned(16);
  std::vector<Slot> slots = add_random_points(churned, 2000, 1);
  Random random(2);
  for (std::uint64_t round = 0; round < 10; ++round) {
    std::shuffle(slots.begin(), slots.end(), random);
    for (std::size_t i = 0; i < 600; ++i) churned.remove(slots[i]);
    EXPECT_EQ(churned.repair(), 600u);
    const std::vector<Slot> added = add_random_points(churned, 600, 3 + round);
    std::copy(added.begin(), added.end(), slots.begin());
  }
  EXPECT_EQ(churned.states.end(), 2000u);
  EXPECT_GE(churned.recall(10, 60, 300, 50), fresh.recall(10, 60, 300, 50) - 0.005);
  check_lists(churned);
}

}  // namespace
}  // namespace quartz::vector
