#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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
using testing::Not;
using testing::StartsWith;
using Value = std::optional<std::string>;

constexpr std::string_view kOk = "+OK\r\n";

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

TEST(ClientFailures, of_nobody_listening_are_told_after_the_attempts) {
  const ClosedPort port;
  Client client{patient_config(port.url())};
  const auto value = client.get("k");
  EXPECT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_THAT(value, WasStoppedBy(RetryStop::attempts));
  EXPECT_EQ(value.error().attempts(), 3u);
  EXPECT_THAT(value.error().message(), HasSubstr("Connection refused"));
  EXPECT_THAT(value.error().message(), StartsWith("127.0.0.1:"));
}

TEST(ClientFailures, of_a_name_that_nobody_has_are_told) {
  // No part of a name has more than 63 bytes, so that nobody is asked.
  const std::string name(70, 'a');
  Client client{patient_config("quartz://" + name)};
  const auto value = client.get("k");
  EXPECT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_THAT(value.error().message(), HasSubstr(name));
}

TEST(ClientFailures, of_a_wrong_secret_are_told_without_it) {
  ScriptedPeer peer([](PeerConnection& connection) {
    const std::string greeting = connection.read_command();
    if (greeting.empty()) return;
    EXPECT_EQ(greeting, "HELLO 3 AUTH anna hidden");
    connection.send("-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    connection.swallow();
  });
  Client client{patient_config("quartz://anna:hidden@127.0.0.1:" + std::to_string(peer.port()))};
  const auto value = client.get("k");
  EXPECT_THAT(value, FailsAs(ClientErrc::not_permitted, Executed::no));
  EXPECT_THAT(value.error().message(), HasSubstr("WRONGPASS"));
  EXPECT_THAT(value.error().message(), Not(HasSubstr("hidden")));
}

TEST(ClientFailures, of_a_peer_that_is_no_such_server_are_told) {
  ScriptedPeer peer([](PeerConnection& connection) {
    connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  const auto value = client.get("k");
  EXPECT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_THAT(value.error().message(), HasSubstr("protocol"));
}

TEST(ClientFailures, of_a_connection_are_retried_if_twice_is_as_good_as_once) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    EXPECT_EQ(connection.read_command(), "GET k");
    if (connection.number() == 0) return connection.reset();
    connection.send(bulk("v"));
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  EXPECT_EQ(client.get("k").value(), "v");
  EXPECT_EQ(peer.accepted(), 2u);
}

TEST(ClientFailures, of_a_connection_leave_others_unknown) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    const std::string command = connection.read_command();
    // Nobody asks again.
    EXPECT_EQ(command, connection.number() == 0 ? "INCR n" : "");
  });
  Client client{patient_config(peer.url())};
  const auto number = client.incr("n");
  EXPECT_THAT(number, FailsAs(ClientErrc::unavailable, Executed::unknown));
  EXPECT_THAT(number, WasStoppedBy(RetryStop::not_idempotent));
  EXPECT_EQ(number.error().attempts(), 1u);
}

TEST(ClientFailures, of_a_connection_are_retried_if_the_caller_says_so) {
  std::atomic<int> seen{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    EXPECT_EQ(connection.read_command(), "INCR n");
    if (seen.fetch_add(1) == 0) return;
    connection.send(":7\r\n");
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  const auto number = client.run(commands::incr("n"),
                                 {.timeout = {}, .deadline = {}, .idempotency = Idempotency::yes});
  EXPECT_EQ(number.value(), 7);
  EXPECT_EQ(seen.load(), 2);
}

TEST(ClientFailures, of_a_whole_pipeline_lose_only_what_must_not_be_repeated) {
  constexpr int kRequests = 100;
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    if (connection.number() == 0) {
      for (int i = 0; i < kRequests; ++i) connection.read_command();
      return connection.reset();
    }
    connection.answer_all([](const std::string& command) {
      return command.starts_with("GET") ? bulk("v") : std::string(":1\r\n");
    });
  });
  ClientConfig config = patient_config(peer.url());
  config.retry.budget_tokens = 1'000'000;
  config.breaker.failures_max = 0;
  Client client{config};
  std::vector<std::future<ClientResult<Value>>> reads;
  std::vector<std::future<ClientResult<std::int64_t>>> counts;
  for (int i = 0; i < kRequests / 2; ++i) {
    reads.push_back(client.async_get("k", asio::use_future));
    counts.push_back(client.async_incr("n", asio::use_future));
  }
  for (auto& read : reads) EXPECT_EQ(read.get().value(), "v");
  for (auto& count : counts) {
    EXPECT_THAT(count.get(), FailsAs(ClientErrc::unavailable, Executed::unknown));
  }
}

