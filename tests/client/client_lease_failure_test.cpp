#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <utility>

#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/closed_port.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/commands/blocking.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
namespace c = quartz::commands;

TEST(LeaseFailures, to_connect_are_told_after_all_attempts) {
  const ClosedPort port;
  Client client{patient_config(port.url())};
  const auto lease = client.lease();
  EXPECT_THAT(lease, FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_THAT(lease, WasStoppedBy(RetryStop::attempts));
  EXPECT_EQ(lease.error().attempts(), 3u);
}

TEST(LeaseFailures, to_be_let_in_are_told_at_once) {
  ScriptedPeer peer([](PeerConnection& connection) {
    connection.read_command();
    connection.send("-NOAUTH HELLO must be called with the client already authenticated\r\n");
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  const auto lease = client.lease();
  EXPECT_THAT(lease, FailsAs(ClientErrc::not_permitted, Executed::no));
  EXPECT_THAT(lease, WasStoppedBy(RetryStop::permanent));
}

TEST(LeaseFailures, are_over_once_the_server_is_back) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (connection.number() < 2) return connection.reset();
    if (!connection.greet()) return;
    connection.answer_all([](const std::string&) { return "+OK\r\n"; });
  });
  Client client{patient_config(peer.url())};
  EXPECT_TRUE(client.lease());
  EXPECT_EQ(peer.accepted(), 3u);
}

TEST(LeaseFailures, are_not_tried_again_over_another_connection) {
  std::atomic<int> asked{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.read_command();
    ++asked;
    connection.reset();
  });
  Client client{patient_config(peer.url())};
  Lease lease = client.lease().value();
  const auto value = lease.run(c::get("k"));
  EXPECT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::unknown));
  EXPECT_THAT(value, WasStoppedBy(RetryStop::lease));
  const auto again = lease.run(c::get("k"));
  EXPECT_THAT(again, FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_THAT(again, WasStoppedBy(RetryStop::lease));
  EXPECT_EQ(asked.load(), 1);
  // The place is free for another one.
  lease.give_back();
  EXPECT_TRUE(client.lease());
}

TEST(LeaseFailures, of_a_connection_that_nobody_has_are_noticed) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    if (connection.number() == 0) {
      connection.read_command();
      connection.send("+OK\r\n");
      return;  // And the connection ends.
    }
    connection.answer_all([](const std::string&) { return "+OK\r\n"; });
  });
  Client client{patient_config(peer.url())};
  Lease lease = client.lease().value();
  EXPECT_TRUE(lease.run(c::set("k", "v")));
  while (lease.run(c::set("k", "v"))) {
  }
  lease = client.lease().value();
  EXPECT_TRUE(lease.run(c::set("k", "v")));
}

TEST(LeaseFailures, to_forget_what_was_watched_end_the_connection) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string& command) {
      return command == "UNWATCH" ? "-NOPERM this user has no permissions\r\n" : "+OK\r\n";
    });
  });
  ClientConfig config = patient_config(peer.url());
  config.leases.connections_max = 1;
  Client client{config};
  Lease lease = client.lease().value();
  ASSERT_TRUE(lease.watch("k"));
  lease.give_back();
  // It may get the same one still, which ends then.
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (peer.accepted() < 2) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
    Lease next = client.lease().value();
    if (!next.run(c::set("k", "v"))) continue;
  }
}

TEST(LeaseFailures, that_were_never_sent_leave_the_connection_whole) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string&) { return "+OK\r\n"; });
  });
  Client client{patient_config(peer.url())};
  Lease lease = client.lease().value();
  RequestOptions over;
  over.deadline = std::chrono::steady_clock::now();
  EXPECT_THAT(lease.run(c::set("k", "v"), over), FailsAs(ClientErrc::timed_out, Executed::no));
  EXPECT_TRUE(lease.run(c::set("k", "v")));
}

TEST(LeaseFailures, of_waits_with_an_end_come_though_requests_may_take_for_ever) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (connection.greet()) connection.swallow();
  });
  ClientConfig config = patient_config(peer.url());
  config.request_timeout = std::chrono::milliseconds(0);
  config.connect_timeout = kTimeToSend;
  Client client{config};
  Lease lease = client.lease().value();
  const auto wait = c::blpop("l", std::chrono::milliseconds(1));
  auto popped = std::async(std::launch::async, [&] { return lease.run(wait); });
  if (popped.wait_for(kPatience) != std::future_status::ready) client.close();
  EXPECT_THAT(popped.get(), FailsAs(ClientErrc::timed_out, Executed::unknown));
}

}  // namespace
}  // namespace quartz::client
