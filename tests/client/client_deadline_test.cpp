#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
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
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using testing::HasSubstr;
using Value = std::optional<std::string>;

constexpr RequestOptions kSoon{.timeout = milliseconds(30), .deadline = {}, .idempotency = {}};
// Soon, but not before it was sent.
constexpr RequestOptions kOnceSent{.timeout = kTimeToSend, .deadline = {}, .idempotency = {}};

/// Answers GET late: not before the next command has come. Other commands are answered at once.
void answer_late(PeerConnection& connection) {
  if (!connection.greet()) return;
  std::string owed;
  connection.answer_all([&](const std::string& command) -> std::string {
    if (command.starts_with("GET late")) {
      owed += "$4\r\nlate\r\n";
      return {};
    }
    return std::exchange(owed, {}) + "+" + command + "\r\n";
  });
}

TEST(ClientDeadlines, pass_while_the_server_says_nothing) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    EXPECT_EQ(connection.read_command(), "ZERO");
    connection.send("+ZERO\r\n");
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  ASSERT_TRUE(client.command({"ZERO"}));
  const auto begun = Clock::now();
  const auto value = client.get("k", kOnceSent);
  EXPECT_GE(Clock::now() - begun, kTimeToSend);
  EXPECT_THAT(value, FailsAs(ClientErrc::timed_out, Executed::unknown));
  EXPECT_THAT(value, WasStoppedBy(RetryStop::deadline));
}

TEST(ClientDeadlines, pass_while_the_connection_is_made) {
  ScriptedPeer peer([](PeerConnection& connection) { connection.swallow(); });
  Client client{patient_config(peer.url())};
  EXPECT_THAT(client.get("k", kSoon), FailsAs(ClientErrc::timed_out, Executed::no));
}

TEST(ClientDeadlines, leave_the_connection_to_others) {
  ScriptedPeer peer(answer_late);
  Client client{patient_config(peer.url())};
  ASSERT_TRUE(client.command({"ZERO"}));
  EXPECT_THAT(client.get("late", kOnceSent), FailsAs(ClientErrc::timed_out, Executed::unknown));
  // The late answer is nobody's, and this one's is its own.
  EXPECT_EQ(client.command({"ONE"}).value(), Reply::of_string("ONE"));
  EXPECT_EQ(client.command({"TWO"}).value(), Reply::of_string("TWO"));
  EXPECT_EQ(peer.accepted(), 1u);
}

TEST(ClientDeadlines, that_have_passed_already_send_nothing) {
  std::atomic<int> commands{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([&](const std::string&) {
      ++commands;
      return "+OK\r\n";
    });
  });
  Client client{patient_config(peer.url())};
  const RequestOptions passed{
      .timeout = {}, .deadline = Clock::now() - milliseconds(1), .idempotency = {}};
  EXPECT_THAT(client.get("k", passed), FailsAs(ClientErrc::timed_out, Executed::no));
  ASSERT_TRUE(client.command({"ONE"}));
  // On a connection that is open, too.
  EXPECT_THAT(client.get("k", passed), FailsAs(ClientErrc::timed_out, Executed::no));
  ASSERT_TRUE(client.command({"TWO"}));
  EXPECT_EQ(commands.load(), 2);
}

/// A peer that remembers what it was sent, and a client that stands still while its deadlines pass.
class LateClients : public testing::Test {
 protected:
  /// Once the connection is open, and on the client's thread.
  template <class Then>
  void run(Then then) {
    client_.async_command({"ZERO"}, {}, [&](ClientResult<Reply> first) {
      EXPECT_TRUE(first);
      then();
    });
    context_.run();
  }
  /// Behind all that was begun before, `last` is sent and the client closed.
  void end() {
    client_.async_command({"LAST"}, {}, [this](ClientResult<Reply> last) {
      EXPECT_TRUE(last);
      client_.close();
    });
  }
  static void let_pass(Clock::time_point deadline) {
    std::this_thread::sleep_until(deadline + milliseconds(1));
  }

  static ClientConfig one_at_a_time(std::string url) {
    ClientConfig config = patient_config(std::move(url));
    config.limits.requests_max = 1;
    return config;
  }

