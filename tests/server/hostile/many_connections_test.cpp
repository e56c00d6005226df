#include <cstddef>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/hostile/hostile_server.hpp"

namespace quartz::server {
namespace {

constexpr std::size_t kIdle = 1'000;
constexpr std::size_t kSlow = 400;
constexpr std::size_t kNotReading = 100;

/// Both ends of each connection are in this process, and others of the test are open as well.
constexpr rlim_t kFilesNeeded = 2 * (kIdle + kSlow + kNotReading) + 500;

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t pages = 0;
  std::size_t resident = 0;
  file >> pages >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

bool may_open_enough_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  if (limit.rlim_cur >= kFilesNeeded) return true;
  limit.rlim_cur = kFilesNeeded;
  return limit.rlim_max >= kFilesNeeded && setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

class ManyConnections : public HostileClients {
 protected:
  // Half of them by each protocol.
  std::vector<RawClient> connected(std::size_t count) {
    std::vector<RawClient> clients;
    for (std::size_t i = 0; i < count; ++i) clients.emplace_back(i % 2 ? port() : resp_port());
    return clients;
  }
};

TEST_F(ManyConnections, idle_slow_and_deaf_ones_leave_others_served_and_memory_bounded) {
  if (!may_open_enough_files()) GTEST_SKIP() << "SKIPPED: too few files may be open";
  ServerConfig config = both_protocols();
  config.limits.buffered_bytes_max = 128 << 20;
  serve(config);
  ASSERT_TRUE(engine_.put("large", std::string(100'000, 'x')));
  const std::size_t before = resident_bytes();

  const std::vector<RawClient> idle = connected(kIdle);
  std::vector<RawClient> slow = connected(kSlow);
  std::vector<RawClient> deaf = connected(kNotReading);
  // What they ask for is four gigabytes.
  std::string redis;
  std::string http;
  for (int i = 0; i < 400; ++i) {
    redis += "GET large\r\n";
    http += request_text("GET", "/api/v1/kv/large");
  }
  for (std::size_t i = 0; i < deaf.size(); ++i) deaf[i].send(i % 2 ? http : redis);
  const std::string get = request_text("GET", "/livez");
  const std::string ping = "*1\r\n$4\r\nPING\r\n";
  for (std::size_t at = 0; at < ping.size(); ++at) {
    for (std::size_t i = 0; i < slow.size(); ++i) slow[i].send((i % 2 ? get : ping).substr(at, 1));
    ASSERT_TRUE(others_are_served());
  }
  // Those whose request is whole by now are answered.
  for (std::size_t i = 0; i < slow.size(); i += 2) EXPECT_EQ(slow[i].receive_bytes(7), "+PONG\r\n");
  EXPECT_GE(server_->statistics().connections_open, kIdle + kSlow + kNotReading);
  EXPECT_LE(server_->statistics().buffered_bytes, config.limits.buffered_bytes_max);
  EXPECT_LE(resident_bytes() - std::min(before, resident_bytes()), std::size_t{1} << 30);
  EXPECT_TRUE(others_are_served());
}

}  // namespace
}  // namespace quartz::server
