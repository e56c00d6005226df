#include <chrono>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <signal.h>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "server/program/server_process.hpp"
#include "server/raw_client.hpp"
#include "support/number_from_environment.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {
namespace {

using std::chrono::milliseconds;

/// A client that increments a number, each time with the next sequence, and repeats what it was not
/// replied to. So what it is replied is the sequence, however often it was sent.
class Counter {
 public:
  explicit Counter(std::string name) : name_(std::move(name)) {}

  /// Until the server has gone.
  void run(RawClient& client) {
    for (;;) {
      const std::string sequence = std::to_string(acknowledged_ + 1);
      ++sent_;
      if (!client.send("QUARTZ.ONCE " + name_ + " " + sequence + " INCR " + name_ + "\r\n")) return;
      const std::string expected = ":" + sequence + "\r\n";
      const std::string reply = client.receive_bytes(expected.size());
      if (reply.size() < expected.size()) return;
      ASSERT_EQ(reply, expected);
      ++acknowledged_;
    }
  }
  std::uint64_t acknowledged() const noexcept { return acknowledged_; }
  std::uint64_t sent() const noexcept { return sent_; }

 private:
  const std::string name_;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t sent_ = 0;
};

// QUARTZ_SERVER_CRASH_CYCLES kills of one database, with the seed QUARTZ_CRASH_SEED.
TEST(OnceKill, carries_nothing_out_twice_and_forgets_nothing) {
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
  Counter counters[] = {Counter("one"), Counter("two")};
  for (std::uint64_t cycle = 0; cycle < cycles && !testing::Test::HasFailure(); ++cycle) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    ServerProcess server(arguments);
    server.read_port();
    const std::uint16_t port = server.read_port();
    ASSERT_NE(port, 0) << server.errors();
    std::vector<std::thread> threads;
    RawClient clients[] = {RawClient(port), RawClient(port)};
    for (std::size_t i = 0; i < std::size(counters); ++i) {
      threads.emplace_back([&, i] { counters[i].run(clients[i]); });
    }
    std::this_thread::sleep_for(milliseconds(random.below(100)));
    server.signal(SIGKILL);
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(server.finish(), EndsWithStatus(128 + SIGKILL));
  }
  for (const Counter& counter : counters) {
    EXPECT_GT(counter.acknowledged(), 0u);
    EXPECT_GT(counter.sent(), counter.acknowledged());
    std::cout << counter.acknowledged() << " were acknowledged of " << counter.sent() << " sent\n";
  }
}

}  // namespace
}  // namespace quartz::server
