#include "quartz/client/client.hpp"

#include <algorithm>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "quartz/client/commands/hashes.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using asio::use_awaitable;
using testing::ElementsAre;
using testing::HasSubstr;
using Value = std::optional<std::string>;

class Clients : public ServedClient {
 protected:
  /// Runs a coroutine that is given a client on the same thread, which is closed behind it.
  template <class Talk>
  void converse(Talk talk) {
    asio::io_context context;
    Client client{context.get_executor(), patient_config(url())};
    bool finished = false;
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
          co_await talk(client);
          finished = true;
          client.close();
        },
        [](std::exception_ptr failure) {
          if (failure) std::rethrow_exception(failure);
        });
    context.run();
    EXPECT_TRUE(finished);
  }
};

TEST_F(Clients, serve_coroutines) {
  converse([](Client& client) -> asio::awaitable<void> {
    const auto set = co_await client.async_set("k", "v", use_awaitable);
    EXPECT_TRUE(set.value());
    const auto value = co_await client.async_get("k", use_awaitable);
    EXPECT_EQ(value.value(), "v");
    const auto none = co_await client.async_get("none", use_awaitable);
    EXPECT_EQ(none.value(), std::nullopt);
    const auto number = co_await client.async_incrby("n", 5, use_awaitable);
    EXPECT_EQ(number.value(), 5);
    const auto hset = commands::hset("h", {{"a", "1"}, {"b", "2"}});
    const auto fields = co_await client.async_run(hset, use_awaitable);
    EXPECT_EQ(fields.value(), 2);
    const Command<Reply> hgetall{"HGETALL", "h"};
    const auto reply = co_await client.async_run(hgetall, use_awaitable);
    EXPECT_EQ(reply.value().to_string(), R"({"a": "1", "b": "2"})");
  });
}

TEST_F(Clients, put_values_into_strings_of_the_caller) {
  converse([](Client& client) -> asio::awaitable<void> {
    const auto set = co_await client.async_set("k", std::string(1000, 'x'), use_awaitable);
    EXPECT_TRUE(set.value());
    std::string into = "before";
    const auto found = co_await client.async_get("k", into, use_awaitable);
    EXPECT_TRUE(found.value());
    EXPECT_EQ(into, std::string(1000, 'x'));
    const auto none = co_await client.async_get("none", into, use_awaitable);
    EXPECT_FALSE(none.value());
  });
}

TEST_F(Clients, serve_those_without_a_loop) {
  Client client{patient_config(url())};
  EXPECT_TRUE(client.set("k", "v").value());
  EXPECT_EQ(client.get("k").value(), "v");
  EXPECT_EQ(client.append("k", "w").value(), 2);
  EXPECT_EQ(client.exists({"k", "k", "none"}).value(), 2);
  EXPECT_EQ(client.del("k").value(), 1);
  EXPECT_EQ(client.get("k").value(), std::nullopt);
  EXPECT_EQ(client.command({"ECHO", "hello"}).value(), Reply::of_string("hello"));
}

TEST_F(Clients, take_any_completion_token) {
  asio::thread_pool threads(2);
  Client client{threads.get_executor(), patient_config(url())};
  std::future<ClientResult<bool>> set = client.async_set("k", "v", asio::use_future);
  EXPECT_TRUE(set.get().value());
  std::promise<Value> told;
  client.async_get("k", [&](ClientResult<Value> value) { told.set_value(value.value()); });
  EXPECT_EQ(told.get_future().get(), "v");
  client.close();
  threads.join();
}

TEST_F(Clients, call_handlers_on_their_own_executor) {
  Client client{patient_config(url())};
  asio::io_context own;
  bool called = false;
  client.async_set("k", "v", asio::bind_executor(own.get_executor(), [&](ClientResult<bool> set) {
                     EXPECT_TRUE(set.value());
                     EXPECT_TRUE(own.get_executor().running_in_this_thread());
                     called = true;
                   }));
  // Its context has work until the handler was called, although nothing else is to be done there.
  own.run();
  EXPECT_TRUE(called);
}

TEST_F(Clients, never_call_within_the_initiating_call) {
  asio::io_context context;
  Client client{context.get_executor(), patient_config(url())};
  client.close();
  bool called = false;
  asio::post(context, [&] {
    client.async_get("k", [&](ClientResult<Value> value) {
      EXPECT_THAT(value, FailsAs(ClientErrc::closed, Executed::no));
      called = true;
    });
    EXPECT_FALSE(called);
  });
  context.run();
  EXPECT_TRUE(called);
}

