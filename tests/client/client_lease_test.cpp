#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/any_server.hpp"
#include "client/client_fixture.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/commands/blocking.hpp"
#include "quartz/client/commands/lists.hpp"
#include "quartz/client/commands/sorted_sets.hpp"
#include "quartz/client/lease.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
namespace c = quartz::commands;

constexpr std::chrono::milliseconds kLong = kPatience;
constexpr std::chrono::milliseconds kShort{20};

/// The connections of a server, its asker's included.
std::size_t connections_of(Client& client) {
  const Reply list = client.command({"CLIENT", "LIST"}).value();
  return static_cast<std::size_t>(std::ranges::count(list.text().value(), '\n'));
}

void wait_until(const std::function<bool()>& is_so) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!is_so()) ASSERT_LT(std::chrono::steady_clock::now(), until);
}

/// Waits until the server has a connection that waits there for an element.
void wait_until_blocked(Client& client) {
  wait_until([&] {
    const Reply info = client.command({"INFO", "clients"}).value();
    return info.text().value().find("blocked_clients:1") != std::string_view::npos;
  });
}

class Leases : public AnyServer {};

TEST_P(Leases, carry_out_a_batch_if_nobody_has_changed_what_was_watched) {
  Client client{config()};
  Lease lease = client.lease().value();
  ASSERT_TRUE(lease.watch({"k", "other"}));
  EXPECT_EQ(lease.run(c::get("k")).value(), std::nullopt);
  const auto replies = lease.exec(Batch().add(c::set("k", "1")).add(c::incr("k")));
  EXPECT_EQ(replies.value().back(), Reply::of_integer(2));
  EXPECT_EQ(client.get("k").value(), "2");
}

TEST_P(Leases, tell_that_another_one_has_changed_what_was_watched) {
  Client client{config()};
  Lease lease = client.lease().value();
  ASSERT_TRUE(lease.watch("k"));
  ASSERT_TRUE(client.set("k", "theirs"));
  EXPECT_THAT(lease.exec(Batch().add(c::set("k", "mine"))),
              FailsAs(ClientErrc::aborted, Executed::no));
  EXPECT_EQ(client.get("k").value(), "theirs");
  // Nothing is watched any more.
  ASSERT_TRUE(client.set("k", "theirs again"));
  EXPECT_TRUE(lease.exec(Batch().add(c::set("k", "mine"))));
  EXPECT_EQ(client.get("k").value(), "mine");
}

TEST_P(Leases, have_connections_of_their_own) {
  Client client{config()};
  Lease one = client.lease().value();
  Lease other = client.lease().value();
  ASSERT_TRUE(one.watch("k"));
  ASSERT_TRUE(other.exec(Batch().add(c::set("k", "1"))));
  EXPECT_THAT(one.exec(Batch().add(c::set("k", "2"))), FailsAs(ClientErrc::aborted, Executed::no));
  EXPECT_EQ(client.metrics().leases, 2u);
}

TEST_P(Leases, leave_nothing_watched_to_the_next_one) {
  ClientConfig with = config();
  with.leases.connections_max = 1;
  Client client{with};
  std::optional<Lease> lease(client.lease().value());
  const Reply id = lease->command({"ECHO", "x"}).value();
  ASSERT_TRUE(lease->watch("k"));
  lease.reset();
  ASSERT_TRUE(client.set("k", "theirs"));
  Lease next = client.lease().value();
  EXPECT_TRUE(next.exec(Batch().add(c::set("k", "mine"))));
  EXPECT_EQ(client.get("k").value(), "mine");
}

TEST_P(Leases, use_a_connection_again_unless_it_was_changed) {
  ClientConfig with = config();
  with.leases.connections_max = 1;
  Client client{with};
  const auto id_of = [](Lease& lease) { return lease.command({"CLIENT", "ID"}).value(); };
  std::optional<Lease> first(client.lease().value());
  ASSERT_TRUE(first->run(c::set("k", "1")));
  first.reset();
  Lease second = client.lease().value();
  const Reply id = id_of(second);  // Which changes it, as far as anybody knows.
  second.give_back();
  Lease third = client.lease().value();
  EXPECT_NE(id_of(third), id);
}

