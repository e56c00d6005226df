#include "vector/filtered_search.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vector/exact_search.hpp"
#include "vector/hnsw_test_graph.hpp"
#include "vector/slot_bits.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

constexpr std::size_t kDimensions = 8;

void add_random(HnswTestGraph& graph, std::size_t count, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t i = 0; i < count; ++i) graph.add(random_point(random, graph.space.dimensions));
}

const std::byte* code_of(const std::vector<float>& target) {
  return reinterpret_cast<const std::byte*>(target.data());
}

std::vector<Slot> in_pool(const CandidatePool& pool, std::size_t k) {
  std::vector<Slot> found;
  for (std::size_t i = 0; i < pool.size() && i < k; ++i) found.push_back(pool[i].slot);
  return found;
}

std::vector<Slot> nearest_allowed(HnswTestGraph& graph, const std::vector<float>& target,
                                  const SlotBits& allowed, std::size_t k, std::size_t pool_size) {
  const EpochGuard guard;
  const std::byte* const code = code_of(target);
  const Candidate start = descend(graph.links, graph.space, code, graph.links.entry(), 0);
  search_allowed(graph.links, graph.space, code, start, graph.states.end(), allowed, pool_size,
                 graph.scratch);
  return in_pool(graph.scratch.pool, k);
}

std::vector<Slot> allowed_slots(const HnswTestGraph& graph, const SlotBits& allowed) {
  std::vector<Slot> slots;
  for (Slot slot = 0; slot < graph.states.end(); ++slot) {
    if (allowed.contains(slot)) slots.push_back(slot);
  }
  return slots;
}

std::vector<Slot> exactly_nearest(const HnswTestGraph& graph, const std::vector<float>& target,
                                  const SlotBits& allowed, std::size_t k) {
  CandidatePool pool;
  exact_search(graph.space, code_of(target), allowed_slots(graph, allowed), k, pool);
  return in_pool(pool, k);
}

// Each slot is allowed with the same probability.
SlotBits random_bits(std::size_t count, double share, std::uint64_t seed) {
  SlotBits bits;
  bits.reset(count);
  Random random(seed);
  for (Slot slot = 0; slot < count; ++slot) {
    if (random.below(1'000'000) < static_cast<std::uint64_t>(share * 1e6)) bits.add(slot);
  }
  return bits;
}

double recall_of_ten(HnswTestGraph& graph, const SlotBits& allowed, std::size_t pool_size) {
  constexpr std::size_t kTargets = 100;
  Random random(77);
  std::size_t hits = 0;
  std::size_t wanted = 0;
  for (std::size_t i = 0; i < kTargets; ++i) {
    const std::vector<float> target = random_point(random, graph.space.dimensions);
    const std::vector<Slot> found = nearest_allowed(graph, target, allowed, 10, pool_size);
    for (const Slot slot : exactly_nearest(graph, target, allowed, 10)) {
      ++wanted;
      hits += static_cast<std::size_t>(std::ranges::count(found, slot));
    }
  }
  return static_cast<double>(hits) / static_cast<double>(wanted);
}

TEST(FilteredSearch, finds_nearly_all_of_the_nearest_at_every_selectivity) {
  for (const std::uint32_t m : {8U, 16U}) {
    HnswTestGraph graph(kDimensions, m);
    add_random(graph, 4000, 1);
    // From one allowed slot for each place of a list on.
    for (const double share : {1.0, 0.9, 0.5, 0.2, 0.1, m == 8 ? 0.0625 : 0.03}) {
      const SlotBits allowed = random_bits(4000, share, 2);
      EXPECT_GE(recall_of_ten(graph, allowed, 60), 0.95) << "m " << m << ", share " << share;
    }
  }
}

TEST(FilteredSearch, finds_nothing_that_is_not_allowed) {
  HnswTestGraph graph(kDimensions);
  add_random(graph, 2000, 3);
  const SlotBits allowed = random_bits(2000, 0.3, 4);
  Random random(5);
  for (int i = 0; i < 20; ++i) {
    const auto found = nearest_allowed(graph, random_point(random, kDimensions), allowed, 60, 60);
    EXPECT_EQ(found.size(), 60u);
    for (const Slot slot : found) EXPECT_TRUE(allowed.contains(slot));
    std::vector<Slot> distinct = found;
    std::ranges::sort(distinct);
    EXPECT_EQ(std::ranges::adjacent_find(distinct), distinct.end());
  }
}

