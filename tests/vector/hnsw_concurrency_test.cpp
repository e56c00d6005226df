#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "vector/hnsw_test_graph.hpp"

namespace quartz::vector {
namespace {

constexpr std::size_t kDimensions = 8;

TEST(HnswConcurrency, points_that_several_threads_insert_are_all_found) {
  constexpr std::size_t kPerThread = 400;
  HnswTestGraph graph(kDimensions);
  graph.reserve(4 * kPerThread);
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&graph, t] {
      HnswScratch scratch;
      Random random(t);
      for (std::size_t i = 0; i < kPerThread; ++i) {
        graph.add(random_point(random, kDimensions), scratch);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(graph.states.live_count(), 4 * kPerThread);
  EXPECT_GE(graph.recall(10, 60, 100, 50), 0.97);
}

TEST(HnswConcurrency, searches_go_on_beside_insertions_removals_and_repairs) {
  constexpr std::size_t kRounds = 1500;
  HnswTestGraph graph(kDimensions);
  graph.reserve(4000);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 2; ++t) {
    threads.emplace_back([&graph, t] {
      HnswScratch scratch;
      Random random(t);
      std::vector<Slot> own;
      for (std::size_t i = 0; i < kRounds; ++i) {
        own.push_back(graph.add(random_point(random, kDimensions), scratch));
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
        const auto found = graph.nearest(random_point(random, kDimensions), 10, 40, scratch);
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

}  // namespace
}  // namespace quartz::vector
