#include "client/once_keys.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/commands/strings.hpp"
#include "support/fault_proxy.hpp"

namespace quartz::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr RequestOptions kByKey{.idempotency = Idempotency::by_key};

std::string request(std::initializer_list<std::string_view> words) {
  return encode(std::span<const std::string_view>(words.begin(), words.size())).request;
}

TEST(OnceKeys, are_given_to_commands_that_write_alone) {
  OnceKeys keys;
  std::string read = request({"GET", "k"});
  keys.give(read);
  EXPECT_EQ(read, request({"GET", "k"}));
  std::string own = request({"QUARTZ.ONCE", "me", "1", "INCR", "k"});
  keys.give(own);
  EXPECT_EQ(own, request({"QUARTZ.ONCE", "me", "1", "INCR", "k"}));
  std::string lower = request({"quartz.once", "me", "1", "INCR", "k"});
  keys.give(lower);
  EXPECT_EQ(lower, request({"quartz.once", "me", "1", "INCR", "k"}));
  std::string written = request({"INCR", "k"});
  keys.give(written);
  EXPECT_THAT(written, MatchesRegex("\\*5\r\n\\$11\r\nQUARTZ.ONCE\r\n\\$32\r\n[0-9a-f]+\r\n"
                                    "\\$1\r\n1\r\n\\$4\r\nINCR\r\n\\$1\r\nk\r\n"));
}

TEST(OnceKeys, differ_from_command_to_command_and_from_client_to_client) {
  OnceKeys one;
  OnceKeys other;
  std::string first = request({"INCR", "k"});
  std::string second = first;
  std::string third = first;
  one.give(first);
  one.give(second);
  other.give(third);
  EXPECT_NE(first, second);
  EXPECT_NE(first, third);
}

class KeyedRequests : public ServedClient {
 protected:
  ClientConfig through_proxy() {
    url();
    proxy_.emplace(server_->resp_port().value());
    // Each connection is reset by the answers to some of its requests, which were carried out.
    proxy_->set_script([](std::uint64_t /*connection*/, Random& random) {
      ConnectionFaults faults;
      faults.to_client.end_after = 300 + random.below(200);
      faults.to_client.end = StreamEnd::reset;
      return faults;
    });
    ClientConfig config = patient_config("quartz://127.0.0.1:" + std::to_string(proxy_->port()));
    config.retry.attempts_max = 100;
    config.retry.budget_tokens = 1'000'000;
    config.breaker.failures_max = 1'000'000;
    return config;
  }

  std::optional<FaultProxy> proxy_;
};

TEST_F(KeyedRequests, are_carried_out_once_though_their_answers_are_lost) {
  Client client(through_proxy());
  for (std::int64_t n = 1; n <= 200; ++n)
    EXPECT_EQ(client.run(commands::incr("n"), kByKey).value(), n);
  EXPECT_GT(proxy_->counts().resets, 2u);
  EXPECT_GT(client.metrics().retries, 0u);
}

TEST_F(KeyedRequests, that_are_batches_are_carried_out_once_as_a_whole) {
  Client client(through_proxy());
  for (std::int64_t n = 1; n <= 100; ++n) {
    Batch batch;
    batch.add({"INCR", "n"}).add({"GET", "n"}).add({"APPEND", "text", "x"});
    const auto replies = client.exec(batch, kByKey);
    ASSERT_TRUE(replies.has_value()) << replies.error().to_string();
    EXPECT_THAT(*replies, ElementsAre(Reply::of_integer(n), Reply::of_string(std::to_string(n)),
                                      Reply::of_integer(n)));
  }
  EXPECT_GT(proxy_->counts().resets, 2u);
}

TEST_F(KeyedRequests, are_measured_as_what_they_carry_out) {
  Client client(patient_config(url()));
  ASSERT_TRUE(client.run(commands::incr("n"), kByKey).has_value());
  const auto operations = client.metrics().operations;
  EXPECT_TRUE(
      std::ranges::any_of(operations, [](const auto& each) { return each.name == "INCR"; }));
}

TEST_F(KeyedRequests, may_have_their_callers_key_in_any_letters) {
  Client client(patient_config(url()));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client.command({"Quartz.Once", "me", "1", "INCR", "n"}, kByKey).value(),
              Reply::of_integer(1));
  }
  const auto operations = client.metrics().operations;
  EXPECT_TRUE(
      std::ranges::any_of(operations, [](const auto& each) { return each.name == "INCR"; }));
}

TEST_F(KeyedRequests, that_can_have_no_key_are_rejected_by_name) {
  Client client(patient_config(url()));
  const auto refused = client.run(Command<std::int64_t>{"PUBLISH", "channel", "text"}, kByKey);
  EXPECT_THAT(refused, FailsAs(ClientErrc::rejected, Executed::yes));
  EXPECT_THAT(refused.error().message(), HasSubstr("PUBLISH"));
}

TEST(KeyedRequest, of_a_server_without_room_for_keys_may_come_later) {
  ScriptedPeer peer([asked = 0](PeerConnection& connection) mutable {
    if (!connection.greet()) return;
    connection.answer_all([&](const std::string&) {
      return ++asked == 1 ? "-ONCEFULL too many keys\r\n" : ":7\r\n";
    });
  });
  Client client{patient_config(peer.url())};
  EXPECT_EQ(client.run(commands::incr("n"), kByKey).value(), 7);
}

TEST(KeyedRequest, tells_that_it_was_carried_out_if_its_answer_is_known_no_more) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    if (connection.number() == 0) {
      connection.read_command();
      return connection.reset();
    }
    connection.answer_all([](const std::string&) { return "-ONCEDONE its reply is gone\r\n"; });
  });
  Client client{patient_config(peer.url())};
  const auto done = client.run(commands::incr("n"), kByKey);
  EXPECT_THAT(done, FailsAs(ClientErrc::rejected, Executed::yes));
  EXPECT_THAT(done, WasStoppedBy(RetryStop::permanent));
}

TEST(KeyedRequest, fails_where_the_server_knows_no_keys) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all(
        [](const std::string&) { return "-ERR unknown command 'QUARTZ.ONCE'\r\n"; });
  });
  Client client{patient_config(peer.url())};
  const auto refused = client.run(commands::incr("n"), kByKey);
  EXPECT_THAT(refused, FailsAs(ClientErrc::rejected, Executed::yes));
  EXPECT_THAT(refused.error().message(), HasSubstr("QUARTZ.ONCE"));
}

}  // namespace
}  // namespace quartz::client
