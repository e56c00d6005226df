#include <array>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <signal.h>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "server/crash/ledger_writer.hpp"
#include "server/program/server_process.hpp"
#include "support/number_from_environment.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {
namespace {

using std::chrono::milliseconds;

// QUARTZ_SERVER_CRASH_CYCLES kills of one database, with the seed QUARTZ_CRASH_SEED.
TEST(ServerKill, loses_nothing_acknowledged_and_halves_no_transaction) {
  const std::uint64_t cycles = number_from_environment("QUARTZ_SERVER_CRASH_CYCLES", 50);
  const std::uint64_t seed = number_from_environment("QUARTZ_CRASH_SEED", 20240229);
  std::cout << "QUARTZ_SERVER_CRASH_CYCLES=" << cycles << " QUARTZ_CRASH_SEED=" << seed << '\n';
  const ScratchDirectory scratch;
  const std::vector<std::string> arguments = {"--data-dir",       (scratch / "data").string(),
                                              "--port",           "0",
                                              "--resp-port",      "0",
                                              "--segment-bytes",  "256KiB",
                                              "--memtable-bytes", "1MiB"};
  Random random(seed);
  std::array<LedgerWriter, 3> writers = {LedgerWriter(0), LedgerWriter(1), LedgerWriter(2)};
  for (std::uint64_t cycle = 0; cycle < cycles && !testing::Test::HasFailure(); ++cycle) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    ServerProcess server(arguments);
    server.read_port();
    const std::uint16_t port = server.read_port();
    ASSERT_NE(port, 0) << server.errors();
    for (LedgerWriter& writer : writers) {
      writer.go_on_after(writer.check(port, writer.acknowledged(), writer.sent()));
    }
    std::vector<std::thread> threads;
    for (LedgerWriter& writer : writers) {
      threads.emplace_back([&writer, port, own = random.next()] { writer.run(port, own); });
    }
    std::this_thread::sleep_for(milliseconds(random.below(250)));
    server.signal(SIGKILL);
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(server.finish(), EndsWithStatus(128 + SIGKILL));
  }
  std::uint64_t steps = 0;
  for (const LedgerWriter& writer : writers) steps += writer.acknowledged();
  EXPECT_GT(steps, 0u);
  std::cout << steps << " steps were acknowledged\n";
}

}  // namespace
}  // namespace quartz::server