TEST_P(Leases, wait_for_elements_without_holding_up_others) {
  Client client{config()};
  Lease lease = client.lease().value();
  auto popped =
      std::async(std::launch::async, [&] { return lease.run(c::blpop({"empty", "l"}, kLong)); });
  wait_until_blocked(client);
  ASSERT_TRUE(client.run(c::rpush("l", "a")));
  EXPECT_EQ(popped.get().value(), (PoppedElement{.key = "l", .element = "a"}));
  ASSERT_TRUE(client.run(c::rpush("l", {"b", "c"})));
  EXPECT_EQ(lease.run(c::brpop("l", kLong)).value(), (PoppedElement{.key = "l", .element = "c"}));
  EXPECT_EQ(lease.run(c::blmove("l", "m", c::ListEnd::first, c::ListEnd::last, kLong)).value(),
            "b");
  EXPECT_EQ(client.run(c::lrange("m", 0, -1)).value(), std::vector<std::string>{"b"});
}

TEST_P(Leases, tell_that_nothing_has_come_in_time) {
  Client client{config()};
  Lease lease = client.lease().value();
  EXPECT_EQ(lease.run(c::blpop("l", kShort)).value(), std::nullopt);
  EXPECT_EQ(lease.run(c::blmove("l", "m", c::ListEnd::last, c::ListEnd::last, kShort)).value(),
            std::nullopt);
  EXPECT_EQ(lease.run(c::bzpopmin("z", kShort)).value(), std::nullopt);
  // The connection is as good as before.
  EXPECT_TRUE(lease.run(c::set("k", "1")));
}

TEST_P(Leases, take_members_by_their_scores) {
  Client client{config()};
  ASSERT_TRUE(client.run(c::zadd("z", {{"a", 1.5}, {"b", 2}, {"c", 3}})));
  Lease lease = client.lease().value();
  EXPECT_EQ(lease.run(c::bzpopmin("z", kLong)).value(),
            (PoppedMember{.key = "z", .member = {.member = "a", .score = 1.5}}));
  EXPECT_EQ(lease.run(c::bzpopmax({"y", "z"}, kLong)).value(),
            (PoppedMember{.key = "z", .member = {.member = "c", .score = 3}}));
}

TEST_P(Leases, wait_longer_than_requests_may_take) {
  ClientConfig with = config();
  with.request_timeout = std::chrono::milliseconds(1000);
  with.heartbeat_interval = std::chrono::milliseconds(200);
  with.heartbeat_timeout = std::chrono::milliseconds(400);
  Client client{with};
  Lease lease = client.lease({.timeout = kPatience, .deadline = {}}).value();
  // Heartbeats would have ended the connection, and the deadline the request.
  EXPECT_EQ(lease.run(c::blpop("l", std::chrono::milliseconds(1500))).value(), std::nullopt);
  EXPECT_TRUE(
      lease.run(c::set("k", "1"), {.timeout = kPatience, .deadline = {}, .idempotency = {}}));
}

TEST_P(Leases, take_nothing_for_who_has_given_up) {
  Client client{config()};
  Lease lease = client.lease().value();
  RequestOptions brief;
  brief.timeout = kTimeToSend;
  EXPECT_THAT(lease.run(c::blpop("l", kLong), brief),
              FailsAs(ClientErrc::timed_out, Executed::unknown));
  EXPECT_THAT(lease.run(c::get("k")), WasStoppedBy(RetryStop::lease));
  wait_until([&] { return connections_of(client) == 1; });
  ASSERT_TRUE(client.run(c::rpush("l", "a")));
  EXPECT_EQ(client.run(c::llen("l")).value(), 1);
}