TEST(ClientFailures, that_the_server_says_will_pass_are_retried) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    EXPECT_EQ(connection.read_command(), "INCR n");
    connection.send("-LOADING Redis is loading the dataset in memory\r\n");
    EXPECT_EQ(connection.read_command(), "INCR n");
    connection.send(":1\r\n");
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  EXPECT_EQ(client.incr("n").value(), 1);
}

TEST(ClientFailures, by_too_many_requests_are_told_as_such) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string&) { return "-ERR rate limit exceeded\r\n"; });
  });
  Client client{patient_config(peer.url())};
  const auto number = client.incr("n");
  EXPECT_THAT(number, FailsAs(ClientErrc::overloaded, Executed::no));
  EXPECT_EQ(number.error().attempts(), 3u);
}

TEST(ClientFailures, spend_the_budget_of_retries_and_no_more) {
  std::atomic<std::uint32_t> asked{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([&](const std::string&) {
      asked.fetch_add(1);
      return "-LOADING soon\r\n";
    });
  });
  ClientConfig config = patient_config(peer.url());
  config.retry.budget_tokens = 10 * config.retry.transient_cost;
  Client client{config};
  constexpr std::uint32_t kRequests = 50;
  RetryStop last = RetryStop::attempts;
  for (std::uint32_t i = 0; i < kRequests; ++i) {
    const auto value = client.get("k");
    ASSERT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::no));
    last = value.error().retry_stop().value();
  }
  EXPECT_EQ(asked.load(), kRequests + 10);
  EXPECT_EQ(last, RetryStop::budget);
}

TEST(ClientFailures, open_the_breaker_until_a_ping_is_answered) {
  std::atomic<bool> answering{true};
  std::atomic<int> pings{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    // Replies are in an order: what is not answered in time is answered late.
    std::string owed;
    connection.answer_all([&](const std::string& command) -> std::string {
      if (command == "PING") ++pings;
      owed += command == "PING" ? "+PONG\r\n" : bulk("v");
      return answering ? std::exchange(owed, {}) : std::string();
    });
  });
  ClientConfig config = patient_config(peer.url());
  config.breaker.failures_max = 2;
  config.breaker.open_min = milliseconds(1);
  config.breaker.open_max = milliseconds(1);
  config.connect_timeout = milliseconds(500);  // Of a probe, too.
  config.retry.attempts_max = 1;
  Client client{config};
  const RequestOptions soon{.timeout = kTimeToSend, .deadline = {}, .idempotency = {}};
  ASSERT_TRUE(client.get("k"));
  answering = false;
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(client.get("k", soon), FailsAs(ClientErrc::timed_out, Executed::unknown));
  }
  answering = true;
  // Requests pass again as soon as a PING brought an answer, and fail at once before.
  auto value = client.get("k");
  while (!value) {
    ASSERT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::no));
    EXPECT_THAT(value.error().message(), HasSubstr("left alone"));
    value = client.get("k");
  }
  EXPECT_EQ(value.value(), "v");
  EXPECT_GE(pings.load(), 1);
  EXPECT_EQ(peer.accepted(), 1u);
}

TEST(ClientFailures, that_come_back_while_a_ping_is_under_way_are_got_over) {
  std::atomic<bool> answering{true};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    std::string owed;
    bool late_is_owed = false;
    connection.answer_all([&](const std::string& command) -> std::string {
      if (command == "GET late") {
        late_is_owed = true;
        return {};
      }
      owed += command == "PING" ? "+PONG\r\n" : bulk("v");
      if (answering) return std::exchange(owed, {});
      // The PING brings an answer, but not its own.
      const bool comes_late = command == "PING" && std::exchange(late_is_owed, false);
      return comes_late ? bulk("late") : std::string();
    });
  });
  ClientConfig config = patient_config(peer.url());
  config.breaker.failures_max = 2;
  config.breaker.open_min = milliseconds(1);
  config.breaker.open_max = milliseconds(1);
  config.retry.attempts_max = 1;
  Client client{config};
  const RequestOptions soon{.timeout = kTimeToSend, .deadline = {}, .idempotency = {}};
  ASSERT_TRUE(client.get("k"));
  answering = false;
  auto late = client.async_get("late", asio::use_future);
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(client.get("k", soon), FailsAs(ClientErrc::timed_out, Executed::unknown));
  }
  // The late answer lets requests pass again, which fail like those before.
  ASSERT_EQ(late.get().value(), "late");
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(client.get("k", soon), FailsAs(ClientErrc::timed_out, Executed::unknown));
  }
  answering = true;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  auto value = client.get("k");
  while (!value && std::chrono::steady_clock::now() < until) value = client.get("k");
  ASSERT_TRUE(value) << value.error().to_string();
  EXPECT_EQ(*value, "v");
}

