#include "storage/operation_gate.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace quartz::storage {
namespace {

TEST(OperationGate, lets_everybody_in_until_it_is_closed) {
  OperationGate gate;
  {
    const GatePass first(gate);
    const GatePass second(gate);
    EXPECT_TRUE(static_cast<bool>(first));
    EXPECT_TRUE(static_cast<bool>(second));
  }
  gate.close_and_wait();
  const GatePass late(gate);
  EXPECT_FALSE(static_cast<bool>(late));
}

TEST(OperationGate, closing_an_empty_gate_twice_returns) {
  OperationGate gate;
  gate.close_and_wait();
  gate.close_and_wait();
  EXPECT_FALSE(gate.try_enter());
}

TEST(OperationGate, closing_waits_for_those_inside) {
  OperationGate gate;
  std::atomic<bool> closed{false};
  ASSERT_TRUE(gate.try_enter());
  std::thread closer([&] {
    gate.close_and_wait();
    closed = true;
  });
  // Once the gate refuses, the closer is in it, waiting for this thread.
  while (gate.try_enter()) {
    gate.leave();
    std::this_thread::yield();
  }
  EXPECT_FALSE(closed);
  gate.leave();
  closer.join();
  EXPECT_TRUE(closed);
}

TEST(OperationGate, nobody_is_inside_after_it_was_closed) {
  for (int round = 0; round < 50; ++round) {
    OperationGate gate;
    std::atomic<bool> freed{false};
    std::atomic<std::uint64_t> passages{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        for (;;) {
          const GatePass pass(gate);
          if (!pass) return;
          EXPECT_FALSE(freed.load());
          ++passages;
        }
      });
    }
    while (passages.load() < 10) std::this_thread::yield();
    gate.close_and_wait();
    freed = true;
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace quartz::storage
