#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/commands/hashes.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using Value = std::optional<std::string>;

/// A peer that tracks and tells of changes only when it is made to: "NEWS key" is answered behind
/// the news that the key has changed, "NEWS" behind those that anything may have. The first GET is
/// answered with "1", the next with "2"; those of "late" only when there is another command.
class TrackedPeer {
 public:
  int reads() const { return reads_; }
  int beats() const { return beats_; }
  std::string url() const { return peer_.url(); }

  std::string tracking = "+OK\r\n";  ///< How it answers that.
  std::string read_error;            ///< How it answers GET, unless empty.

 private:
  std::string answer(const std::string& command) {
    if (command.starts_with("GET")) {
      const std::string number = std::to_string(++reads_);
      if (!read_error.empty()) return read_error;
      if (command == "GET none") return "_\r\n";
      return "$" + std::to_string(number.size()) + "\r\n" + number + "\r\n";
    }
    if (command == "CLIENT TRACKING ON") return tracking;
    if (command == "NEWS") return ">2\r\n$10\r\ninvalidate\r\n_\r\n+OK\r\n";
    if (command.starts_with("NEWS ")) {
      const std::string key = command.substr(5);
      return ">2\r\n$10\r\ninvalidate\r\n*1\r\n$" + std::to_string(key.size()) + "\r\n" + key +
             "\r\n+OK\r\n";
    }
    if (command == "PING") ++beats_;
    return "+OK\r\n";
  }
  void talk(PeerConnection& connection) {
    if (!connection.greet()) return;
    std::string owed;
    for (std::string command = connection.read_command(); !command.empty() && command != "END";
         command = connection.read_command()) {
      owed += answer(command);
      if (command == "GET late" || command == "SET late 1") continue;
      if (!connection.send(std::exchange(owed, {}))) return;
    }
  }

  std::atomic<int> reads_{0};
  std::atomic<int> beats_{0};
  ScriptedPeer peer_{[this](PeerConnection& connection) { talk(connection); }};
};

ClientConfig near_config(std::string url) {
  ClientConfig config = patient_config(std::move(url));
  config.near_cache.emplace();
  config.near_cache->stale_after = milliseconds(0);
  return config;
}

class NearReads : public testing::Test {
 protected:
  TrackedPeer peer_;
  Client client_{near_config(peer_.url())};
};

TEST_F(NearReads, ask_the_server_once) {
  EXPECT_EQ(client_.get("k").value(), "1");
  EXPECT_EQ(client_.get("k").value(), "1");
  EXPECT_EQ(client_.get("other").value(), "2");
  EXPECT_EQ(peer_.reads(), 2);
}

TEST_F(NearReads, know_what_is_not_there) {
  EXPECT_EQ(client_.get("none").value(), std::nullopt);
  EXPECT_EQ(client_.get("none").value(), std::nullopt);
  EXPECT_EQ(peer_.reads(), 1);
}

TEST_F(NearReads, end_with_the_news_of_a_change) {
  ASSERT_EQ(client_.get("k").value(), "1");
  ASSERT_EQ(client_.get("l").value(), "2");
  ASSERT_TRUE(client_.command({"NEWS", "k"}));
  EXPECT_EQ(client_.get("k").value(), "3");
  EXPECT_EQ(client_.get("l").value(), "2");
  ASSERT_TRUE(client_.command({"NEWS"}));
  EXPECT_EQ(client_.get("k").value(), "4");
  EXPECT_EQ(client_.get("l").value(), "5");
}

TEST_F(NearReads, end_with_the_connection_that_vouched_for_them) {
  ASSERT_EQ(client_.get("k").value(), "1");
  EXPECT_THAT(client_.command({"END"}), FailsAs(ClientErrc::unavailable, Executed::unknown));
  EXPECT_EQ(client_.get("k").value(), "2");
  EXPECT_EQ(client_.get("k").value(), "2");
}

