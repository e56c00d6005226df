#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/closed_port.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr WaitOptions kPatiently{.timeout = kPatience, .deadline = {}};
constexpr WaitOptions kBriefly{.timeout = milliseconds(20), .deadline = {}};
constexpr std::string_view kConfirmed = ">3\r\n+subscribe\r\n+n\r\n:1\r\n";
constexpr std::string_view kPong = "+PONG\r\n";

std::string published(std::string_view payload) {
  return ">3\r\n+message\r\n+n\r\n+" + std::string(payload) + "\r\n";
}

SubscriptionEvent message(std::string payload) {
  return Message{.channel = "n", .pattern = {}, .payload = std::move(payload)};
}

SubscriptionConfig numbers() {
  SubscriptionConfig config;
  config.channels = {"n"};
  return config;
}

// Reads what subscribes; false if that is something else.
bool is_asked(PeerConnection& connection) {
  return connection.greet() && connection.read_command() == "SUBSCRIBE n" &&
         connection.read_command() == "PING";
}

// A peer that confirms, and then says `after`.
ScriptedPeer::Script confirming(std::string after = {}) {
  return [after = std::move(after)](PeerConnection& connection) {
    if (!is_asked(connection)) return;
    connection.send(std::string(kConfirmed) + std::string(kPong) + after);
    connection.swallow();
  };
}

TEST(SubscriptionFailures, are_told_by_whoever_cannot_be_reached) {
  const ClosedPort port;
  Client client{patient_config(port.url())};
  const auto subscription = client.subscribe(numbers());
  EXPECT_THAT(subscription, FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_THAT(subscription, WasStoppedBy(RetryStop::attempts));
  EXPECT_EQ(subscription.error().attempts(), RetryConfig().attempts_max);
}

TEST(SubscriptionFailures, are_what_the_server_said) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!is_asked(connection)) return;
    connection.send("-NOPERM this user has no permissions\r\n+PONG\r\n");
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  const auto subscription = client.subscribe(numbers());
  EXPECT_THAT(subscription, FailsAs(ClientErrc::not_permitted, Executed::no));
  EXPECT_THAT(subscription, WasStoppedBy(RetryStop::permanent));
  EXPECT_THAT(subscription.error().message(), HasSubstr("NOPERM"));
  EXPECT_EQ(peer.accepted(), 1u);
}

TEST(SubscriptionFailures, that_will_pass_are_waited_for) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (connection.number() != 0) return confirming(published("1"))(connection);
    if (!is_asked(connection)) return;
    connection.send("-LOADING the data set\r\n-LOADING the data set\r\n");
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  // Nobody was subscribed before: there is no gap.
  EXPECT_EQ(subscription.next(kPatiently).value(), message("1"));
}

TEST(SubscriptionFailures, come_in_time_from_a_server_that_does_not_confirm) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (is_asked(connection) && connection.send(kConfirmed)) connection.swallow();
  });
  Client client{patient_config(peer.url())};
  EXPECT_THAT(client.subscribe(numbers(), kBriefly), FailsAs(ClientErrc::timed_out, Executed::no));
}

TEST(SubscriptionFailures, of_configurations_that_make_no_sense_are_told_at_once) {
  ScriptedPeer peer(confirming());
  Client client{patient_config(peer.url())};
  EXPECT_THAT(client.subscribe({}), FailsAs(ClientErrc::invalid_argument, Executed::no));
  EXPECT_THAT(client.subscribe({.channels = {"n"}, .messages_max = 0}),
              FailsAs(ClientErrc::invalid_argument, Executed::no));
  EXPECT_EQ(peer.accepted(), 0u);
  Client without{patient_config("nowhere")};
  EXPECT_THAT(without.subscribe(numbers()), FailsAs(ClientErrc::invalid_argument, Executed::no));
}