  std::vector<std::string> commands_;
  std::optional<ScriptedPeer> peer_{std::in_place, [this](PeerConnection& connection) {
                                      if (!connection.greet()) return;
                                      connection.answer_all([this](const std::string& command) {
                                        commands_.push_back(command);
                                        return "+OK\r\n";
                                      });
                                    }};
  asio::io_context context_;
  Client client_{context_.get_executor(), one_at_a_time(peer_->url())};
};

TEST_F(LateClients, do_not_send_what_has_waited_too_long_to_be_written) {
  std::optional<ClientResult<Value>> late;
  run([&] {
    const auto deadline = Clock::now() + milliseconds(5);
    const RequestOptions soon{.timeout = {}, .deadline = deadline, .idempotency = {}};
    client_.async_get("k", soon, [&](ClientResult<Value> value) {
      late.emplace(std::move(value));
      end();
    });
    let_pass(deadline);
  });
  EXPECT_THAT(late.value(), FailsAs(ClientErrc::timed_out, Executed::no));
  peer_.reset();
  EXPECT_THAT(commands_, testing::ElementsAre("ZERO", "LAST"));
}

TEST_F(LateClients, do_not_send_what_has_waited_too_long_for_its_turn) {
  std::optional<ClientResult<Value>> late;
  asio::cancellation_signal signal;
  run([&] {
    const auto deadline = Clock::now() + milliseconds(5);
    const RequestOptions soon{.timeout = {}, .deadline = deadline, .idempotency = {}};
    client_.async_get("first",
                      asio::bind_cancellation_slot(signal.slot(), [](ClientResult<Value> value) {
                        EXPECT_EQ(value.error().code(), ClientErrc::cancelled);
                      }));
    client_.async_get("second", soon, [&](ClientResult<Value> value) {
      late.emplace(std::move(value));
      end();
    });
    let_pass(deadline);
    signal.emit(asio::cancellation_type::terminal);
  });
  EXPECT_THAT(late.value(), FailsAs(ClientErrc::timed_out, Executed::no));
  peer_.reset();
  EXPECT_THAT(commands_, testing::Not(testing::Contains("GET second")));
}

TEST(ClientDeadlines, are_over_all_attempts) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(connection.read_command(), "GET k");
      connection.send("-LOADING soon\r\n");
    }
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  const auto begun = Clock::now();
  const auto value =
      client.get("k", {.timeout = milliseconds(1'000), .deadline = {}, .idempotency = {}});
  EXPECT_GE(Clock::now() - begun, milliseconds(1'000));
  EXPECT_THAT(value, FailsAs(ClientErrc::timed_out, Executed::unknown));
  EXPECT_THAT(value, WasStoppedBy(RetryStop::deadline));
  EXPECT_EQ(value.error().attempts(), 3u);
}

TEST(ClientDeadlines, are_not_waited_for_where_the_next_attempt_would_be_later) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string&) { return "-LOADING soon\r\n"; });
  });
  ClientConfig config = patient_config(peer.url());
  config.retry.attempts_max = 1'000'000;
  config.retry.budget_tokens = 1'000'000'000;
  config.retry.backoff_base = std::chrono::hours(1'000);
  config.retry.backoff_max = std::chrono::hours(1'000);
  Client client{config};
  const auto value = client.get("k");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().executed(), Executed::no);
  EXPECT_THAT(value, WasStoppedBy(RetryStop::deadline));
}

TEST(ClientDeadlines, of_opening_say_what_took_so_long) {
  ScriptedPeer peer([](PeerConnection& connection) { connection.swallow(); });
  ClientConfig config = patient_config(peer.url());
  config.connect_timeout = milliseconds(20);
  Client client{config};
  const auto value = client.incr("n");
  EXPECT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_THAT(value.error().message(), HasSubstr("greeting the server took longer than 20 ms"));
}

TEST(ClientDeadlines, pass_for_those_who_wait_for_their_turn) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (connection.greet()) connection.swallow();
  });
  ClientConfig config = patient_config(peer.url());
  config.limits.requests_max = 1;
  Client client{config};
  auto first = client.async_get("k", asio::use_future);
  EXPECT_THAT(client.get("k", kSoon), FailsAs(ClientErrc::timed_out, Executed::no));
  client.close();
  EXPECT_FALSE(first.get());
}

