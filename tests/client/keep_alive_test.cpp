#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <optional>
#include <ostream>
#include <string>
#include <sys/socket.h>
#include <vector>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/commands/blocking.hpp"

namespace quartz::client {
namespace {

namespace c = quartz::commands;
using std::chrono::seconds;
using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::chrono::milliseconds kWithoutEnd{0};

/// What the kernel has been told about a connection, in its units.
struct Probes {
  int on = 0;
  int idle = 0;
  int interval = 0;
  int count = 0;
  int user_timeout = 0;

  bool operator==(const Probes&) const = default;
};

void PrintTo(const Probes& probes, std::ostream* out) {
  *out << "on " << probes.on << ", idle " << probes.idle << ", interval " << probes.interval
       << ", count " << probes.count << ", user timeout " << probes.user_timeout;
}

int option_of(int descriptor, int level, int name) {
  int value = -1;
  socklen_t size = sizeof(value);
  ::getsockopt(descriptor, level, name, &value, &size);
  return value;
}

/// Of all connections of this process that lead to that port of this machine.
std::vector<Probes> probes_to(std::uint16_t port) {
  std::vector<Probes> found;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int descriptor = std::stoi(each.path().filename().string());
    sockaddr_in peer = {};
    socklen_t size = sizeof(peer);
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
    found.push_back({.on = option_of(descriptor, SOL_SOCKET, SO_KEEPALIVE),
                     .idle = option_of(descriptor, IPPROTO_TCP, TCP_KEEPIDLE),
                     .interval = option_of(descriptor, IPPROTO_TCP, TCP_KEEPINTVL),
                     .count = option_of(descriptor, IPPROTO_TCP, TCP_KEEPCNT),
                     .user_timeout = option_of(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT)});
  }
  return found;
}

/// Of a server that vanishes is known after two seconds.
ClientConfig probing_config(std::string url) {
  ClientConfig config = patient_config(std::move(url));
  config.request_timeout = kWithoutEnd;
  config.keep_alive = {.idle = seconds(1), .interval = seconds(1), .count = 1};
  return config;
}

ScriptedPeer::Script well_behaved() {
  return [](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string& command) {
      return command.starts_with("SUBSCRIBE") ? ">3\r\n+subscribe\r\n+n\r\n:1\r\n" : "+OK\r\n";
    });
  };
}

TEST(KeepAlive, is_asked_of_the_kernel_for_each_connection) {
  ScriptedPeer peer(well_behaved());
  ClientConfig config = patient_config(peer.url());
  config.keep_alive = {.idle = seconds(7), .interval = seconds(3), .count = 2};
  Client client{config};
  ASSERT_TRUE(client.set("k", "v"));
  const Lease lease = client.lease().value();
  const Subscription subscription = client.subscribe({.channels = {"n"}, .patterns = {}}).value();
  const std::vector<Probes> probes = probes_to(peer.port());
  EXPECT_THAT(probes, SizeIs(3));
  EXPECT_THAT(probes,
              Each(Probes{.on = 1, .idle = 7, .interval = 3, .count = 2, .user_timeout = 13'000}));
}

TEST(KeepAlive, is_asked_for_unless_the_configuration_says_otherwise) {
  ScriptedPeer peer(well_behaved());
  const auto probes_of = [&](const ClientConfig& config) {
    Client client{config};
    EXPECT_TRUE(client.set("k", "v"));
    return probes_to(peer.port()).at(0);
  };
  EXPECT_EQ(probes_of(patient_config(peer.url())),
            (Probes{.on = 1, .idle = 15, .interval = 5, .count = 3, .user_timeout = 30'000}));
  ClientConfig config = patient_config(peer.url());
  config.keep_alive.idle = seconds(0);
  const Probes none = probes_of(config);
  EXPECT_EQ(none.on, 0);
  EXPECT_EQ(none.user_timeout, 0);
}

/// Over a lease, for ever; what does not end is ended.
ClientResult<std::optional<PoppedElement>> pop(Client& client, const std::string& key) {
  Lease lease = client.lease({.timeout = kPatience, .deadline = {}}).value();
  auto popped =
      std::async(std::launch::async, [&] { return lease.run(c::blpop(key, kWithoutEnd)); });
  if (popped.wait_for(kPatience) != std::future_status::ready) client.close();
  return popped.get();
}

TEST(KeepAlive, ends_an_endless_wait_for_a_server_that_has_vanished) {
  std::atomic<bool> vanished{false};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.read_command();
    // With this it has acknowledged the command, which is not sent again.
    connection.send(">2\r\n+nothing\r\n+new\r\n");
    vanished = connection.vanish();
  });
  Client client{probing_config(peer.url())};
  const auto popped = pop(client, "l");
  if (!vanished) GTEST_SKIP() << "SKIPPED: this process may not make connections vanish";
  EXPECT_THAT(popped, FailsAs(ClientErrc::unavailable, Executed::unknown));
  EXPECT_THAT(popped, WasStoppedBy(RetryStop::lease));
}

TEST(KeepAlive, ends_an_endless_wait_for_a_server_that_takes_nothing) {
  std::promise<void> over;
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (connection.greet()) over.get_future().wait();
  });
  Client client{probing_config(peer.url())};
  // More than the kernels of both keep.
  const auto popped = pop(client, std::string(64u << 20, 'l'));
  EXPECT_THAT(popped, FailsAs(ClientErrc::unavailable, Executed::unknown));
  EXPECT_THAT(popped, WasStoppedBy(RetryStop::lease));
  EXPECT_THAT(popped.error().message(), HasSubstr("timed out"));
  over.set_value();
}

}  // namespace
}  // namespace quartz::client
