#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "vector/filtered_search.hpp"
#include "vector/hnsw_test_graph.hpp"
#include "vector/slot_bits.hpp"

namespace quartz::vector {
namespace {

constexpr std::size_t kGraphDimensions = 8;

TEST(HnswConcurrency, points_that_several_threads_insert_are_all_found) {
  constexpr std::size_t kPerThread = 400;
  HnswTestGraph graph(kGraphDimensions);
  graph.reserve(4 * kPerThread);
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&graph, t] {
      HnswScratch scratch;
      Random random(t);
      for (std::size_t i = 0; i < kPerThread; ++i) {
        graph.add(random_point(random, kGraphDimensions), scratch);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(graph.states.live_count(), 4 * kPerThread);
  EXPECT_GE(graph.recall(10, 60, 100, 50), 0.97);
}

TEST(HnswConcurrency, searches_go_on_beside_insertions_removals_and_repairs) {
  constexpr std::size_t kRounds = 1500;
  HnswTestGraph graph(kGraphDimensions);
  graph.reserve(4000);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 2; ++t) {
    threads.emplace_back([&graph, t] {
      HnswScratch scratch;
      Random random(t);
      std::vector<Slot> own;
      for (std::size_t i = 0; i < kRounds; ++i) {
        own.push_back(graph.add(random_point(random, kGraphDimensions), scratch));
        if (i % 3 != 0) continue;
        const std::size_t victim = random.below(own.size());
        graph.remove(own[victim]);
        own[victim] = own.back();
        own.pop_back();
      }
    });
  }
  std::thread repairer([&] {
    while (!done) graph.repair();
  });
  std::vector<std::thread> searchers;
  for (std::uint64_t t = 0; t < 2; ++t) {
    searchers.emplace_back([&graph, &done, t] {
      HnswScratch scratch;
      Random random(100 + t);
      while (!done) {
        const auto found = graph.nearest(random_point(random, kGraphDimensions), 10, 40, scratch);
        ASSERT_LE(found.size(), 10u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  done = true;
  repairer.join();
  for (std::thread& thread : searchers) thread.join();
  graph.repair();
  EXPECT_EQ(graph.states.live_count(), 2 * (kRounds - kRounds / 3));
  EXPECT_GE(graph.recall(10, 60, 100, 50), 0.97);
}

// What is allowed are the points that were there before, every third of them.
TEST(HnswConcurrency, searches_under_a_filter_go_on_beside_insertions) {
  constexpr std::size_t kBefore = 1000;
  HnswTestGraph graph(kGraphDimensions);
  graph.reserve(4000);
  SlotBits allowed;
  allowed.reset(kBefore);
  Random random(7);
  for (std::size_t i = 0; i < kBefore; ++i) {
    const Slot slot = graph.add(random_point(random, kGraphDimensions));
    if (slot % 3 == 0) allowed.add(slot);
  }
  std::atomic<bool> done{false};
  std::vector<std::thread> searchers;
  searchers.reserve(2);
  for (std::uint64_t t = 0; t < 2; ++t) {
    searchers.emplace_back([&, t] {
      HnswScratch scratch;
      Random own(100 + t);
      while (!done) {
        const std::vector<float> target = random_point(own, kGraphDimensions);
        const auto* code = reinterpret_cast<const std::byte*>(target.data());
        const EpochGuard guard;
        const Candidate start = descend(graph.links, graph.space, code, graph.links.entry(), 0);
        search_allowed(graph.links, graph.space, code, start, graph.states.end(), allowed, 40,
                       scratch);
        ASSERT_GE(scratch.pool.size(), 40u);
        for (std::size_t i = 0; i < scratch.pool.size(); ++i) {
          ASSERT_LT(scratch.pool[i].slot, kBefore);
          ASSERT_EQ(scratch.pool[i].slot % 3, 0u);
        }
      }
    });
  }
  for (std::size_t i = 0; i < 500; ++i) graph.add(random_point(random, kGraphDimensions));
  done = true;
  for (std::thread& thread : searchers) thread.join();
}

}  // namespace
}  // namespace quartz::vector
