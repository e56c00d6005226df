#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/request_words.hpp"
#include "quartz/client/client.hpp"
#include "server/auth/scope.hpp"
#include "server/auth/users.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;

class LocalClients : public ServedClient {};

TEST_F(LocalClients, see_what_others_write_over_the_network) {
  Client remote{patient_config(url())};
  Client local{local_config()};
  ASSERT_TRUE(remote.set("k", "v").value());
  EXPECT_EQ(local.get("k").value(), "v");
  EXPECT_EQ(local.incr("n").value(), 1);
  EXPECT_EQ(remote.incr("n").value(), 2);
  EXPECT_EQ(engine_.get("unknown").value(), std::nullopt);
}

TEST_F(LocalClients, need_no_listener) {
  ServerConfig config = resp_config();
  config.resp.enabled = false;
  serve(config);
  Client client{local_config()};
  EXPECT_TRUE(client.set("k", "v").value());
  EXPECT_EQ(client.get("k").value(), "v");
  EXPECT_EQ(server_->statistics().connections_open, 0u);
}

TEST_F(LocalClients, serve_coroutines_on_the_callers_thread) {
  asio::io_context context;
  Client client{context.get_executor(), local_config()};
  bool finished = false;
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        for (int i = 0; i < 100; ++i) {
          const auto count = co_await client.async_incr("n", asio::use_awaitable);
          EXPECT_EQ(count.value(), i + 1);
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

TEST_F(LocalClients, are_not_asked_who_they_are) {
  const server::Scope scopes[] = {server::parse_scope("kv:read").value()};
  ASSERT_TRUE(server::Users::open(engine_).value()->create("shop", scopes));
  Client remote{patient_config(url())};
  EXPECT_THAT(remote.get("k"), FailsAs(ClientErrc::not_permitted, Executed::no));
  Client client{local_config()};
  ASSERT_TRUE(client.set("k", "v").value());
  EXPECT_EQ(client.get("k").value(), "v");
}

TEST_F(LocalClients, have_no_rate_limit) {
  ServerConfig config = resp_config();
  config.limits.requests_per_second = 1;
  serve(config);
  Client client{local_config()};
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(client.incr("n"));
}

TEST_F(LocalClients, are_told_once_it_survives_power_loss) {
  ServerConfig config = resp_config();
  config.durability = Durability::disk;
  serve(config);
  Client client{local_config()};
  const auto syncs = engine_.statistics().log_syncs;
  ASSERT_TRUE(client.set("k", "v").value());
  EXPECT_GT(engine_.statistics().log_syncs, syncs);
  EXPECT_EQ(client.get("k").value(), "v");
}

// The thread that has synced may not have let go of everything yet.
TEST_F(LocalClients, may_end_as_soon_as_they_are_told) {
  ServerConfig config = resp_config();
  config.durability = Durability::disk;
  serve(config);
  for (int i = 0; i < 100; ++i) {
    Client client{local_config()};
    ASSERT_TRUE(client.set("k", "v").value());
  }
}

TEST_F(LocalClients, get_large_values_whole) {
  Client client{local_config()};
  const std::string large(3'000'000, 'x');
  ASSERT_TRUE(client.set("k", large).value());
  EXPECT_EQ(client.get("k").value(), large);
}

// What comes while the last piece of another answer is being taken must not be taken for the end.
TEST_F(LocalClients, get_large_values_side_by_side) {
  asio::io_context context;
  Client client{context.get_executor(), local_config()};
  const std::string large(100'000, 'x');
  int done = 0;
  const auto read_often = [&]() -> asio::awaitable<void> {
    const bool set = (co_await client.async_set("k", large, asio::use_awaitable)).value();
    EXPECT_TRUE(set);
    for (int i = 0; i < 50; ++i) {
      const auto value = co_await client.async_get("k", asio::use_awaitable);
      EXPECT_EQ(value.value(), large);
    }
    if (++done == 8) client.close();
  };
  for (int i = 0; i < 8; ++i) asio::co_spawn(context, read_often, asio::detached);
  context.run();
  EXPECT_EQ(done, 8);
  EXPECT_EQ(client.metrics().connections_lost, 0u);
}

// However much is asked for at a time, what was answered and not told yet is bounded.
TEST_F(LocalClients, are_told_much_in_pieces) {
  Client client{local_config()};
  const std::string large(std::size_t{1} << 20, 'x');
  ASSERT_TRUE(client.set("k", large).value());
  constexpr std::size_t kReads = 64;
  std::string requests;
  for (std::size_t i = 0; i < kReads; ++i) requests += "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";
  requests += kPing;
  asio::io_context context;
  std::size_t told = 0;
  std::size_t largest = 0;
  std::string end;
  const auto session = server_->local_service()->connect(
      context.get_executor(), {.replied =
                                   [&](std::string_view replies) {
                                     told += replies.size();
                                     largest = std::max(largest, replies.size());
                                     end = replies.substr(replies.size() - 7);
                                   },
                               .ended = [] {}});
  session->send(requests);
  context.run();
  EXPECT_GT(told, kReads * large.size());
  EXPECT_LE(largest, 2 * large.size() + 100);
  EXPECT_EQ(end, "+PONG\r\n");
}

// Such commands run on another thread.
TEST_F(LocalClients, run_what_takes_long) {
  Client client{local_config()};
  for (int i = 0; i < 10; ++i) {
    const std::string number = std::to_string(i);
    ASSERT_TRUE(client.command({"VADD", "points", "VALUES", "2", number, "1", "point" + number}));
  }
  EXPECT_EQ(client.command({"VSIM", "points", "VALUES", "2", "0", "1", "COUNT", "1"}).value(),
            Reply::of_elements(ReplyKind::array, {Reply::of_string("point0")}));
}

// The thread that has carried out the last command may be the last to hold anything of the client.
TEST_F(LocalClients, may_go_as_soon_as_they_were_answered) {
  for (int i = 0; i < 100; ++i) {
    Client client{local_config()};
    const std::string number = std::to_string(i);
    ASSERT_TRUE(client.command({"VADD", "points", "VALUES", "2", number, "1", "point" + number}));
  }
}

TEST_F(LocalClients, that_are_killed_come_again) {
  Client client{local_config()};
  const auto id = client.command({"CLIENT", "ID"});
  Client other{local_config()};
  EXPECT_TRUE(other.command({"CLIENT", "KILL", "ID", id.value().to_string()}));
  const auto next = client.command({"CLIENT", "ID"});
  EXPECT_NE(next.value(), id.value());
}

TEST_F(LocalClients, are_told_that_the_server_has_stopped) {
  Client client{local_config()};
  ASSERT_TRUE(client.set("k", "v"));
  server_->stop();
  const auto value = client.get("k");
  EXPECT_THAT(value, FailsAs(ClientErrc::unavailable, Executed::no));
  EXPECT_THAT(value.error().message(), HasSubstr("this process"));
  // One that begins now is told so, too, and so is one whose server has gone.
  ClientConfig config = local_config();
  EXPECT_THAT(Client{config}.get("k"), FailsAs(ClientErrc::unavailable, Executed::no));
  server_.reset();
  EXPECT_THAT(Client{config}.get("k"), FailsAs(ClientErrc::unavailable, Executed::no));
}

TEST_F(LocalClients, lose_nothing_that_was_acknowledged_while_the_server_stops) {
  constexpr int kClients = 4;
  const ClientConfig config = [&] {
    ClientConfig common = local_config();
    common.retry.attempts_max = 1;
    return common;
  }();
  std::atomic<std::int64_t> acknowledged{0};
  std::atomic<std::int64_t> unknown{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&] {
      Client client{config};
      for (;;) {
        const auto count = client.incr("n");
        if (count) {
          ++acknowledged;
        } else {
          if (count.error().executed() == Executed::unknown) ++unknown;
          return;
        }
      }
    });
  }
  while (acknowledged.load() < 1000) std::this_thread::yield();
  server_->stop();
  for (std::thread& thread : threads) thread.join();
  server_.reset();
  Client client{local_config()};
  const std::int64_t count = std::stoll(client.get("n").value().value());
  EXPECT_GE(count, acknowledged.load());
  EXPECT_LE(count, acknowledged.load() + unknown.load());
}

}  // namespace
}  // namespace quartz::client