TEST_P(Leases, end_their_connection_if_something_is_under_way) {
  Client client{config()};
  std::optional<Lease> lease(client.lease().value());
  auto popped = lease->async_run(c::blpop("l", std::chrono::milliseconds(0)), asio::use_future);
  wait_until_blocked(client);
  lease.reset();
  EXPECT_THAT(popped.get(), FailsAs(ClientErrc::unavailable, Executed::unknown));
  wait_until([&] { return connections_of(client) == 1; });
  EXPECT_EQ(client.metrics().leases, 0u);
}

TEST_P(Leases, do_not_pass_on_what_a_batch_has_changed) {
  ClientConfig with = config();
  with.leases.connections_max = 1;
  Client client{with};
  Lease lease = client.lease().value();
  ASSERT_TRUE(lease.exec(Batch().add({"SELECT", "1"}).add(c::set("k", "of database 1"))));
  lease.give_back();
  Lease next = client.lease().value();
  EXPECT_EQ(next.run(c::get("k")).value(), std::nullopt);
}

TEST_P(Leases, may_change_the_connection) {
  Client client{config()};
  Lease lease = client.lease().value();
  EXPECT_EQ(lease.command({"MULTI"}).value(), Reply::of_string("OK"));
  EXPECT_EQ(lease.command({"SET", "k", "1"}).value(), Reply::of_string("QUEUED"));
  lease.give_back();
  Lease next = client.lease().value();
  EXPECT_TRUE(next.run(c::set("k", "2")));
  EXPECT_EQ(client.get("k").value(), "2");
}

TEST_P(Leases, are_not_read_from_what_is_near) {
  ClientConfig with = config();
  with.near_cache.emplace();
  Client client{with};
  ASSERT_TRUE(client.set("k", "1"));
  ASSERT_EQ(client.get("k").value(), "1");
  Lease lease = client.lease().value();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(lease.run(c::set("k", std::to_string(i))));
    ASSERT_EQ(client.get("k").value(), std::to_string(i));
  }
}

TEST_P(Leases, serve_coroutines_on_the_callers_thread) {
  asio::io_context context;
  Client client{context.get_executor(), config()};
  bool finished = false;
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        auto lent = co_await client.async_lease(asio::use_awaitable);
        Lease lease = std::move(lent).value();
        const auto watched = co_await lease.async_watch("k", asio::use_awaitable);
        EXPECT_TRUE(watched);
        const Batch batch = Batch().add(c::incr("k"));
        const auto done = co_await lease.async_exec(batch, asio::use_awaitable);
        EXPECT_EQ(done.value().front(), Reply::of_integer(1));
        const auto wait = c::blpop("l", kShort);
        const auto popped = co_await lease.async_run(wait, asio::use_awaitable);
        EXPECT_EQ(popped.value(), std::nullopt);
        finished = true;
        client.close();
      },
      [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
      });
  context.run();
  EXPECT_TRUE(finished);
}

INSTANTIATE_TEST_SUITE_P(Servers, Leases,
                         testing::Values(Against::quartz, Against::own_process, Against::redis),
                         name_of);

class BoundsOfLeases : public ServedClient {
 protected:
  ClientConfig one_at_a_time() {
    ClientConfig config = patient_config(url());
    config.leases.connections_max = 1;
    return config;
  }
};

TEST_F(BoundsOfLeases, make_callers_wait_until_one_comes_back) {
  Client client{one_at_a_time()};
  std::optional<Lease> lease(client.lease().value());
  auto first = client.async_lease(asio::use_future);
  auto second = client.async_lease(asio::use_future);
  wait_until([&] { return client.metrics().leases_waiting == 2; });
  lease.reset();
  auto next = first.get();
  ASSERT_TRUE(next);
  EXPECT_EQ(client.metrics().leases_waiting, 1u);
  ASSERT_TRUE(next->run(c::set("k", "1")));
  next->give_back();
  EXPECT_TRUE(second.get());
}

TEST_F(BoundsOfLeases, let_nobody_wait_beyond_his_time) {
  Client client{one_at_a_time()};
  const Lease lease = client.lease().value();
  const auto late = client.lease({.timeout = kShort, .deadline = {}});
  EXPECT_THAT(late, FailsAs(ClientErrc::timed_out, Executed::no));
  EXPECT_THAT(late.error().message(), testing::HasSubstr("1 are lent"));
  EXPECT_THAT(client.lease({.timeout = std::chrono::milliseconds(0), .deadline = {}}),
              FailsAs(ClientErrc::invalid_argument, Executed::no));
}