TEST(ClientLimits, let_others_wait_for_their_turn) {
  ScriptedPeer peer(answer_late);
  ClientConfig config = patient_config(peer.url());
  config.limits.requests_max = 2;
  Client client{config};
  std::vector<std::future<ClientResult<Reply>>> answers;
  for (int i = 0; i < 100; ++i) {
    answers.push_back(client.async_command({"NUMBER", std::to_string(i)}, {}, asio::use_future));
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(answers[static_cast<std::size_t>(i)].get().value(),
              Reply::of_string("NUMBER " + std::to_string(i)));
  }
}

TEST(ClientLimits, fail_others_where_that_was_asked_for) {
  ScriptedPeer peer(answer_late);
  ClientConfig config = patient_config(peer.url());
  config.limits.requests_max = 1;
  config.limits.when_full = WhenFull::fail;
  Client client{config};
  ASSERT_TRUE(client.command({"ZERO"}));
  asio::cancellation_signal signal;
  auto first =
      client.async_get("late", asio::bind_cancellation_slot(signal.slot(), asio::use_future));
  EXPECT_THAT(client.command({"ONE"}), FailsAs(ClientErrc::overloaded, Executed::no));
  signal.emit(asio::cancellation_type::terminal);
  EXPECT_EQ(first.get().error().code(), ClientErrc::cancelled);
  EXPECT_TRUE(client.command({"ONE"}));
}

TEST(ClientLimits, bound_those_who_wait_as_well) {
  ScriptedPeer peer(answer_late);
  ClientConfig config = patient_config(peer.url());
  config.limits.requests_max = 1;
  config.limits.waiting_max = 1;
  Client client{config};
  asio::cancellation_signal signal;
  auto first =
      client.async_get("late", asio::bind_cancellation_slot(signal.slot(), asio::use_future));
  auto second = client.async_command({"ONE"}, {}, asio::use_future);
  EXPECT_THAT(client.command({"TWO"}), FailsAs(ClientErrc::overloaded, Executed::no));
  signal.emit(asio::cancellation_type::terminal);
  EXPECT_EQ(first.get().error().code(), ClientErrc::cancelled);
  EXPECT_TRUE(second.get());
}

TEST(ClientLimits, count_bytes_but_let_a_large_request_pass_alone) {
  ScriptedPeer peer(answer_late);
  ClientConfig config = patient_config(peer.url());
  config.limits.request_bytes_max = 100;
  Client client{config};
  auto first = client.async_command({"SET", std::string(1000, 'a')}, {}, asio::use_future);
  auto second = client.async_command({"SET", std::string(1000, 'b')}, {}, asio::use_future);
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
}

TEST(ClientLimits, do_not_hold_up_others_for_one_that_has_given_up_his_turn) {
  ScriptedPeer peer(answer_late);
  ClientConfig config = patient_config(peer.url());
  config.limits.request_bytes_max = 100;
  Client client{config};
  ASSERT_TRUE(client.command({"ZERO"}));
  // Unanswered until there is another command.
  auto first = client.async_get("late", asio::use_future);
  asio::cancellation_signal signal;
  const Command<Reply> large{"LARGE", std::string(1000, 'a')};
  auto second =
      client.async_run(large, asio::bind_cancellation_slot(signal.slot(), asio::use_future));
  auto third = client.async_command({"SMALL"}, {}, asio::use_future);
  signal.emit(asio::cancellation_type::terminal);
  EXPECT_THAT(second.get(), FailsAs(ClientErrc::cancelled, Executed::no));
  EXPECT_EQ(third.get().value(), Reply::of_string("SMALL"));
  EXPECT_EQ(first.get().value(), "late");
}