TEST(FilteredSearch, with_everything_allowed_finds_what_an_unfiltered_one_does) {
  HnswTestGraph graph(kDimensions);
  add_random(graph, 3000, 6);
  SlotBits all;
  all.reset(3000);
  all.add(SlotBitmap::range(0, 3000));
  EXPECT_GE(recall_of_ten(graph, all, 40), graph.recall(10, 40, 100, 77));
}

TEST(FilteredSearch, with_nothing_allowed_finds_nothing) {
  HnswTestGraph graph(kDimensions);
  add_random(graph, 1000, 7);
  SlotBits none;
  none.reset(1000);
  EXPECT_THAT(nearest_allowed(graph, std::vector<float>(kDimensions), none, 10, 40), IsEmpty());
}

// Clusters far apart, of which only one is allowed: nothing around the target is.
TEST(FilteredSearch, reaches_an_allowed_cluster_far_from_the_target) {
  constexpr Slot kClusters = 5;
  constexpr Slot kCount = 3000;
  HnswTestGraph graph(kDimensions);
  Random random(8);
  for (Slot slot = 0; slot < kCount; ++slot) {
    std::vector<float> point = random_point(random, kDimensions);
    point[slot % kClusters] += 100.0F;
    graph.add(point);
  }
  for (Slot cluster = 0; cluster < kClusters; ++cluster) {
    SlotBits allowed;
    allowed.reset(kCount);
    for (Slot slot = cluster; slot < kCount; slot += kClusters) allowed.add(slot);
    for (Slot other = 0; other < kClusters; ++other) {
      std::vector<float> target = random_point(random, kDimensions);
      target[other] += 100.0F;
      const auto found = nearest_allowed(graph, target, allowed, 10, 60);
      const auto wanted = exactly_nearest(graph, target, allowed, 10);
      EXPECT_GE(std::ranges::count_if(
                    found, [&](Slot slot) { return std::ranges::count(wanted, slot) != 0; }),
                9);
    }
  }
}

// No sample meets it, and no bridge at the target leads there.
TEST(FilteredSearch, finds_a_lone_allowed_point_wherever_it_is) {
  HnswTestGraph graph(kDimensions);
  add_random(graph, 5000, 9);
  Random random(10);
  for (int i = 0; i < 50; ++i) {
    const auto lone = static_cast<Slot>(random.below(5000));
    SlotBits allowed;
    allowed.reset(5000);
    allowed.add(lone);
    EXPECT_THAT(nearest_allowed(graph, random_point(random, kDimensions), allowed, 10, 40),
                ElementsAre(lone));
  }
}

TEST(FilteredSearch, keeps_out_slots_that_came_after_the_set_of_allowed) {
  HnswTestGraph graph(kDimensions);
  add_random(graph, 100, 11);
  SlotBits allowed;
  allowed.reset(64);
  allowed.add(SlotBitmap::range(0, 1000));
  const auto found =
      nearest_allowed(graph, std::vector<float>(kDimensions, 0.5F), allowed, 100, 100);
  std::vector<Slot> expected(64);
  std::iota(expected.begin(), expected.end(), Slot{0});
  EXPECT_THAT(found, UnorderedElementsAreArray(expected));
}

TEST(FilteredSearch, a_graph_of_one_point_finds_it_if_it_is_allowed) {
  HnswTestGraph graph(kDimensions);
  add_random(graph, 1, 12);
  SlotBits allowed;
  allowed.reset(1);
  EXPECT_THAT(nearest_allowed(graph, std::vector<float>(kDimensions), allowed, 10, 10), IsEmpty());
  allowed.add(Slot{0});
  EXPECT_THAT(nearest_allowed(graph, std::vector<float>(kDimensions), allowed, 10, 10),
              ElementsAre(0));
}

}  // namespace
}  // namespace quartz::vector
