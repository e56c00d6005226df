#include "base/epoch.hpp"

#include <algorithm>
#include <atomic>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz {
namespace {

// Counts its own frees, and can tell whether it was freed before.
struct Node {
  static constexpr std::uint64_t kAlive = 0x1234'5678'9ABC'DEF0u;

  explicit Node(std::atomic<int>& counter) : freed(counter) {}
  ~Node() {
    mark = 0;
    freed.fetch_add(1);
  }

  std::uint64_t mark = kAlive;
  std::atomic<int>& freed;
};

TEST(Epoch, without_readers_a_retired_object_is_freed_by_the_next_reclaim) {
  std::atomic<int> freed{0};
  retire_object(new Node(freed));
  EXPECT_EQ(reclaim_retired(), 0u);
  EXPECT_EQ(freed, 1);
}

TEST(Epoch, nothing_is_freed_under_a_guard_that_was_there_first) {
  std::atomic<int> freed{0};
  {
    const EpochGuard guard;
    for (int i = 0; i < 1000; ++i) retire_object(new Node(freed));
    EXPECT_EQ(reclaim_retired(), 1000u);
    EXPECT_EQ(freed, 0);
  }
  EXPECT_EQ(reclaim_retired(), 0u);
  EXPECT_EQ(freed, 1000);
}

TEST(Epoch, the_outermost_of_nested_guards_decides) {
  std::atomic<int> freed{0};
  {
    const EpochGuard outer;
    retire_object(new Node(freed));
    {
      const EpochGuard inner;
    }
    reclaim_retired();
    EXPECT_EQ(freed, 0);
  }
  reclaim_retired();
  EXPECT_EQ(freed, 1);
}

TEST(Epoch, a_guard_of_another_thread_protects_as_well) {
  std::atomic<int> freed{0};
  std::latch entered(1);
  std::latch leave(1);
  std::thread reader([&] {
    const EpochGuard guard;
    entered.count_down();
    leave.wait();
  });
  entered.wait();
  for (int i = 0; i < 200; ++i) retire_object(new Node(freed));
  EXPECT_EQ(reclaim_retired(), 200u);
  EXPECT_EQ(freed, 0);
  leave.count_down();
  reader.join();
  EXPECT_EQ(reclaim_retired(), 0u);
  EXPECT_EQ(freed, 200);
}

TEST(Epoch, a_guard_does_not_hold_back_what_was_retired_and_closed_before_it) {
  std::atomic<int> freed{0};
  std::latch entered(1);
  std::latch leave(1);
  std::optional<EpochGuard> early(std::in_place);
  retire_object(new Node(freed));
  EXPECT_EQ(reclaim_retired(), 1u);  // Closes the batch; the early guard holds it back.
  std::thread late([&] {
    const EpochGuard guard;
    entered.count_down();
    leave.wait();
  });
  entered.wait();
  early.reset();
  EXPECT_EQ(reclaim_retired(), 0u);
  EXPECT_EQ(freed, 1);
  leave.count_down();
  late.join();
}

TEST(Epoch, retiring_much_frees_without_being_asked) {
  std::atomic<int> freed{0};
  for (int i = 0; i < 10'000; ++i) retire_object(new Node(freed));
  EXPECT_GT(freed, 9'800);
  drain_retired();
  EXPECT_EQ(freed, 10'000);
}

TEST(Epoch, drain_frees_what_threads_that_have_ended_left_behind) {
  std::atomic<int> freed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) retire_object(new Node(freed));
    });
  }
  for (std::thread& thread : threads) thread.join();
  drain_retired();
  EXPECT_EQ(freed, 80);
}

TEST(Epoch, drain_waits_for_a_reader_under_way) {
  std::atomic<int> freed{0};
  Node* const node = new Node(freed);
  std::latch entered(1);
  std::atomic<bool> draining{false};
  std::thread reader([&] {
    const EpochGuard guard;
    entered.count_down();
    while (!draining.load()) std::this_thread::yield();
    for (int i = 0; i < 100; ++i) {
      EXPECT_EQ(node->mark, Node::kAlive);
      std::this_thread::yield();
    }
  });
  entered.wait();
  retire_object(node);
  draining.store(true);
  drain_retired();
  EXPECT_EQ(freed, 1);
  reader.join();
}

