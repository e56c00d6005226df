#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/raw_client.hpp"
#include "server/transport/connection_limit.hpp"
#include "server/transport/listener.hpp"
#include "server/transport/worker_threads.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using testing::HasSubstr;

// A listener and all that it needs, for sessions of the test's own.
class Door {
 public:
  explicit Door(StartSession session) {
    listener_ = Listener::bind({.port = 0}, {.name = "test", .session = std::move(session)},
                               {.threads = threads_,
                                .limit = limit_,
                                .counters = counters_,
                                .certificates = *certificates_,
                                .log = log_,
                                .limits = limits_})
                    .value();
    listener_->start();
  }

  ~Door() { close(); }

  std::uint16_t port() const { return listener_->port(); }
  TransportCounters& counters() { return counters_; }
  void drain() {
    threads_.run_on_each([](IoThread& thread) { thread.connections.drain(); });
  }
  void close() {
    if (std::exchange(closed_, true)) return;
    threads_.run_on_each([this](IoThread& thread) {
      if (&thread == &threads_.at(0)) listener_->close();
    });
    threads_.run_on_each([](IoThread& thread) { thread.connections.close_all(); });
    threads_.stop();
  }

 private:
  ConnectionLimit limit_{100};
  CurrentLimits limits_{RequestLimits()};
  TransportCounters counters_;
  std::unique_ptr<TlsCertificates> certificates_ = TlsCertificates::load({}).value();
  ServerLog log_{{}};
  IoThreads threads_{2};
  std::unique_ptr<Listener> listener_;
  bool closed_ = false;
};

Task<> echo(std::shared_ptr<Connection> connection) {
  std::string buffer(1000, '\0');
  while (true) {
    const Received received = co_await connection->read_some(asio::buffer(buffer));
    if (received.error) co_return;
    if (co_await connection->write(std::string_view(buffer).substr(0, received.bytes))) co_return;
  }
}

TEST(Listener, gives_each_connection_to_a_session) {
  Door door(echo);
  RawClient first(door.port());
  RawClient second(door.port());
  second.send("two");
  first.send("one");
  EXPECT_EQ(first.receive_bytes(3), "one");
  EXPECT_EQ(second.receive_bytes(3), "two");
  EXPECT_EQ(door.counters().accepted, 2u);
}

TEST(Listener, hands_connections_to_the_threads_in_turn) {
  std::promise<std::thread::id> ids[2];
  std::atomic<int> count{0};
  Door door([&](std::shared_ptr<Connection>) -> Task<> {
    ids[count++].set_value(std::this_thread::get_id());
    co_return;
  });
  const RawClient first(door.port());
  const RawClient second(door.port());
  EXPECT_NE(ids[0].get_future().get(), ids[1].get_future().get());
}

TEST(Listener, a_session_that_throws_ends_its_connection_and_no_other) {
  Door door([](std::shared_ptr<Connection> connection) -> Task<> {
    std::string buffer(1, '\0');
    co_await connection->read_some(asio::buffer(buffer));
    if (buffer == "x") throw std::runtime_error("a defect");
    co_await connection->write(buffer);
  });
  RawClient bad(door.port());
  RawClient good(door.port());
  bad.send("x");
  EXPECT_TRUE(bad.is_ended());
  good.send("a");
  EXPECT_EQ(good.receive_rest(), "a");
}

TEST(Listener, refuses_what_is_no_address) {
  EXPECT_THAT(endpoint_of({.address = "example.org"}),
              FailsWith(Errc::invalid_argument, HasSubstr("example.org")));
  EXPECT_EQ(endpoint_of({.address = "localhost", .port = 1}).value().port(), 1);
  EXPECT_TRUE(endpoint_of({.address = "::1"}).value().address().is_loopback());
}

TEST(Connection, a_large_write_arrives_whole_however_slowly_it_is_read) {
  const std::string large(20'000'000, 'x');
  Door door(
      [&](std::shared_ptr<Connection> connection) -> Task<> { co_await connection->write(large); });
  RawClient client(door.port());
  EXPECT_EQ(client.receive_rest().size(), large.size());
}

TEST(Connection, a_read_past_its_deadline_times_out_and_so_does_the_next) {
  std::promise<std::pair<boost::system::error_code, boost::system::error_code>> errors;
  Door door([&](std::shared_ptr<Connection> connection) -> Task<> {
    std::string buffer(10, '\0');
    connection->set_deadline(Connection::Clock::now() + milliseconds(50));
    const auto first =
        co_await connection->read_some(asio::buffer(buffer), Awaited::rest_of_request);
    const auto second =
        co_await connection->read_some(asio::buffer(buffer), Awaited::rest_of_request);
    errors.set_value({first.error, second.error});
    // With a new deadline it can be written to: that it was too slow, say.
    connection->set_deadline(Connection::kNever);
    co_await connection->write("late");
  });
  RawClient client(door.port());
  const auto [first, second] = errors.get_future().get();
  EXPECT_EQ(first, asio::error::timed_out);
  EXPECT_EQ(second, asio::error::timed_out);
  EXPECT_EQ(client.receive_rest(), "late");
  EXPECT_EQ(door.counters().deadlines_missed, 1u);
}

