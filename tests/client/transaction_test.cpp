#include "quartz/client/transaction.hpp"

#include <string>
#include <thread>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/any_server.hpp"
#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
namespace c = quartz::commands;

/// Adds one to what the key holds, by reading and writing it.
ClientResult<Batch> add_one(Lease& lease) {
  auto value = lease.run(c::get("n"));
  if (!value) return std::move(value).error();
  const int number = std::stoi(value->value_or("0"));
  return Batch().add(c::set("n", std::to_string(number + 1)));
}

asio::awaitable<ClientResult<Batch>> add_one_later(Lease& lease) {
  const auto get = c::get("n");
  auto value = co_await lease.async_run(get, asio::use_awaitable);
  if (!value) co_return std::move(value).error();
  const int number = std::stoi(value->value_or("0"));
  co_return Batch().add(c::set("n", std::to_string(number + 1)));
}

TransactionOptions patient() {
  return {.attempts_max = 1'000, .timeout = kPatience, .deadline = {}};
}

class Transactions : public AnyServer {};

TEST_P(Transactions, of_many_threads_lose_no_update) {
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  Client client{config()};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < kEach; ++j) EXPECT_TRUE(transact(client, "n", add_one, patient()));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(client.get("n").value(), std::to_string(kThreads * kEach));
}

TEST_P(Transactions, of_coroutines_lose_no_update) {
  constexpr int kCoroutines = 8;
  constexpr int kEach = 10;
  asio::io_context context;
  Client client{context.get_executor(), config()};
  int left = kCoroutines;
  const auto run = [&]() -> asio::awaitable<void> {
    for (int i = 0; i < kEach; ++i) {
      const auto done = co_await async_transact(client, "n", add_one_later, patient());
      EXPECT_TRUE(done);
    }
    if (--left != 0) co_return;
    const auto sum = co_await client.async_get("n", asio::use_awaitable);
    EXPECT_EQ(sum.value(), std::to_string(kCoroutines * kEach));
    client.close();
  };
  for (int i = 0; i < kCoroutines; ++i) {
    asio::co_spawn(context, run, [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }
  context.run();
  EXPECT_EQ(left, 0);
}

TEST_P(Transactions, give_up_after_as_many_attempts_as_they_may_have) {
  Client client{config()};
  int attempts = 0;
  const auto always_late = [&](Lease& lease) {
    ++attempts;
    EXPECT_TRUE(client.incr("n"));
    return add_one(lease);
  };
  const auto done =
      transact(client, "n", always_late, {.attempts_max = 3, .timeout = kPatience, .deadline = {}});
  EXPECT_THAT(done, FailsAs(ClientErrc::aborted, Executed::no));
  EXPECT_THAT(done, WasStoppedBy(RetryStop::attempts));
  EXPECT_EQ(done.error().attempts(), 3u);
  EXPECT_EQ(attempts, 3);
  EXPECT_EQ(client.get("n").value(), "3");
}

TEST_P(Transactions, give_up_once_their_time_is_over) {
  Client client{config()};
  ASSERT_TRUE(client.lease());  // Which need not be made then.
  TransactionOptions brief = patient();
  brief.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  const auto always_late = [&](Lease& lease) {
    EXPECT_TRUE(client.incr("n"));
    return add_one(lease);
  };
  const auto done = transact(client, "n", always_late, brief);
  EXPECT_THAT(done, testing::AnyOf(FailsAs(ClientErrc::aborted, Executed::no),
                                   FailsAs(ClientErrc::timed_out, Executed::no),
                                   FailsAs(ClientErrc::timed_out, Executed::unknown)));
}

TEST_P(Transactions, end_with_the_error_of_who_prepares_them) {
  Client client{config()};
  const auto refuse = [](Lease&) -> ClientResult<Batch> {
    return ClientError(ClientErrc::rejected, "nothing is left");
  };
  EXPECT_EQ(transact(client, "n", refuse).error().message(), "nothing is left");
  // And nothing stays watched.
  EXPECT_TRUE(transact(client, "n", add_one));
}

INSTANTIATE_TEST_SUITE_P(Servers, Transactions,
                         testing::Values(Against::quartz, Against::own_process, Against::redis),
                         name_of);

TEST(TransactionFailures, before_anything_was_done_are_tried_again_over_another_connection) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    if (connection.number() == 0) {
      connection.read_command();
      return connection.reset();
    }
    EXPECT_EQ(connection.read_command(), "WATCH k");
    connection.send("+OK\r\n");
    for (int i = 0; i < 3; ++i) connection.read_command();
    connection.send("+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n");
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  const auto set = [](Lease&) -> ClientResult<Batch> { return Batch().add(c::set("k", "v")); };
  EXPECT_TRUE(transact(client, "k", set, patient()));
}

TEST(TransactionFailures, that_nobody_knows_the_end_of_are_told) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.read_command();
    connection.send("+OK\r\n");
    for (int i = 0; i < 3; ++i) connection.read_command();
    connection.reset();
  });
  Client client{patient_config(peer.url())};
  const auto set = [](Lease&) -> ClientResult<Batch> { return Batch().add(c::set("k", "v")); };
  EXPECT_THAT(transact(client, "k", set, patient()),
              FailsAs(ClientErrc::unavailable, Executed::unknown));
  EXPECT_EQ(peer.accepted(), 1u);
}

}  // namespace
}  // namespace quartz::client