TEST_F(Clients, share_one_connection_among_all_requests) {
  const std::string where = url();
  Client client{patient_config(where)};
  std::vector<std::future<ClientResult<std::int64_t>>> answers;
  for (int i = 0; i < 2000; ++i) answers.push_back(client.async_incr("n", asio::use_future));
  // Requests of one caller keep their order.
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(answers[static_cast<std::size_t>(i)].get().value(), i + 1);
  }
  EXPECT_EQ(server_->statistics().connections_accepted, 1u);
}

TEST_F(Clients, serve_many_threads_at_a_time) {
  Client client{patient_config(url())};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      const std::string key = "k" + std::to_string(thread);
      for (int i = 0; i < 200; ++i) {
        const std::string value = key + "=" + std::to_string(i);
        ASSERT_TRUE(client.set(key, value).value());
        ASSERT_EQ(client.get(key).value(), value);
        ASSERT_TRUE(client.incr("all"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(client.get("all").value(), "1600");
}

TEST_F(Clients, carry_coroutines_of_many_threads) {
  asio::thread_pool threads(4);
  Client client{threads.get_executor(), patient_config(url())};
  std::vector<std::future<void>> ends;
  for (int i = 0; i < 50; ++i) {
    ends.push_back(asio::co_spawn(
        asio::make_strand(threads),
        [&client, i]() -> asio::awaitable<void> {
          const std::string key = "key of some length " + std::to_string(i);
          for (int round = 0; round < 100; ++round) {
            const auto number = co_await client.async_incr(key, use_awaitable);
            EXPECT_EQ(number.value(), round + 1);
          }
        },
        asio::use_future));
  }
  for (auto& end : ends) end.get();
  client.close();
  threads.join();
}

TEST_F(Clients, may_have_several_connections) {
  ClientConfig config = patient_config(url());
  config.connections = 3;
  Client client{config};
  std::vector<std::future<ClientResult<bool>>> answers;
  for (int i = 0; i < 100; ++i) {
    answers.push_back(client.async_set("k" + std::to_string(i), "v", asio::use_future));
  }
  for (auto& answer : answers) EXPECT_TRUE(answer.get().value());
  std::size_t listed = 0;
  // Those that opened later are open by now or soon: each is greeted by its name.
  while (listed < 3) {
    const Reply clients = client.command({"CLIENT", "LIST"}).value();
    const std::string_view lines = clients.text().value();
    listed = static_cast<std::size_t>(std::ranges::count(lines, '\n'));
  }
  EXPECT_EQ(listed, 3u);
}

TEST_F(Clients, tell_servers_their_name) {
  ClientConfig config = patient_config(url());
  config.name = "orders";
  Client client{config};
  EXPECT_EQ(client.command({"CLIENT", "GETNAME"}).value(), Reply::of_string("orders"));
}

TEST_F(Clients, tell_what_the_server_said_of_a_wrong_request) {
  Client client{patient_config(url())};
  ASSERT_TRUE(client.set("k", "v"));
  const auto wrong = client.run(commands::hget("k", "f"));
  EXPECT_THAT(wrong, FailsAs(ClientErrc::wrong_kind, Executed::yes));
  EXPECT_THAT(wrong, WasStoppedBy(RetryStop::permanent));
  EXPECT_THAT(wrong.error().message(), HasSubstr("WRONGTYPE"));
  const auto number = client.incr("k");
  EXPECT_THAT(number, FailsAs(ClientErrc::rejected, Executed::yes));
  EXPECT_THAT(number.error().message(), HasSubstr("not an integer"));
  EXPECT_EQ(client.get("k").value(), "v");
}

TEST_F(Clients, refuse_answers_of_another_type_than_was_promised) {
  Client client{patient_config(url())};
  const auto value = client.run(Command<std::int64_t>({"ECHO", "text"}));
  EXPECT_THAT(value, FailsAs(ClientErrc::unexpected_reply, Executed::yes));
  EXPECT_EQ(client.get("k").value(), std::nullopt);
}

TEST_F(Clients, carry_out_batches_as_one) {
  Client client{patient_config(url())};
  Batch batch;
  batch.add(commands::set("k", "1")).add(commands::incr("k")).add({"GET", "k"});
  EXPECT_EQ(batch.size(), 3u);
  const auto replies = client.exec(batch);
  EXPECT_THAT(replies.value(),
              ElementsAre(Reply::of_string("OK"), Reply::of_integer(2), Reply::of_string("2")));
  EXPECT_TRUE(client.exec(Batch()).value().empty());
}

TEST_F(Clients, tell_which_commands_of_a_batch_failed) {
  Client client{patient_config(url())};
  Batch batch;
  batch.add(commands::set("k", "v")).add(commands::incr("k")).add(commands::set("l", "w"));
  const auto replies = client.exec(batch).value();
  ASSERT_EQ(replies.size(), 3u);
  EXPECT_TRUE(replies[1].is_error());
  EXPECT_EQ(client.get("l").value(), "w");
}

TEST_F(Clients, say_why_a_batch_was_refused) {
  Client client{patient_config(url())};
  Batch batch;
  batch.add(commands::set("k", "v")).add({"NOSUCH", "command"});
  const auto replies = client.exec(batch);
  EXPECT_THAT(replies, FailsAs(ClientErrc::rejected, Executed::yes));
  EXPECT_THAT(replies.error().message(), HasSubstr("unknown command"));
  EXPECT_EQ(client.get("k").value(), std::nullopt);
}

TEST_F(Clients, fail_what_is_under_way_when_they_are_closed) {
  Client client{patient_config(url())};
  ASSERT_TRUE(client.set("k", "v"));
  client.close();
  EXPECT_THAT(client.get("k"), FailsAs(ClientErrc::closed, Executed::no));
  client.close();
}

TEST_F(Clients, may_be_moved) {
  Client first{patient_config(url())};
  ASSERT_TRUE(first.set("k", "v"));
  Client second(std::move(first));
  EXPECT_EQ(second.get("k").value(), "v");
  Client third{patient_config(url())};
  third = std::move(second);
  EXPECT_EQ(third.get("k").value(), "v");
}

TEST_F(Clients, may_be_destroyed_from_within_an_answer) {
  asio::io_context context;
  std::optional<Client> client(std::in_place, context.get_executor(), patient_config(url()));
  int told = 0;
  client->async_set("k", "v", [&](ClientResult<bool> set) {
    EXPECT_TRUE(set);
    ++told;
    client.reset();
  });
  client->async_incr("n", [&](ClientResult<std::int64_t>) { ++told; });
  context.run();
  EXPECT_EQ(told, 2);
}

TEST_F(Clients, go_on_after_a_handler_has_thrown) {
  asio::io_context context;
  Client client{context.get_executor(), patient_config(url())};
  std::string read;
  client.async_set("k", "v", [&](ClientResult<bool>) {
    client.async_get("k", [&](ClientResult<std::optional<std::string>> value) {
      read = value ? value->value_or("") : value.error().to_string();
      client.close();
    });
    throw std::runtime_error("of the application");
  });
  // Its answer comes with the first one's, behind it.
  client.async_incr("n", [](ClientResult<std::int64_t> count) { EXPECT_EQ(count.value(), 1); });
  EXPECT_THROW(context.run(), std::runtime_error);
  context.run();
  EXPECT_EQ(read, "v");
}

TEST_F(Clients, refuse_to_wait_for_themselves) {
  Client client{patient_config(url())};
  std::promise<ClientResult<Value>> inner;
  client.async_set("k", "v", [&](ClientResult<bool>) { inner.set_value(client.get("k")); });
  EXPECT_THAT(inner.get_future().get(), FailsAs(ClientErrc::invalid_argument, Executed::no));
}

TEST_F(Clients, go_on_when_the_server_comes_back) {
  const std::string where = url();
  const std::uint16_t where_port = server_->resp_port().value();
  ClientConfig client_config = patient_config(where);
  client_config.retry.attempts_max = 1'000'000;
  client_config.retry.budget_tokens = 1'000'000'000;
  client_config.breaker.open_min = std::chrono::milliseconds(1);
  client_config.breaker.open_max = std::chrono::milliseconds(5);
  Client client{client_config};
  ASSERT_TRUE(client.set("k", "v"));
  server_.reset();
  auto waiting = client.async_get("k", asio::use_future);
  ServerConfig config = resp_config();
  config.resp.port = where_port;
  serve(config);
  EXPECT_EQ(waiting.get().value(), "v");
}

}  // namespace
}  // namespace quartz::client