TEST(SubscriptionAdditions, that_are_refused_leave_the_rest_as_it_was) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!is_asked(connection)) return;
    connection.send(std::string(kConfirmed) + std::string(kPong));
    EXPECT_EQ(connection.read_command(), "SUBSCRIBE secret");
    EXPECT_EQ(connection.read_command(), "PING");
    connection.send("-NOPERM this user has no permissions\r\n+PONG\r\n" + published("1"));
    EXPECT_EQ(connection.read_command(), "SUBSCRIBE more");
    EXPECT_EQ(connection.read_command(), "PING");
    connection.send(">3\r\n+subscribe\r\n+more\r\n:2\r\n+PONG\r\n" + published("2"));
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  const auto refused = subscription.add({.channels = {"secret"}, .patterns = {}});
  EXPECT_THAT(refused, FailsAs(ClientErrc::not_permitted, Executed::no));
  EXPECT_TRUE(subscription.add({.channels = {"more"}, .patterns = {}}));
  EXPECT_EQ(subscription.next(kPatiently).value(), message("1"));
  EXPECT_EQ(subscription.next(kPatiently).value(), message("2"));
  EXPECT_EQ(peer.accepted(), 1u);
}

TEST(SubscriptionAdditions, of_which_a_part_was_refused_make_the_connection_anew) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!is_asked(connection)) return;
    connection.send(std::string(kConfirmed) + std::string(kPong));
    if (connection.number() == 0) {
      for (int i = 0; i < 3; ++i) connection.read_command();
      connection.send(">3\r\n+subscribe\r\n+a\r\n:2\r\n-NOPERM no patterns\r\n+PONG\r\n");
    }
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  EXPECT_THAT(subscription.add({.channels = {"a"}, .patterns = {"b*"}}),
              FailsAs(ClientErrc::not_permitted, Executed::no));
  EXPECT_TRUE(std::holds_alternative<SubscriptionGap>(subscription.next(kPatiently).value()));
}

TEST(SubscriptionAdditions, of_which_nobody_knows_the_end_are_asked_for_again) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!is_asked(connection)) return;
    connection.send(std::string(kConfirmed) + std::string(kPong));
    EXPECT_EQ(connection.read_command(), "SUBSCRIBE more");
    EXPECT_EQ(connection.read_command(), "PING");
    const bool first = connection.number() == 0;
    connection.send(">3\r\n+subscribe\r\n+more\r\n:2\r\n");
    connection.send(first ? "-ERR rate limit exceeded\r\n" : std::string(kPong) + published("1"));
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  EXPECT_TRUE(subscription.add({.channels = {"more"}, .patterns = {}}));
  EXPECT_TRUE(std::holds_alternative<SubscriptionGap>(subscription.next(kPatiently).value()));
  EXPECT_EQ(subscription.next(kPatiently).value(), message("1"));
  EXPECT_EQ(peer.accepted(), 2u);
}

TEST(SubscriptionAdditions, of_what_is_heard_already_are_kept_once) {
  std::promise<std::string> asked_again;
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (connection.number() != 0) {
      if (!connection.greet()) return;
      const std::string channels = connection.read_command();
      asked_again.set_value(channels + ", " + connection.read_command());
      return connection.swallow();
    }
    if (!is_asked(connection)) return;
    connection.send(std::string(kConfirmed) + std::string(kPong));
    for (int i = 0; i < 6; ++i) {
      if (connection.read_command() == "PING") connection.send(kPong);
    }
    connection.read_command();
  });
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  EXPECT_TRUE(subscription.add({.channels = {"more", "more"}, .patterns = {}}));
  EXPECT_TRUE(subscription.add({.channels = {"n", "more"}, .patterns = {}}));
  EXPECT_TRUE(subscription.add({.channels = {}, .patterns = {"m*", "m*"}}));
  auto lost = subscription.async_add({.channels = {"last"}, .patterns = {}}, asio::use_future);
  EXPECT_EQ(asked_again.get_future().get(), "SUBSCRIBE n more, PSUBSCRIBE m*");
}

TEST(SubscriptionAdditions, wait_for_the_next_connection) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!is_asked(connection)) return;
    connection.send(std::string(kConfirmed) + std::string(kPong));
    EXPECT_EQ(connection.read_command(), "PSUBSCRIBE m*");
    if (connection.number() == 0) return connection.reset();
    connection.read_command();
    connection.send(">3\r\n+psubscribe\r\n+m*\r\n:2\r\n+PONG\r\n");
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  EXPECT_TRUE(subscription.add({.channels = {}, .patterns = {"m*"}}));
  EXPECT_EQ(peer.accepted(), 2u);
}

