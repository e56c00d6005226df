#include "server/service/commit_gate.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "server/service/service_fixture.hpp"

namespace quartz::server {
namespace {

TEST(CommitGate, lets_only_the_thread_through_that_has_closed_it) {
  CommitGate gate;
  gate.pass();
  std::thread other;
  bool passed = false;
  {
    const CommitGate::Closure closure(gate);
    EXPECT_TRUE(gate.is_closed());
    gate.pass();
    const CommitGate::Closure again(gate);
    other = std::thread([&] {
      gate.pass();
      passed = true;
    });
    EXPECT_FALSE(passed);
  }
  other.join();
  EXPECT_TRUE(passed);
  EXPECT_FALSE(gate.is_closed());
}

TEST(CommitGate, several_that_close_it_take_turns) {
  CommitGate gate;
  int inside = 0;
  int most = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 1'000; ++round) {
        const CommitGate::Closure closure(gate);
        most = std::max(most, ++inside);
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(most, 1);
}

class CommitsThatComeBetween : public ServiceFixture {
 protected:
  /// As another client does. It waits while the gate is closed.
  void put(const std::string& value) {
    ASSERT_TRUE(service().run(database(), [&](DatabaseView& view) -> Result<bool> {
      view.put_string("key", std::nullopt, value);
      return true;
    }));
  }
};

TEST_F(CommitsThatComeBetween, do_so_no_more_after_some_times) {
  int attempts = 0;
  std::thread last;
  const auto read = service().run(database(), [&](DatabaseView& view) -> Result<std::string> {
    ++attempts;
    const auto row = view.find("key");
    if (!row) return row.error();
    const std::string found(*row ? (*row)->value : "");
    if (!service().commit_gate().is_closed()) {
      std::thread([&] { put("before"); }).join();
    } else if (!last.joinable()) {
      last = std::thread([&] { put("after"); });
    }
    view.put_string("copy", std::nullopt, found);
    return found;
  });
  last.join();
  EXPECT_EQ(read.value(), "before");
  EXPECT_EQ(attempts, Attempts::kConflictsMax + 1);
  EXPECT_FALSE(service().commit_gate().is_closed());
  EXPECT_EQ(engine().get("key").value(), "after");
}

}  // namespace
}  // namespace quartz::server
