#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <signal.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "protocol/resp_reply_parser.hpp"
#include "server/program/server_process.hpp"
#include "server/raw_client.hpp"
#include "support/number_from_environment.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {
namespace {

using protocol::RespReplyParser;
using std::chrono::milliseconds;

constexpr std::uint64_t kSlots = 20;
constexpr std::uint64_t kPairEvery = 7;  // Such steps write two keys in a transaction.

/// One connection's replies, as far as they come.
class Replies {
 public:
  explicit Replies(RawClient& client) : client_(client) {}

  /// The text of the next reply's last node; false at the end of the connection.
  bool next(std::string& text) {
    std::array<char, 65536> part;
    while (parser_.advance(bytes_) != RespReplyParser::Progress::complete) {
      const ssize_t got = ::recv(client_.descriptor(), part.data(), part.size(), 0);
      if (got <= 0) return false;
      bytes_.append(part.data(), static_cast<std::size_t>(got));
    }
    text = parser_.nodes().back().text;
    bytes_.erase(0, parser_.consumed());
    return true;
  }

 private:
  RawClient& client_;
  RespReplyParser parser_;
  std::string bytes_;
};

/// Writes steps one after another, and remembers what the server said of them: the ledger, which
/// no killed process holds.
class Writer {
 public:
  explicit Writer(int number) : prefix_("w" + std::to_string(number) + ":") {}

  /// Until the connection ends.
  void run(std::uint16_t port, std::uint64_t seed) {
    RawClient client(port);
    Replies replies(client);
    Random random(seed);
    std::string text;
    for (;;) {
      const std::uint64_t last = sent_ + 1 + random.below(40);
      std::string requests;
      while (sent_ < last) requests += request_of_step(++sent_);
      if (!client.send(requests)) return;
      while (acknowledged_ < last) {
        const bool in_pair = is_pair(acknowledged_ + 1);
        for (int i = 0; i < (in_pair ? 4 : 1); ++i) {
          if (!replies.next(text)) return;
        }
        ASSERT_EQ(text, "OK");
        ++acknowledged_;
      }
    }
  }

  /// What is found must be all steps up to one that is neither before the last acknowledged nor
  /// behind the last sent.
  void check(std::uint16_t port) {
    RawClient client(port);
    Replies replies(client);
    std::map<std::string, std::uint64_t> found;
    for (const std::string& key : keys()) {
      std::string text;
      ASSERT_TRUE(client.send("GET " + key + "\r\n") && replies.next(text));
      found[key] = text.empty() ? 0 : std::stoull(text);
    }
    std::uint64_t last = 0;
    for (const auto& [key, step] : found) last = std::max(last, step);
    EXPECT_GE(last, acknowledged_) << prefix_ << ": an acknowledged step is lost";
    EXPECT_LE(last, sent_) << prefix_ << ": a step was made up";
    for (const std::string& key : keys()) {
      EXPECT_EQ(found[key], newest_step(key, last)) << key << " of steps up to " << last;
    }
    sent_ = acknowledged_ = last;
  }

  std::uint64_t acknowledged() const noexcept { return acknowledged_; }

 private:
  static bool is_pair(std::uint64_t step) noexcept { return step % kPairEvery == 0; }
  std::string slot(std::uint64_t step) const { return prefix_ + std::to_string(step % kSlots); }

  std::string request_of_step(std::uint64_t step) const {
    const std::string number = std::to_string(step);
    if (!is_pair(step)) return "SET " + slot(step) + " " + number + " EX 100000\r\n";
    return "MULTI\r\nSET " + prefix_ + "left " + number + "\r\nSET " + prefix_ + "right " + number +
           "\r\nEXEC\r\n";
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> all = {prefix_ + "left", prefix_ + "right"};
    for (std::uint64_t i = 0; i < kSlots; ++i) all.push_back(slot(i));
    return all;
  }
  std::uint64_t newest_step(const std::string& key, std::uint64_t last) const {
    for (std::uint64_t step = last; step > 0; --step) {
      const bool wrote = is_pair(step) ? key.ends_with("t") : key == slot(step);
      if (wrote) return step;
    }
    return 0;
  }

  std::string prefix_;
  std::uint64_t sent_ = 0;
  std::uint64_t acknowledged_ = 0;
};

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
  std::vector<Writer> writers = {Writer(0), Writer(1), Writer(2)};
  for (std::uint64_t cycle = 0; cycle < cycles && !testing::Test::HasFailure(); ++cycle) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    ServerProcess server(arguments);
    server.read_port();
    const std::uint16_t port = server.read_port();
    ASSERT_NE(port, 0) << server.errors();
    for (Writer& writer : writers) writer.check(port);
    std::vector<std::thread> threads;
    for (Writer& writer : writers) {
      threads.emplace_back([&writer, port, own = random.next()] { writer.run(port, own); });
    }
    std::this_thread::sleep_for(milliseconds(random.below(250)));
    server.signal(SIGKILL);
    for (std::thread& thread : threads) thread.join();
    EXPECT_THAT(server.finish(), EndsWithStatus(128 + SIGKILL));
  }
  std::uint64_t steps = 0;
  for (const Writer& writer : writers) steps += writer.acknowledged();
  EXPECT_GT(steps, 0u);
  std::cout << steps << " steps were acknowledged\n";
}

}  // namespace
}  // namespace quartz::server