TEST(SubscriptionAdditions, do_not_wait_beyond_their_time) {
  ScriptedPeer peer(confirming());
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  const SubscriptionTopics more{.channels = {"more"}, .patterns = {}};
  EXPECT_THAT(subscription.add(more, {.timeout = kTimeToSend, .deadline = {}}),
              FailsAs(ClientErrc::timed_out, Executed::unknown));
  // Whose answer is missing still.
  EXPECT_THAT(subscription.add(more), FailsAs(ClientErrc::invalid_argument, Executed::no));
  EXPECT_THAT(subscription.add({}), FailsAs(ClientErrc::invalid_argument, Executed::no));
}

TEST(SubscriptionAdditions, end_with_the_subscription) {
  ScriptedPeer peer(confirming());
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  auto adding = subscription.async_add({.channels = {"more"}, .patterns = {}}, asio::use_future);
  subscription.close();
  EXPECT_THAT(adding.get(), FailsAs(ClientErrc::closed, Executed::no));
  EXPECT_THAT(subscription.add({.channels = {"more"}, .patterns = {}}),
              FailsAs(ClientErrc::closed, Executed::no));
}

TEST(SubscriptionGaps, come_before_all_that_the_new_connection_brings) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!is_asked(connection)) return;
    const bool first = connection.number() == 0;
    // Somebody publishes before everything is confirmed.
    connection.send(std::string(kConfirmed) + published(first ? "1" : "3") + std::string(kPong) +
                    published(first ? "2" : "4"));
    if (!first) connection.swallow();
  });
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  EXPECT_EQ(subscription.next(kPatiently).value(), message("1"));
  EXPECT_EQ(subscription.next(kPatiently).value(), message("2"));
  EXPECT_TRUE(std::holds_alternative<SubscriptionGap>(subscription.next(kPatiently).value()));
  EXPECT_EQ(subscription.next(kPatiently).value(), message("3"));
  EXPECT_EQ(subscription.next(kPatiently).value(), message("4"));
}

TEST(SubscriptionGaps, of_several_attempts_are_one) {
  constexpr std::size_t kLost = 5;  // More than a request may take.
  ScriptedPeer peer([](PeerConnection& connection) {
    const std::size_t number = connection.number();
    if (number != 0 && number < kLost) return;
    if (!is_asked(connection)) return;
    connection.send(std::string(kConfirmed) + std::string(kPong));
    if (number == 0) return;
    connection.send(published("1"));
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  EXPECT_TRUE(std::holds_alternative<SubscriptionGap>(subscription.next(kPatiently).value()));
  EXPECT_EQ(subscription.next(kPatiently).value(), message("1"));
}

TEST(SubscriptionGaps, end_in_what_the_server_says_if_it_lets_nobody_back) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (connection.number() == 0) {
      if (!is_asked(connection)) return;
      connection.send(std::string(kConfirmed) + std::string(kPong) + published("1"));
      return;
    }
    connection.read_command();
    connection.send("-WRONGPASS invalid username-password pair\r\n");
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  EXPECT_EQ(subscription.next(kPatiently).value(), message("1"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(subscription.next(kPatiently), FailsAs(ClientErrc::not_permitted, Executed::no));
  }
}

TEST(SubscriptionReads, that_took_too_long_lose_nothing) {
  std::promise<void> given_up;
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!is_asked(connection)) return;
    connection.send(std::string(kConfirmed) + std::string(kPong));
    given_up.get_future().wait();
    connection.send(published("1"));
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  EXPECT_THAT(subscription.next(kBriefly), FailsAs(ClientErrc::timed_out, Executed::no));
  const WaitOptions passed{.timeout = {}, .deadline = std::chrono::steady_clock::now()};
  EXPECT_THAT(subscription.next(passed), FailsAs(ClientErrc::timed_out, Executed::no));
  given_up.set_value();
  EXPECT_EQ(subscription.next(kPatiently).value(), message("1"));
}

TEST(SubscriptionReads, are_one_at_a_time) {
  ScriptedPeer peer(confirming());
  Client client{patient_config(peer.url())};
  auto subscription = client.subscribe(numbers()).value();
  auto first = subscription.async_next(asio::use_future);
  EXPECT_THAT(subscription.next(kPatiently), FailsAs(ClientErrc::invalid_argument, Executed::no));
  subscription.close();
  EXPECT_THAT(first.get(), FailsAs(ClientErrc::closed, Executed::no));
}

TEST(SubscriptionReads, can_be_cancelled_and_begun_again) {
  asio::io_context context;
  asio::cancellation_signal signal;
  std::promise<void> given_up;
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!is_asked(connection)) return;
    connection.send(std::string(kConfirmed) + std::string(kPong));
    given_up.get_future().wait();
    connection.send(published("1"));
    connection.swallow();
  });
  Client client{context.get_executor(), patient_config(peer.url())};
  std::optional<Subscription> subscription;
  std::optional<ClientResult<SubscriptionEvent>> cancelled;
  std::optional<ClientResult<SubscriptionEvent>> second;
  const auto read_again = [&](ClientResult<SubscriptionEvent> event) {
    second.emplace(std::move(event));
    client.close();
  };
  client.async_subscribe(numbers(), [&](ClientResult<Subscription> made) {
    subscription.emplace(std::move(made).value());
    subscription->async_next(
        asio::bind_cancellation_slot(signal.slot(), [&](ClientResult<SubscriptionEvent> event) {
          cancelled.emplace(std::move(event));
          subscription->async_next(read_again);
          given_up.set_value();
        }));
    signal.emit(asio::cancellation_type::terminal);
  });
  context.run();
  EXPECT_THAT(cancelled.value(), FailsAs(ClientErrc::cancelled, Executed::no));
  EXPECT_EQ(second.value().value(), message("1"));
}