TEST(ClientLimits, let_any_number_fail_one_after_another_on_a_stack_of_any_size) {
  const ClosedPort port;
  ClientConfig config = patient_config(port.url());
  config.limits.requests_max = 1;
  config.retry.attempts_max = 1;
  asio::io_context context;
  Client client{context.get_executor(), config};
  constexpr std::size_t kRequests = 100'000;
  std::size_t failed = 0;
  for (std::size_t i = 0; i < kRequests; ++i) {
    client.async_get("k", [&](ClientResult<Value> value) {
      EXPECT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::no));
      if (++failed == kRequests) client.close();
    });
  }
  context.run();
  EXPECT_EQ(failed, kRequests);
}

class Cancellations : public testing::Test {
 protected:
  /// Gets "late", and cancels that by `type` as soon as the server has it. Then `meanwhile` is
  /// done.
  template <class Meanwhile>
  ClientResult<Value> cancel_what_was_sent(asio::cancellation_type type, Meanwhile meanwhile) {
    asio::io_context own;
    asio::cancellation_signal signal;
    std::optional<ClientResult<Value>> end;
    client_.async_get("late",
                      asio::bind_executor(own, asio::bind_cancellation_slot(
                                                   signal.slot(), [&](ClientResult<Value> value) {
                                                     end.emplace(std::move(value));
                                                   })));
    sent_.wait();
    signal.emit(type);
    meanwhile();
    own.run();
    return *std::move(end);
  }

  std::latch sent_{1};
  ScriptedPeer peer_{[this](PeerConnection& connection) {
    if (!connection.greet()) return;
    if (connection.read_command() != "GET late") return;
    sent_.count_down();
    // The answer comes when there is another command.
    const std::string next = connection.read_command();
    connection.send("$4\r\nlate\r\n+" + next + "\r\n");
    connection.answer_all([](const std::string& command) { return "+" + command + "\r\n"; });
  }};
  Client client_{patient_config(peer_.url())};
};

TEST_F(Cancellations, end_a_request_and_leave_the_connection) {
  const auto value = cancel_what_was_sent(asio::cancellation_type::terminal, [] {});
  EXPECT_THAT(value, FailsAs(ClientErrc::cancelled, Executed::unknown));
  EXPECT_EQ(value.error().retry_stop(), std::nullopt);
  EXPECT_EQ(client_.command({"ONE"}).value(), Reply::of_string("ONE"));
  EXPECT_EQ(client_.command({"TWO"}).value(), Reply::of_string("TWO"));
  EXPECT_EQ(peer_.accepted(), 1u);
}

TEST_F(Cancellations, that_ask_for_no_effect_at_all_are_not_heard) {
  const auto value = cancel_what_was_sent(asio::cancellation_type::total, [&] {
    EXPECT_EQ(client_.command({"ONE"}).value(), Reply::of_string("ONE"));
  });
  EXPECT_EQ(value.value(), "late");
}

TEST(EarlyCancellations, send_nothing) {
  ScriptedPeer peer([](PeerConnection& connection) { connection.swallow(); });
  Client client{patient_config(peer.url())};
  asio::io_context own;
  asio::cancellation_signal signal;
  std::optional<ClientResult<Value>> end;
  client.async_get("k", asio::bind_executor(own, asio::bind_cancellation_slot(
                                                     signal.slot(), [&](ClientResult<Value> value) {
                                                       end.emplace(std::move(value));
                                                     })));
  signal.emit(asio::cancellation_type::partial);
  own.run();
  EXPECT_THAT(*end, FailsAs(ClientErrc::cancelled, Executed::no));
}

TEST(LateCancellations, do_not_hit_the_next_request) {
  ScriptedPeer peer(answer_late);
  asio::io_context context;
  Client client{context.get_executor(), patient_config(peer.url())};
  asio::cancellation_signal signal;
  bool answered = false;
  client.async_command({"ONE"}, {},
                       asio::bind_cancellation_slot(signal.slot(), [&](ClientResult<Reply> first) {
                         EXPECT_TRUE(first);
                         // Uses what the first one has left behind.
                         client.async_command({"TWO"}, {}, [&](ClientResult<Reply> second) {
                           EXPECT_EQ(second.value(), Reply::of_string("TWO"));
                           answered = true;
                           client.close();
                         });
                         signal.emit(asio::cancellation_type::terminal);
                       }));
  context.run();
  EXPECT_TRUE(answered);
}

}  // namespace
}  // namespace quartz::client