TEST(Connection, a_write_that_nobody_reads_times_out) {
  const std::string large(50'000'000, 'x');
  std::promise<boost::system::error_code> error;
  Door door([&](std::shared_ptr<Connection> connection) -> Task<> {
    connection->set_deadline(Connection::Clock::now() + milliseconds(100));
    error.set_value(co_await connection->write(large));
  });
  const RawClient client(door.port());
  EXPECT_EQ(error.get_future().get(), asio::error::timed_out);
  EXPECT_EQ(door.counters().deadlines_missed, 1u);
}

TEST(Connection, a_peer_that_asks_for_nothing_more_or_does_not_say_goodbye_misses_no_deadline) {
  std::promise<boost::system::error_code> idle;
  std::promise<void> gone;
  Door door([&](std::shared_ptr<Connection> connection) -> Task<> {
    std::string buffer(10, '\0');
    connection->set_deadline(Connection::Clock::now() + milliseconds(50));
    const auto received = co_await connection->read_some(asio::buffer(buffer));
    idle.set_value(received.error);
    co_await connection->close_gently();
    gone.set_value();
  });
  const RawClient client(door.port());
  EXPECT_EQ(idle.get_future().get(), asio::error::timed_out);
  gone.get_future().get();
  EXPECT_EQ(door.counters().deadlines_missed, 0u);
}

TEST(Connection, draining_ends_the_wait_for_a_request_and_no_other) {
  std::promise<void> waiting;
  std::promise<Received> rest;
  std::promise<Received> next;
  Door door([&](std::shared_ptr<Connection> connection) -> Task<> {
    std::string buffer(10, '\0');
    waiting.set_value();
    rest.set_value(co_await connection->read_some(asio::buffer(buffer), Awaited::rest_of_request));
    next.set_value(co_await connection->read_some(asio::buffer(buffer)));
  });
  RawClient client(door.port());
  waiting.get_future().get();
  door.drain();
  client.send("abc");
  EXPECT_EQ(rest.get_future().get().bytes, 3u);
  EXPECT_EQ(next.get_future().get().error, asio::error::operation_aborted);
  EXPECT_TRUE(client.is_ended());
}

TEST(Connection, draining_is_told_once_to_who_wants_to_know) {
  std::promise<void> waiting;
  std::promise<bool> told;
  Door door([&](std::shared_ptr<Connection> connection) -> Task<> {
    std::string buffer(10, '\0');
    connection->when_stopping([&told, raw = connection.get()] { told.set_value(raw->stopping()); });
    waiting.set_value();
    co_await connection->read_some(asio::buffer(buffer), Awaited::rest_of_request);
  });
  RawClient client(door.port());
  waiting.get_future().get();
  door.drain();
  EXPECT_TRUE(told.get_future().get());
  door.drain();
}

TEST(Connection, knows_its_peer) {
  std::promise<std::string> address;
  Door door([&](std::shared_ptr<Connection> connection) -> Task<> {
    EXPECT_FALSE(connection->encrypted());
    address.set_value(connection->remote_address());
    co_return;
  });
  const RawClient client(door.port());
  EXPECT_THAT(address.get_future().get(), testing::StartsWith("127.0.0.1:"));
}

TEST(ConnectionLimit, gives_back_what_was_taken) {
  ConnectionLimit limit(2);
  {
    const auto first = limit.try_take();
    auto second = limit.try_take();
    EXPECT_TRUE(first);
    EXPECT_TRUE(second);
    EXPECT_FALSE(limit.try_take());
    const auto moved = std::move(second);
    EXPECT_EQ(limit.open(), 2u);
    EXPECT_FALSE(limit.wait_until_none(milliseconds(1)));
  }
  EXPECT_EQ(limit.open(), 0u);
  EXPECT_TRUE(limit.wait_until_none(milliseconds(0)));
}

TEST(WorkerThreads, work_runs_elsewhere_and_its_caller_goes_on_at_home) {
  WorkerThreads workers(2);
  asio::io_context context;
  std::thread::id at_home;
  const auto caller = [&]() -> Task<std::thread::id> {
    const auto elsewhere = co_await workers.run([] { return std::this_thread::get_id(); });
    at_home = std::this_thread::get_id();
    co_return elsewhere;
  };
  auto elsewhere = asio::co_spawn(context, caller(), asio::use_future);
  context.run();
  EXPECT_EQ(at_home, std::this_thread::get_id());
  EXPECT_NE(elsewhere.get(), std::this_thread::get_id());
}

TEST(WorkerThreads, what_work_throws_arrives_at_home) {
  WorkerThreads workers(1);
  asio::io_context context;
  bool caught_at_home = false;
  const auto caller = [&]() -> Task<> {
    try {
      co_await workers.run([]() -> int { throw std::runtime_error("no"); });
    } catch (const std::runtime_error&) {
      caught_at_home = true;
    }
  };
  auto done = asio::co_spawn(context, caller(), asio::use_future);
  context.run();
  done.get();
  EXPECT_TRUE(caught_at_home);
}

}  // namespace
}  // namespace quartz::server