TEST(Epoch, drain_waits_for_a_reader_under_way_also_if_nothing_was_retired) {
  std::latch entered(1);
  std::atomic<bool> draining{false};
  std::atomic<bool> left{false};
  std::thread reader([&] {
    const EpochGuard guard;
    entered.count_down();
    while (!draining.load()) std::this_thread::yield();
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    left.store(true);
  });
  entered.wait();
  draining.store(true);
  drain_retired();
  EXPECT_TRUE(left.load());
  reader.join();
}

// Each release retires the next object. Were these freed inside it, a long chain would use up the
// stack.
struct Link {
  static inline thread_local int depth = 0;
  static inline thread_local int depth_max = 0;

  std::uint64_t left;
  std::atomic<int>& freed;

  static void release(void* object) noexcept {
    depth_max = std::max(depth_max, ++depth);
    auto* const link = static_cast<Link*>(object);
    link->freed.fetch_add(1, std::memory_order_relaxed);
    if (link->left > 0) retire(new Link{link->left - 1, link->freed}, &Link::release);
    delete link;
    --depth;
  }
};

TEST(Epoch, a_release_may_retire_further_objects) {
  std::atomic<int> freed{0};
  for (int i = 0; i < 64; ++i) retire(new Link{1000, freed}, &Link::release);
  while (reclaim_retired() != 0) {
  }
  EXPECT_EQ(freed, 64 * 1001);
  EXPECT_EQ(Link::depth_max, 1);
}

TEST(EpochDeathTest, drain_under_a_guard_is_a_programmers_error) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        const EpochGuard guard;
        drain_retired();
      },
      "check failed");
}

// Readers dereference what they find in shared places while writers replace and retire it. Address
// and thread sanitizers see what the marks do not.
TEST(Epoch, readers_never_meet_a_freed_object) {
  constexpr std::size_t kPlaces = 8;
  constexpr int kReplacements = 20'000;
  std::atomic<int> freed{0};
  std::vector<std::atomic<Node*>> places(kPlaces);
  for (auto& place : places) place.store(new Node(freed));
  std::atomic<bool> done{false};

  std::vector<std::thread> readers;
  for (std::uint64_t t = 0; t < 3; ++t) {
    readers.emplace_back([&, t] {
      Random random(t);
      while (!done.load(std::memory_order_relaxed)) {
        const EpochGuard guard;
        const Node* const first = places[random.below(kPlaces)].load(std::memory_order_acquire);
        const EpochGuard nested;
        const Node* const second = places[random.below(kPlaces)].load(std::memory_order_acquire);
        ASSERT_EQ(first->mark, Node::kAlive);
        ASSERT_EQ(second->mark, Node::kAlive);
      }
    });
  }
  std::vector<std::thread> writers;
  for (std::uint64_t t = 0; t < 2; ++t) {
    writers.emplace_back([&, t] {
      Random random(100 + t);
      for (int i = 0; i < kReplacements; ++i) {
        auto& place = places[random.below(kPlaces)];
        retire_object(place.exchange(new Node(freed), std::memory_order_acq_rel));
        if (random.one_in(500)) reclaim_retired();
      }
    });
  }
  for (std::thread& thread : writers) thread.join();
  done.store(true);
  for (std::thread& thread : readers) thread.join();
  drain_retired();
  EXPECT_EQ(freed, 2 * kReplacements);
  for (auto& place : places) delete place.load();
}

// Guards and retirements from threads that come and go, so that slots change hands all the time.
TEST(Epoch, slots_change_hands_without_losing_protection) {
  std::atomic<int> freed{0};
  std::atomic<Node*> place{new Node(freed)};
  for (int round = 0; round < 100; ++round) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) {
          {
            const EpochGuard guard;
            ASSERT_EQ(place.load(std::memory_order_acquire)->mark, Node::kAlive);
          }
          retire_object(place.exchange(new Node(freed), std::memory_order_acq_rel));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  drain_retired();
  EXPECT_EQ(freed, 100 * 4 * 20);
  delete place.load();
}

}  // namespace
}  // namespace quartz
