// What a client holds for a server that takes nothing, or for a reader that reads nothing.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <malloc.h>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"
#include "support/sanitizers.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::size_t kMiB = 1u << 20;
constexpr std::size_t kValueBytes = 60 * 1024;
constexpr int kValues = 1'000;  // Of nearly 60 MiB together.

/// What the process has allocated and not freed; sanitizers do not tell.
std::size_t allocated_bytes() {
  if (kUnderSanitizer) return 0;
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

std::size_t growth_since(std::size_t before) {
  const std::size_t now = allocated_bytes();
  return now < before ? 0 : now - before;
}

TEST(MemoryOfClients, is_bounded_by_their_limits_while_the_server_takes_nothing) {
  std::promise<void> over;
  std::shared_future<void> is_over(over.get_future());
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (connection.greet()) is_over.wait();
  });
  ClientConfig config = patient_config(peer.url());
  config.request_timeout = kTimeToSend;
  config.breaker.failures_max = 0;
  config.limits.request_bytes_max = 4 * kMiB;
  config.limits.waiting_bytes_max = 2 * kMiB;
  asio::io_context context;
  Client client{context.get_executor(), config};
  const std::string value(kValueBytes, 'v');
  const std::size_t before = allocated_bytes();
  std::size_t most = 0;
  for (int round = 0; round < 3; ++round) {
    int told = 0;
    int overloaded = 0;
    for (int i = 0; i < kValues; ++i) {
      client.async_set("k", value, [&](ClientResult<bool> set) {
        ++told;
        if (!set && set.error().code() == ClientErrc::overloaded) ++overloaded;
      });
      context.poll();
      most = std::max(most, growth_since(before));
    }
    EXPECT_GT(overloaded, kValues / 2);
    while (told != kValues) context.run_one();
  }
  // Of requests under way their bytes are in them; in what is being written, of some given up
  // since; in what is collected, of as many again given up; and the memory of the latter two
  // doubles as it grows, when the half is still there.
  constexpr std::size_t kCopies = 10;
  EXPECT_LT(most, kCopies * config.limits.request_bytes_max + config.limits.waiting_bytes_max);
  client.close();
  over.set_value();
}

TEST(MemoryOfClients, is_given_back_once_much_was_sent) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string&) { return "+OK\r\n"; });
  });
  asio::io_context context;
  Client client{context.get_executor(), patient_config(peer.url())};
  const std::size_t before = allocated_bytes();
  // Small enough for the memory of each request to serve another one.
  constexpr int kSmallValues = 3 * kValues;
  const std::string value(kValueBytes / 3, 'v');
  int told = 0;
  for (int i = 0; i < kSmallValues; ++i) {
    client.async_set("k", value, [&](ClientResult<bool> set) { told += set ? 1 : 0; });
  }
  while (told != kSmallValues) context.run_one();
  // Behind the end of the write, which may be told of behind the answers.
  client.async_set("k", "v", [&](ClientResult<bool> set) { told += set ? 1 : 0; });
  while (told != kSmallValues + 1) context.run_one();
  EXPECT_LT(growth_since(before), 24 * kMiB);
  client.close();
}

TEST(MemoryOfClients, is_bounded_by_what_the_near_cache_may_take) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string& command) {
      if (!command.starts_with("GET")) return std::string("+OK\r\n");
      return "$" + std::to_string(kValueBytes) + "\r\n" + std::string(kValueBytes, 'v') + "\r\n";
    });
  });
  ClientConfig config = patient_config(peer.url());
  config.near_cache = NearCacheConfig{.bytes_max = 8 * kMiB};
  const std::size_t before = allocated_bytes();
  Client client{config};
  for (int i = 0; i < kValues; ++i) ASSERT_TRUE(client.get("k" + std::to_string(i)));
  EXPECT_LT(growth_since(before), 2 * config.near_cache->bytes_max);
}

TEST(MemoryOfClients, is_bounded_by_what_a_subscription_may_keep) {
  std::atomic<bool> all_sent{false};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet() || connection.read_command() != "SUBSCRIBE n") return;
    connection.read_command();
    connection.send(">3\r\n+subscribe\r\n+n\r\n:1\r\n+PONG\r\n");
    const std::string message = ">3\r\n+message\r\n+n\r\n$" + std::to_string(kValueBytes) + "\r\n" +
                                std::string(kValueBytes, 'v') + "\r\n";
    for (int i = 0; i < kValues; ++i) {
      if (!connection.send(message)) return;
    }
    all_sent = true;
    connection.swallow();
  });
  asio::io_context context;
  Client client{context.get_executor(), patient_config(peer.url())};
  const std::size_t before = allocated_bytes();
  std::optional<Subscription> subscription;
  client.async_subscribe(
      {.channels = {"n"}, .patterns = {}, .messages_max = 100'000, .bytes_max = 2 * kMiB},
      [&](ClientResult<Subscription> made) { subscription.emplace(std::move(made).value()); });
  while (!subscription) context.run_one();
  // Without the bound everything would come.
  const auto until = std::chrono::steady_clock::now() + kTimeToSend;
  while (!all_sent && std::chrono::steady_clock::now() < until) context.poll();
  EXPECT_FALSE(all_sent);
  EXPECT_LT(growth_since(before), 8 * kMiB);
  client.close();
}

TEST(ConnectionsOfClients, end_when_too_much_was_given_up_that_was_never_answered) {
  constexpr int kUnanswered = 10;
  ScriptedPeer peer([](PeerConnection& connection) {
    if (connection.greet()) connection.swallow();
  });
  ClientConfig config = patient_config(peer.url());
  config.request_timeout = kTimeToSend;
  config.breaker.failures_max = 0;
  config.limits.unanswered_max = kUnanswered;
  asio::io_context context;
  Client client{context.get_executor(), config};
  int told = 0;
  for (int i = 0; i <= kUnanswered; ++i) {
    client.async_get("k", [&](auto) { ++told; });
  }
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (told <= kUnanswered || client.metrics().connections_lost == 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
    context.run_for(milliseconds(10));
  }
  client.close();
}

}  // namespace
}  // namespace quartz::client