TEST_F(NearReads, end_with_what_the_client_writes_itself) {
  const auto read_again_behind = [&](auto write) {
    const Value before = client_.get("k").value();
    EXPECT_EQ(client_.get("k").value(), before);
    EXPECT_TRUE(write());
    const Value after = client_.get("k").value();
    EXPECT_NE(after, before);
  };
  read_again_behind([&] { return client_.command({"SET", "k", "v"}).has_value(); });
  read_again_behind([&] { return client_.command({"DEL", "a", "k"}).has_value(); });
  read_again_behind([&] { return client_.command({"hset", "k", "f", "v"}).has_value(); });
  read_again_behind([&] { return client_.command({"FlushAll"}).has_value(); });
  read_again_behind([&] { return client_.command({"EVAL", "script", "0"}).has_value(); });
  read_again_behind(
      [&] { return client_.command({"QUARTZ.ONCE", "id", "SET", "k", "v"}).has_value(); });
  ASSERT_EQ(client_.get("k").value(), "7");
  ASSERT_TRUE(client_.command({"SET", "other", "v"}));
  ASSERT_TRUE(client_.command({"STRLEN", "k"}));
  EXPECT_EQ(client_.get("k").value(), "7");
}

TEST_F(NearReads, by_functions_of_commands_ask_the_server) {
  ASSERT_EQ(client_.get("k").value(), "1");
  EXPECT_EQ(client_.run(commands::get("k")).value(), "2");
  EXPECT_EQ(client_.get("k").value(), "1");
}

TEST_F(NearReads, are_told_to_any_completion_token) {
  asio::io_context context;
  Client client{context.get_executor(), near_config(peer_.url())};
  std::vector<std::string> values;
  std::string into;
  bool within = false;  // The call that begins the second one.
  client.async_get("k", [&](ClientResult<Value> first) {
    values.push_back(first.value().value());
    within = true;
    client.async_get("k", [&](ClientResult<Value> second) {
      EXPECT_FALSE(within);
      values.push_back(second.value().value());
      client.async_get("k", into, [&](ClientResult<bool> third) {
        EXPECT_TRUE(third.value());
        client.async_get("none", into, [&](ClientResult<bool>) {
          client.async_get("none", into, [&](ClientResult<bool> none) {
            EXPECT_FALSE(none.value());
            client.close();
          });
        });
      });
    });
    within = false;
  });
  context.run();
  EXPECT_THAT(values, testing::ElementsAre("1", "1"));
  EXPECT_EQ(into, "1");
  EXPECT_EQ(peer_.reads(), 2);
}

TEST_F(NearReads, of_a_closed_client_fail) {
  ASSERT_EQ(client_.get("k").value(), "1");
  client_.close();
  EXPECT_THAT(client_.get("k"), FailsAs(ClientErrc::closed, Executed::no));
}

TEST_F(NearReads, of_many_at_a_time_ask_the_server_once) {
  std::vector<std::future<ClientResult<Value>>> reads;
  for (int i = 0; i < 10; ++i) reads.push_back(client_.async_get("late", asio::use_future));
  ASSERT_TRUE(client_.command({"GO"}));
  for (auto& read : reads) EXPECT_EQ(read.get().value(), "1");
  EXPECT_EQ(peer_.reads(), 1);
}

TEST_F(NearReads, wait_for_others_no_longer_than_they_may) {
  auto first = client_.async_get("late", asio::use_future);
  const RequestOptions soon{.timeout = milliseconds(30), .deadline = {}, .idempotency = {}};
  EXPECT_THAT(client_.get("late", soon), FailsAs(ClientErrc::timed_out, Executed::no));
  ASSERT_TRUE(client_.command({"GO"}));
  EXPECT_EQ(first.get().value(), "1");
}

TEST_F(NearReads, ask_themselves_if_those_they_wait_for_give_up) {
  asio::cancellation_signal signal;
  auto first =
      client_.async_get("late", asio::bind_cancellation_slot(signal.slot(), asio::use_future));
  auto second = client_.async_get("late", asio::use_future);
  signal.emit(asio::cancellation_type::terminal);
  EXPECT_EQ(first.get().error().code(), ClientErrc::cancelled);
  ASSERT_TRUE(client_.command({"GO"}));
  EXPECT_TRUE(second.get().value().has_value());
}

