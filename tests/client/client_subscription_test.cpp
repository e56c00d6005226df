#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/any_server.hpp"
#include "client/client_fixture.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/commands/channels.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
namespace c = quartz::commands;

constexpr WaitOptions kWithPatience{.timeout = kPatience, .deadline = {}};

Message message(std::string channel, std::string payload) {
  return {.channel = std::move(channel), .pattern = {}, .payload = std::move(payload)};
}

/// The next event; prints the error if there is none.
SubscriptionEvent next_of(Subscription& subscription) {
  return subscription.next(kWithPatience).value();
}

/// Reads `count` messages, whose payloads count from `first`, and nothing else.
void expect_numbers(Subscription& subscription, int first, int count) {
  for (int i = first; i < first + count; ++i) {
    ASSERT_EQ(next_of(subscription), SubscriptionEvent(message("n", std::to_string(i))));
  }
}

class Subscriptions : public AnyServer {};

TEST_P(Subscriptions, hear_what_is_published_to_their_channels_and_patterns) {
  Client client{config()};
  auto subscription =
      client.subscribe({.channels = {"news", "weather"}, .patterns = {"s.*"}}).value();
  EXPECT_EQ(client.run(c::publish("news", "1")).value(), 1);
  EXPECT_EQ(client.run(c::publish("other", "2")).value(), 0);
  EXPECT_EQ(client.run(c::publish("s.a", "3")).value(), 1);
  const std::string bytes("\r\n\0", 3);
  EXPECT_EQ(client.run(c::publish("weather", bytes)).value(), 1);
  EXPECT_EQ(client.run(c::publish("weather", "")).value(), 1);
  EXPECT_EQ(next_of(subscription), SubscriptionEvent(message("news", "1")));
  EXPECT_EQ(next_of(subscription),
            SubscriptionEvent(Message{.channel = "s.a", .pattern = "s.*", .payload = "3"}));
  EXPECT_EQ(next_of(subscription), SubscriptionEvent(message("weather", bytes)));
  EXPECT_EQ(next_of(subscription), SubscriptionEvent(message("weather", "")));
}

TEST_P(Subscriptions, hear_what_is_published_to_topics_that_were_added) {
  Client client{config()};
  auto subscription = client.subscribe({.channels = {"n"}}).value();
  EXPECT_EQ(client.run(c::publish("more", "0")).value(), 0);
  ASSERT_TRUE(subscription.add({.channels = {"more"}, .patterns = {"s.*"}}));
  EXPECT_EQ(client.run(c::publish("n", "1")).value(), 1);
  EXPECT_EQ(client.run(c::publish("more", "2")).value(), 1);
  EXPECT_EQ(client.run(c::publish("s.a", "3")).value(), 1);
  EXPECT_EQ(next_of(subscription), SubscriptionEvent(message("n", "1")));
  EXPECT_EQ(next_of(subscription), SubscriptionEvent(message("more", "2")));
  EXPECT_EQ(next_of(subscription),
            SubscriptionEvent(Message{.channel = "s.a", .pattern = "s.*", .payload = "3"}));
}

TEST_P(Subscriptions, hear_topics_that_were_added_over_the_next_connection_too) {
  Client client{config()};
  auto subscription = client.subscribe({.channels = {"n"}}).value();
  ASSERT_TRUE(subscription.add({.channels = {"more"}, .patterns = {}}));
  ASSERT_EQ(client.command({"CLIENT", "KILL", "SKIPME", "yes"}).value(), Reply::of_integer(1));
  ASSERT_TRUE(std::holds_alternative<SubscriptionGap>(next_of(subscription)));
  EXPECT_EQ(client.run(c::publish("more", "1")).value(), 1);
  EXPECT_EQ(next_of(subscription), SubscriptionEvent(message("more", "1")));
}

TEST_P(Subscriptions, are_counted_as_long_as_their_connections_are_open) {
  Client client{config()};
  EXPECT_EQ(client.metrics().subscriptions, 0u);
  auto one = client.subscribe({.channels = {"n"}}).value();
  auto other = client.subscribe({.channels = {"n"}}).value();
  EXPECT_EQ(client.metrics().subscriptions, 2u);
  EXPECT_EQ(client.metrics().connections, 0u);
  one.close();
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (client.metrics().subscriptions != 1) ASSERT_LT(std::chrono::steady_clock::now(), until);
}

