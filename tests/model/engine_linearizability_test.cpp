#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "support/linearizability.hpp"
#include "support/number_from_environment.hpp"
#include "support/result_matchers.hpp"
#include "support/sanitizers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using Action = RegisterAction;
using Number = std::optional<std::int64_t>;

constexpr std::uint64_t kHistories = kUnderSanitizer ? 100 : 400;
constexpr std::size_t kThreads = 5;
// In a round all threads work on the same few registers, and then on other ones.
constexpr std::size_t kRegisters = 4;
constexpr std::uint64_t kOperationsInRound = 40;  // Of each thread.

/// An engine as registers that threads work on at the same time, and what each operation was
/// answered. It has few rows in its cache and small memtables, so that reads come from anywhere.
class RegisterThreads {
 public:
  RegisterThreads(StorageEngine& engine, std::uint64_t seed) : engine_(engine), random_(seed) {}

  void round() {
    ++rounds_;
    std::array<History, kThreads> done;
    std::latch all(kThreads);
    std::vector<std::thread> threads;
    for (History& own : done) {
      threads.emplace_back([this, &own, &all, seed = random_.next()] {
        all.arrive_and_wait();
        go_on(own, Random(seed));
      });
    }
    for (std::thread& thread : threads) thread.join();
    std::array<std::vector<RegisterOperation>, kRegisters> histories;
    for (const History& own : done) {
      for (const auto& [which, operation] : own) histories.at(which).push_back(operation);
    }
    for (const auto& history : histories) {
      ASSERT_TRUE(is_linearizable(history))
          << "round " << rounds_ << " has no order: " << testing::PrintToString(history);
    }
  }

 private:
  using History = std::vector<std::pair<std::size_t, RegisterOperation>>;

  void go_on(History& own, Random random) {
    const std::string filling(random.below(400), 'v');
    for (std::uint64_t i = 0; i < kOperationsInRound; ++i) {
      RegisterOperation operation;
      operation.action = static_cast<Action>(random.below(6));
      operation.argument = ++arguments_;
      const std::size_t which = random.below(kRegisters);
      const std::string key = std::to_string(rounds_) + ":" + std::to_string(which);
      operation.begun = ++now_;
      const auto answer = carry_out(operation, key, filling);
      operation.ended = ++now_;
      if (!answer) {
        ADD_FAILURE() << answer.error().to_string();
        return;
      }
      operation.answer = *answer;
      own.emplace_back(which, operation);
      if (!random.one_in(40)) continue;
      EXPECT_THAT(engine_.flush(), Succeeds());
    }
  }

  Result<Number> carry_out(const RegisterOperation& operation, const std::string& key,
                           const std::string& filling) {
    const std::string written = std::to_string(operation.argument) + ":" + filling;
    if (operation.action == Action::get) return read_number(key);
    if (operation.action == Action::set) {
      if (auto done = engine_.put(key, written); !done) return done.error();
      return Number();
    }
    // The others look first, and write only what nobody has changed meanwhile.
    for (;;) {
      ReadSet reads(engine_.sequence());
      reads.add(key);
      const auto before = read_number(key);
      if (!before) return before;
      const auto done = write_after(operation, key, filling, *before, {.unchanged = &reads});
      if (done || done.error().code() != Errc::conflict) return done;
    }
  }

  Result<Number> write_after(const RegisterOperation& operation, const std::string& key,
                             const std::string& filling, Number before,
                             const WriteOptions& options) {
    Number after = operation.argument;
    Number answer = before;
    if (operation.action == Action::set_if_absent) {
      answer = before ? 0 : 1;
      if (before) return answer;
    } else if (operation.action == Action::increment) {
      after = answer = before.value_or(0) + operation.argument;
    } else if (operation.action == Action::remove) {
      answer = before ? 1 : 0;
      after.reset();
    }
    const auto done = after ? engine_.put(key, std::to_string(*after) + ":" + filling, options)
                            : engine_.remove(key, options);
    if (!done) return done.error();
    return answer;
  }

  Result<Number> read_number(const std::string& key) const {
    auto value = engine_.get(key);
    if (!value) return value.error();
    if (!*value) return Number();
    return Number(std::stoll(**value));
  }

  StorageEngine& engine_;
  Random random_;
  std::uint64_t rounds_ = 0;
  std::atomic<std::uint64_t> now_{0};
  std::atomic<std::int64_t> arguments_{0};
};

// So many histories as QUARTZ_HISTORIES says, with QUARTZ_MODEL_SEED if one is given.
TEST(EngineLinearizability, is_kept_by_threads_that_read_write_and_compare_on_the_same_keys) {
  const std::uint64_t seed = number_from_environment("QUARTZ_MODEL_SEED", 1);
  const std::uint64_t histories = number_from_environment("QUARTZ_HISTORIES", kHistories);
  std::cout << "QUARTZ_MODEL_SEED=" << seed << '\n';
  const ScratchDirectory scratch;
  StorageConfig config = small_config();
  config.cache_size = 100;
  StorageEngine engine = open_small(scratch / "db", config);
  RegisterThreads threads(engine, seed);
  std::uint64_t done = 0;
  for (; done < histories && !HasFailure(); done += kRegisters) threads.round();
  std::cout << done << " histories\n";
}

}  // namespace
}  // namespace quartz