TEST_F(NearReads, ask_themselves_if_those_they_wait_for_fail) {
  peer_.read_error = "-WRONGTYPE no string\r\n";
  std::vector<std::future<ClientResult<Value>>> reads;
  for (int i = 0; i < 10; ++i) reads.push_back(client_.async_get("k", asio::use_future));
  for (auto& read : reads) {
    EXPECT_THAT(read.get(), FailsAs(ClientErrc::wrong_kind, Executed::yes));
  }
}

TEST_F(NearReads, fail_with_a_client_that_is_closed_while_they_wait) {
  auto first = client_.async_get("late", asio::use_future);
  auto second = client_.async_get("late", asio::use_future);
  client_.close();
  EXPECT_EQ(first.get().error().code(), ClientErrc::closed);
  EXPECT_EQ(second.get().error().code(), ClientErrc::closed);
}

TEST(NearReadsUnderWay, see_what_the_client_writes_before_that_is_answered) {
  TrackedPeer peer;
  Client client{near_config(peer.url())};
  ASSERT_TRUE(client.command({"ONE"}));
  auto first = client.async_get("late", asio::use_future);
  ASSERT_TRUE(client.command({"GO"}));
  ASSERT_EQ(first.get().value(), "1");
  ASSERT_EQ(client.get("late").value(), "1");
  // Neither is answered before the command behind them.
  auto set = client.async_set("late", "1", asio::use_future);
  auto second = client.async_get("late", asio::use_future);
  ASSERT_TRUE(client.command({"GO"}));
  EXPECT_TRUE(set.get().value());
  EXPECT_EQ(second.get().value(), "2");
}

TEST(NearReadsUnderWay, fail_once_a_client_is_closed_beside_them) {
  TrackedPeer peer;
  for (int i = 0; i < 200; ++i) {
    Client client{near_config(peer.url())};
    ASSERT_TRUE(client.get("k"));
    std::atomic<bool> reading{false};
    std::thread reader([&] {
      ClientResult<Value> value = client.get("k");
      for (; value; value = client.get("k")) reading = true;
      EXPECT_EQ(value.error().code(), ClientErrc::closed);
      reading = true;
    });
    while (!reading) std::this_thread::yield();
    client.close();
    reader.join();
  }
}

TEST(NearReadsOfServers, that_do_not_track_ask_each_time) {
  TrackedPeer peer;
  peer.tracking = "-ERR unknown subcommand 'TRACKING'\r\n";
  Client client{near_config(peer.url())};
  EXPECT_EQ(client.get("k").value(), "1");
  EXPECT_EQ(client.get("k").value(), "2");
}

TEST(NearReadsOfServers, that_say_nothing_end_when_they_are_stale) {
  TrackedPeer peer;
  ClientConfig config = near_config(peer.url());
  config.near_cache->stale_after = milliseconds(20);
  Client client{config};
  ASSERT_EQ(client.get("k").value(), "1");
  std::this_thread::sleep_for(milliseconds(21));
  EXPECT_EQ(client.get("k").value(), "2");
}

TEST(NearReadsOfServers, that_answer_heartbeats_stay) {
  TrackedPeer peer;
  ClientConfig config = near_config(peer.url());
  config.heartbeat_interval = milliseconds(1);
  config.near_cache->stale_after = milliseconds(500);
  Client client{config};
  const auto patience = std::chrono::steady_clock::now() + kPatience;
  // A machine that stands still may let any one of them become stale.
  while (std::chrono::steady_clock::now() < patience) {
    ASSERT_TRUE(client.get("k"));
    const int reads = peer.reads();
    std::this_thread::sleep_for(milliseconds(510));
    ASSERT_TRUE(client.get("k"));
    if (peer.reads() == reads) break;
  }
  EXPECT_LT(std::chrono::steady_clock::now(), patience);
  EXPECT_GT(peer.beats(), 0);
}

TEST(NearCacheConfigs, that_make_no_sense_are_refused) {
  ClientConfig config;
  config.near_cache.emplace();
  EXPECT_TRUE(check(config));
  config.near_cache->bytes_max = 0;
  EXPECT_FALSE(check(config));
  config.near_cache.emplace();
  config.near_cache->stale_after = milliseconds(-1);
  EXPECT_FALSE(check(config));
}

}  // namespace
}  // namespace quartz::client