TEST_P(Subscriptions, lose_nothing_while_their_reader_is_slow) {
  constexpr int kMessages = 20'000;
  Client client{config()};
  auto subscription = client.subscribe({.channels = {"n"}, .messages_max = 4}).value();
  for (int i = 0; i < kMessages; ++i) {
    ASSERT_EQ(client.run(c::publish("n", std::to_string(i))).value(), 1);
  }
  expect_numbers(subscription, 0, kMessages);
}

TEST_P(Subscriptions, leave_nobody_behind_who_listens) {
  Client client{config()};
  std::optional<Subscription> dropped(client.subscribe({.channels = {"a"}}).value());
  Subscription closed = client.subscribe({.channels = {"a"}}).value();
  ASSERT_EQ(client.run(c::publish("a", "1")).value(), 2);
  dropped.reset();
  closed.close();
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (client.run(c::publish("a", "2")).value() != 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
  }
  EXPECT_THAT(closed.next(kWithPatience), FailsAs(ClientErrc::closed, Executed::no));
}

TEST_P(Subscriptions, tell_of_a_gap_when_their_connection_was_lost) {
  Client client{config()};
  auto subscription = client.subscribe({.channels = {"n"}}).value();
  ASSERT_TRUE(client.run(c::publish("n", "0")));
  EXPECT_EQ(next_of(subscription), SubscriptionEvent(message("n", "0")));
  ASSERT_EQ(client.command({"CLIENT", "KILL", "SKIPME", "yes"}).value(), Reply::of_integer(1));
  const auto gap = next_of(subscription);
  ASSERT_TRUE(std::holds_alternative<SubscriptionGap>(gap));
  EXPECT_THAT(std::get<SubscriptionGap>(gap).reason, testing::HasSubstr("ended"));
  // From the gap on it hears everything.
  EXPECT_EQ(client.run(c::publish("n", "1")).value(), 1);
  expect_numbers(subscription, 1, 1);
}

TEST_P(Subscriptions, serve_coroutines_on_the_callers_thread) {
  asio::io_context context;
  Client client{context.get_executor(), config()};
  bool finished = false;
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        SubscriptionConfig wanted;
        wanted.channels = {"n"};
        auto subscribed = co_await client.async_subscribe(wanted, asio::use_awaitable);
        Subscription subscription = std::move(subscribed).value();
        for (int i = 0; i < 100; ++i) {
          const auto publish = c::publish("n", std::to_string(i));
          const auto heard = co_await client.async_run(publish, asio::use_awaitable);
          EXPECT_EQ(heard.value(), 1);
          const auto event = co_await subscription.async_next(asio::use_awaitable);
          EXPECT_EQ(event.value(), SubscriptionEvent(message("n", std::to_string(i))));
        }
        finished = true;
        client.close();
      },
      [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
      });
  context.run();
  EXPECT_TRUE(finished);
}

INSTANTIATE_TEST_SUITE_P(Servers, Subscriptions,
                         testing::Values(Against::quartz, Against::own_process, Against::redis),
                         name_of);

/// Publishes until the server has cut off who does not read, and some more.
void publish_beyond(Client& client, std::size_t bytes) {
  const std::string large(1u << 20, 'x');
  for (std::size_t sent = 0; sent < bytes; sent += large.size()) {
    ASSERT_TRUE(client.run(c::publish("n", large)));
  }
}

/// Reads messages, some of them, up to a gap; and one behind it.
void expect_gap(Client& client, Subscription& subscription) {
  std::size_t messages = 0;
  while (std::holds_alternative<Message>(next_of(subscription))) ++messages;
  EXPECT_GT(messages, 0u);
  ASSERT_EQ(client.run(c::publish("n", "7")).value(), 1);
  expect_numbers(subscription, 7, 1);
}

class SlowReaders : public ServedClient {
 protected:
  static constexpr std::size_t kMore = 64u << 20;  // Than all buffers between can hold.
};

TEST_F(SlowReaders, are_told_of_the_gap_when_the_server_has_cut_them_off) {
  ServerConfig config = resp_config();
  config.limits.unread_bytes_max = 4u << 20;
  serve(config);
  Client client{patient_config(url())};
  auto subscription = client.subscribe({.channels = {"n"}, .messages_max = 1}).value();
  publish_beyond(client, kMore);
  expect_gap(client, subscription);
}

TEST_F(SlowReaders, in_the_servers_process_are_cut_off_too) {
  Client client{local_config()};
  auto subscription = client.subscribe({.channels = {"n"}, .messages_max = 1}).value();
  publish_beyond(client, kMore);
  expect_gap(client, subscription);
}

}  // namespace
}  // namespace quartz::client