TEST_F(BoundsOfLeases, let_no_more_wait_than_the_configuration_says) {
  ClientConfig config = one_at_a_time();
  config.leases.waiting_max = 1;
  Client client{config};
  const Lease lease = client.lease().value();
  auto waiting = client.async_lease(asio::use_future);
  EXPECT_THAT(client.lease(), FailsAs(ClientErrc::overloaded, Executed::no));
}

TEST_F(BoundsOfLeases, count_who_has_given_up_no_more) {
  Client client{one_at_a_time()};
  std::optional<Lease> lease(client.lease().value());
  asio::cancellation_signal signal;
  std::promise<ClientResult<Lease>> told;
  auto result = told.get_future();
  client.async_lease(asio::bind_cancellation_slot(
      signal.slot(), [&](ClientResult<Lease> lent) { told.set_value(std::move(lent)); }));
  wait_until([&] { return client.metrics().leases_waiting == 1; });
  asio::post(client.get_executor(), [&] { signal.emit(asio::cancellation_type::terminal); });
  EXPECT_THAT(result.get(), FailsAs(ClientErrc::cancelled, Executed::no));
  EXPECT_EQ(client.metrics().leases_waiting, 0u);
  lease.reset();
  EXPECT_TRUE(client.lease());
}

TEST_F(BoundsOfLeases, get_back_what_nobody_has_taken) {
  Client client{one_at_a_time()};
  for (int i = 0; i < 20; ++i) {
    auto dropped = client.async_lease(asio::use_future);
  }
  EXPECT_TRUE(client.lease());
}

TEST_F(BoundsOfLeases, close_what_nobody_uses) {
  ClientConfig config = one_at_a_time();
  config.leases.idle_timeout = kShort;
  Client client{config};
  client.lease().value().give_back();
  wait_until([&] { return client.metrics().leases_idle == 0 && client.metrics().leases == 0; });
  wait_until([&] { return connections_of(client) == 1; });
  EXPECT_TRUE(client.lease());
}

TEST_F(BoundsOfLeases, close_what_has_lived_its_time) {
  ClientConfig config = one_at_a_time();
  config.leases.lifetime = std::chrono::milliseconds(1);
  Client client{config};
  for (int i = 0; i < 5; ++i) {
    Lease lease = client.lease().value();
    ASSERT_TRUE(lease.run(c::incr("n")));
  }
  wait_until([&] { return connections_of(client) == 1; });
}

TEST_F(BoundsOfLeases, end_with_the_client) {
  auto client = std::make_unique<Client>(one_at_a_time());
  Lease lease = client->lease().value();
  auto waiting = client->async_lease(asio::use_future);
  auto popped = lease.async_run(c::blpop("l", std::chrono::milliseconds(0)), asio::use_future);
  client->close();
  EXPECT_EQ(waiting.get().error().code(), ClientErrc::closed);
  EXPECT_EQ(popped.get().error().code(), ClientErrc::closed);
  EXPECT_THAT(lease.run(c::get("k")), FailsAs(ClientErrc::closed, Executed::no));
  EXPECT_THAT(client->lease(), FailsAs(ClientErrc::closed, Executed::no));
  client.reset();
  EXPECT_THAT(lease.run(c::get("k")), FailsAs(ClientErrc::closed, Executed::no));
}

TEST_F(BoundsOfLeases, fail_who_uses_what_was_given_back) {
  Client client{one_at_a_time()};
  Lease lease = client.lease().value();
  lease.give_back();
  EXPECT_THAT(lease.run(c::get("k")), FailsAs(ClientErrc::closed, Executed::no));
  Lease moved = client.lease().value();
  Lease to = std::move(moved);
  EXPECT_TRUE(to.run(c::get("k")));
}

}  // namespace
}  // namespace quartz::client