TEST(SubscriptionReads, are_not_kept_waiting_by_a_cancelled_beginning) {
  asio::io_context context;
  asio::cancellation_signal signal;
  ScriptedPeer peer([](PeerConnection& connection) { connection.swallow(); });
  Client client{context.get_executor(), patient_config(peer.url())};
  std::optional<ClientResult<Subscription>> cancelled;
  client.async_subscribe(
      numbers(), asio::bind_cancellation_slot(signal.slot(), [&](ClientResult<Subscription> made) {
        cancelled.emplace(std::move(made));
        client.close();
      }));
  signal.emit(asio::cancellation_type::terminal);
  context.run();
  EXPECT_THAT(cancelled.value(), FailsAs(ClientErrc::cancelled, Executed::no));
}

TEST(SubscriptionReads, end_with_their_subscription) {
  ScriptedPeer peer(confirming());
  Client client{patient_config(peer.url())};
  std::optional<Subscription> subscription(client.subscribe(numbers()).value());
  auto read = subscription->async_next(asio::use_future);
  subscription.reset();
  EXPECT_THAT(read.get(), FailsAs(ClientErrc::closed, Executed::no));
}

TEST(SubscriptionReads, end_with_their_client) {
  ScriptedPeer peer(confirming());
  std::optional<Client> client(std::in_place, patient_config(peer.url()));
  auto subscription = client->subscribe(numbers()).value();
  auto read = subscription.async_next(asio::use_future);
  client.reset();
  EXPECT_THAT(read.get(), FailsAs(ClientErrc::closed, Executed::no));
  // Nothing of the client is left, and the subscription says so.
  EXPECT_THAT(subscription.next(), FailsAs(ClientErrc::closed, Executed::no));
  EXPECT_THAT(subscription.async_next(asio::use_future).get(),
              FailsAs(ClientErrc::closed, Executed::no));
}

TEST(SubscriptionReads, do_not_block_the_thread_that_would_answer_them) {
  asio::io_context context;
  ScriptedPeer peer(confirming());
  Client client{context.get_executor(), patient_config(peer.url())};
  std::optional<ClientResult<SubscriptionEvent>> refused;
  client.async_subscribe(numbers(), [&](ClientResult<Subscription> made) {
    Subscription subscription = std::move(made).value();
    refused.emplace(subscription.next());
    client.close();
  });
  context.run();
  EXPECT_THAT(refused.value(), FailsAs(ClientErrc::invalid_argument, Executed::no));
}

}  // namespace
}  // namespace quartz::client
