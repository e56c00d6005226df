#include <chrono>
#include <cstdint>
#include <iostream>
#include <string_view>

#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/fault_run.hpp"
#include "support/number_from_environment.hpp"
#include "support/sanitizers.hpp"

namespace quartz::client {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kFaultedOperations = kUnderSanitizer ? 4'000 : 10'000;

// What a request and its reply have on average, in each direction.
constexpr std::uint64_t kRequestBytes = 50;
constexpr std::uint64_t kReplyBytes = 50;

/// QUARTZ_FAULT_OPERATIONS are done per test, with QUARTZ_FAULT_SEED if one is given.
class RandomFaults : public ServedClient {
 protected:
  static std::uint64_t operations() {
    return number_from_environment("QUARTZ_FAULT_OPERATIONS", kFaultedOperations);
  }

  FaultRun run_with(const ClientConfig& config, FaultRun::Size size, std::uint64_t seed) {
    seed = number_from_environment("QUARTZ_FAULT_SEED", seed);
    std::cout << "QUARTZ_FAULT_SEED=" << seed << '\n';
    static_cast<void>(url());  // Begins to serve.
    return FaultRun(server_->resp_port().value(), seed, config, size);
  }

  /// With deadlines that are far away.
  static ClientConfig unhurried() {
    ClientConfig config;
    config.request_timeout = kPatience;
    config.connect_timeout = kPatience;
    return config;
  }
  /// That learns soon that a connection is dead.
  static ClientConfig hurried() {
    ClientConfig config;
    config.request_timeout = milliseconds(250);
    config.connect_timeout = milliseconds(100);
    config.heartbeat_interval = milliseconds(50);
    config.heartbeat_timeout = milliseconds(50);
    config.breaker.open_min = milliseconds(1);
    config.breaker.open_max = milliseconds(20);
    return config;
  }

  /// How often a client refuses at once while all of its connections are dead depends on nothing
  /// but how fast it is asked.
  static bool most_of_what_was_sent_is_answered(const FaultFigures& figures) {
    const std::uint64_t sent = figures.operations - figures.not_executed;
    return figures.failed - figures.not_executed < sent / 2;
  }

  static void tell(FaultRun& run) {
    const FaultCounts counts = run.proxy().counts();
    std::cout << run.figures() << "; " << counts.connections << " connections, " << counts.resets
              << " resets\n";
  }
};

TEST_F(RandomFaults, that_reset_connections_lose_and_double_nothing) {
  constexpr FaultRun::Size kSize{.clients = 4, .coroutines = 4};
  // A reset takes up to four operations with it, so that one of a hundred is taken.
  constexpr std::uint64_t kOperationsForReset = 400;
  FaultRun run = run_with(unhurried(), kSize, 1);
  run.proxy().set_script([](std::uint64_t /*connection*/, Random& random) {
    ConnectionFaults faults;
    const bool to_target = random.one_in(2);
    const std::uint64_t bytes = to_target ? kRequestBytes : kReplyBytes;
    StreamFaults& stream = to_target ? faults.to_target : faults.to_client;
    stream.end_after = random.below(2 * kOperationsForReset * bytes);
    return faults;
  });
  run.operations(operations());
  run.judge();
  tell(run);
  EXPECT_GT(run.proxy().counts().resets, 0u);
  // Three attempts in vain of one operation are one in a million.
  EXPECT_LE(run.figures().repeatable_failed, 1 + run.figures().repeatable / 10'000);
}

TEST_F(RandomFaults, of_every_kind_lose_and_double_nothing) {
  FaultRun run = run_with(hurried(), {.clients = 4, .coroutines = 8}, 2);
  run.proxy().set_script([](std::uint64_t /*connection*/, Random& random) {
    ConnectionFaults faults = ConnectionFaults::any(random);
    // What is left whole at first ends later.
    for (StreamFaults* const stream : {&faults.to_target, &faults.to_client}) {
      if (!stream->end_after) stream->end_after = random.below(50'000);
    }
    return faults;
  });
  run.operations(operations());
  run.judge();
  tell(run);
  EXPECT_GT(run.figures().failed, 0u);
  EXPECT_TRUE(most_of_what_was_sent_is_answered(run.figures()));
}

TEST_F(RandomFaults, of_the_whole_network_lose_and_double_nothing) {
  ClientConfig config = hurried();
  // Deadlines pass before anybody notices that the connection is dead, and what was given up
  // arrives when the network comes back.
  config.request_timeout = milliseconds(50);
  config.heartbeat_interval = milliseconds(100);
  config.heartbeat_timeout = milliseconds(100);
  FaultRun run = run_with(config, {.clients = 4, .coroutines = 4}, 3);
  constexpr std::uint64_t kOutages = 6;
  const std::uint64_t part = operations() / kOutages;
  for (std::uint64_t outage = 0; outage < kOutages; ++outage) {
    run.operations(part);
    if (outage % 3 == 0) {
      run.proxy().refuse_connections();
      run.proxy().end_all(StreamEnd::reset);
    } else if (outage % 3 == 1) {
      run.proxy().set_faults(ConnectionFaults::black_hole());
    } else {
      const StreamFaults held{.latency = std::chrono::hours(1000)};
      run.proxy().set_faults({.to_target = held, .to_client = held});
    }
    run.operations(part / 20);
    run.heal();
  }
  run.judge();
  tell(run);
  EXPECT_GT(run.figures().failed, 0u);
  EXPECT_GT(run.figures().timed_out, 0u);
  EXPECT_TRUE(most_of_what_was_sent_is_answered(run.figures()));
}

}  // namespace
}  // namespace quartz::client