TEST(ClientFailures, of_older_requests_while_a_ping_is_under_way_do_not_end_the_asking) {
  std::atomic<bool> answering{true};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    std::string owed;
    connection.answer_all([&](const std::string& command) -> std::string {
      owed += command == "PING" ? "+PONG\r\n" : bulk("v");
      return answering ? std::exchange(owed, {}) : std::string();
    });
  });
  ClientConfig config = patient_config(peer.url());
  config.breaker.failures_max = 2;
  config.breaker.open_min = milliseconds(1);
  config.breaker.open_max = milliseconds(1);
  config.connect_timeout = 2 * kTimeToSend;  // Of a PING, too.
  config.retry.attempts_max = 1;
  Client client{config};
  ASSERT_TRUE(client.get("k"));
  answering = false;
  const RequestOptions later{.timeout = 5 * kTimeToSend / 2, .deadline = {}, .idempotency = {}};
  auto older = client.async_get("k", later, asio::use_future);
  const RequestOptions soon{.timeout = kTimeToSend, .deadline = {}, .idempotency = {}};
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(client.get("k", soon), FailsAs(ClientErrc::timed_out, Executed::unknown));
  }
  // The first PING is under way when this fails, and opens the breaker once more.
  ASSERT_THAT(older.get(), FailsAs(ClientErrc::timed_out, Executed::unknown));
  answering = true;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  auto value = client.get("k");
  while (!value && std::chrono::steady_clock::now() < until) value = client.get("k");
  ASSERT_TRUE(value) << value.error().to_string();
  EXPECT_EQ(*value, "v");
}

TEST(ClientFailures, of_one_endpoint_leave_the_others) {
  ScriptedPeer healthy([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string&) { return bulk("v"); });
  });
  const ClosedPort closed;
  ClientConfig config = patient_config(healthy.url());
  config.endpoints.push_back(closed.url());
  Client client{config};
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.get("k").value(), "v");
}

TEST(ClientFailures, of_one_endpoint_are_made_good_by_another) {
  std::atomic<bool> broken{false};
  ScriptedPeer failing([&](PeerConnection& connection) {
    if (broken || !connection.greet()) return;
    connection.answer_all([&](const std::string&) { return broken ? "" : bulk("first"); });
  });
  ScriptedPeer healthy([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string&) { return bulk("second"); });
  });
  ClientConfig config = patient_config(failing.url());
  config.endpoints.push_back(healthy.url());
  config.request_timeout = milliseconds(3'000);
  config.breaker.failures_max = 1;
  config.breaker.open_min = kPatience;
  config.breaker.open_max = kPatience;
  Client client{config};
  ASSERT_TRUE(client.get("k"));
  broken = true;
  // Whoever asks the first one may wait in vain, once; then it is left alone.
  int failures = 0;
  for (int i = 0; i < 100; ++i) {
    const auto value = client.get("k");
    EXPECT_EQ(value ? *value : "second", "second");
    failures += value ? 0 : 1;
  }
  EXPECT_LE(failures, 1);
}

TEST(ClientFailures, to_answer_end_an_idle_connection) {
  std::promise<void> opened_again;
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    if (connection.number() == 1) opened_again.set_value();
    connection.answer_all(
        [&](const std::string& command) { return command == "GET k" ? bulk("v") : std::string(); });
  });
  ClientConfig config = patient_config(peer.url());
  config.heartbeat_interval = milliseconds(20);
  config.heartbeat_timeout = milliseconds(20);
  config.breaker.failures_max = 0;
  Client client{config};
  ASSERT_EQ(client.get("k").value(), "v");
  // Nothing but the PING without an answer ends a connection to this peer.
  EXPECT_EQ(opened_again.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST(ClientFailures, of_heartbeats_do_not_end_a_busy_connection) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string& command) {
      return command == "PING" ? std::string(kOk) : bulk("v");
    });
  });
  ClientConfig config = patient_config(peer.url());
  config.heartbeat_interval = milliseconds(1);
  Client client{config};
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(client.get("k").value(), "v");
  EXPECT_EQ(peer.accepted(), 1u);
}

}  // namespace
}  // namespace quartz::client
