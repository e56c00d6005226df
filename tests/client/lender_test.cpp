#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
namespace c = quartz::commands;
using std::chrono::milliseconds;

std::string answer_to(const std::string& command) {
  if (command == "EXEC") return "*1\r\n+OK\r\n";
  return command.starts_with("SET in a batch") ? "+QUEUED\r\n" : "+OK\r\n";
}

void answer_everything(PeerConnection& connection) {
  if (connection.greet()) connection.answer_all(answer_to);
}

TEST(LentConnections, are_lent_again_as_long_as_they_are_clean) {
  ScriptedPeer peer(answer_everything);
  Client client{patient_config(peer.url())};
  for (int i = 0; i < 5; ++i) {
    Lease lease = client.lease().value();
    EXPECT_TRUE(lease.run(c::set("k", "v")));
    EXPECT_TRUE(lease.exec(Batch().add({"SET", "in a batch", "v"})));
    EXPECT_TRUE(lease.watch("k"));
  }
  EXPECT_EQ(peer.accepted(), 1u);
}

TEST(LentConnections, go_to_those_who_wait_in_their_order) {
  constexpr int kWaiting = 10;
  ScriptedPeer peer(answer_everything);
  ClientConfig config = patient_config(peer.url());
  config.leases.connections_max = 2;
  Client client{config};
  std::optional<Lease> one(client.lease().value());
  std::optional<Lease> other(client.lease().value());
  std::vector<int> served;  // On the client's thread.
  std::promise<void> all;
  for (int i = 0; i < kWaiting; ++i) {
    client.async_lease([&, i](ClientResult<Lease> lent) {
      EXPECT_TRUE(lent);
      served.push_back(i);
      if (served.size() == kWaiting) all.set_value();
    });
  }
  one.reset();
  other.reset();
  ASSERT_EQ(all.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_THAT(served, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_EQ(peer.accepted(), 2u);
}

TEST(LentConnections, end_if_their_time_is_over_before_they_are_open) {
  std::promise<void> given_up;
  std::promise<void> ended;
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (connection.number() != 0) return answer_everything(connection);
    given_up.get_future().wait();
    answer_everything(connection);
    ended.set_value();
  });
  ClientConfig config = patient_config(peer.url());
  config.leases.lifetime = milliseconds(1);
  Client client{config};
  EXPECT_THAT(client.lease({.timeout = milliseconds(20), .deadline = {}}),
              FailsAs(ClientErrc::timed_out, Executed::no));
  given_up.set_value();
  EXPECT_EQ(ended.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_TRUE(client.lease());
}

// Whoever comes before the timer that would have closed it.
TEST(LentConnections, are_lent_no_more_once_their_time_is_over) {
  ScriptedPeer peer(answer_everything);
  ClientConfig config = patient_config(peer.url());
  config.leases.lifetime = milliseconds(20);
  asio::io_context context;
  Client client{context.get_executor(), config};
  const auto lend = [&] {
    std::optional<Lease> lease;
    client.async_lease([&](ClientResult<Lease> lent) { lease.emplace(std::move(lent).value()); });
    while (!lease) context.run_one();
    return *std::move(lease);
  };
  lend().give_back();
  while (client.metrics().leases_idle == 0) context.run_one();
  const auto over = std::chrono::steady_clock::now() + config.leases.lifetime;
  while (std::chrono::steady_clock::now() < over) {
  }
  const Lease lease = lend();
  EXPECT_EQ(peer.accepted(), 2u);
  client.close();
}

}  // namespace
}  // namespace quartz::client
