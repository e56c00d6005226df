#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
namespace c = quartz::commands;
using std::chrono::milliseconds;

/// Of two connections to one server, and of reads that are hedged soon, all of them.
ClientConfig hedging_config(std::string url) {
  ClientConfig config = patient_config(std::move(url));
  config.connections = 2;
  config.hedge = HedgeConfig{.delay = milliseconds(1), .percent_max = 100};
  return config;
}

void wait_for_connections(Client& client, std::uint64_t count) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (client.metrics().connections != count) {
    ASSERT_LT(std::chrono::steady_clock::now(), until);
  }
}

/// Of peers: waits until so many reads have come. The test fails if they do not.
void wait_for_reads(const std::atomic<int>& reads, int count) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (reads.load() < count) {
    if (std::chrono::steady_clock::now() > until) {
      ADD_FAILURE() << "of " << count << " reads " << reads.load() << " have come";
      return;
    }
    std::this_thread::yield();
  }
}

std::string bulk_of(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

/// Opens the connections by a command that is no read.
void begin(Client& client) {
  ASSERT_TRUE(client.set("begin", "x"));
  wait_for_connections(client, 2);
}

/// Of peers whose connections answer each read but the first one that comes to any of them.
class SilentOnce {
 public:
  ScriptedPeer::Script script() {
    return [this](PeerConnection& connection) {
      if (!connection.greet()) return;
      for (auto command = connection.read_command(); !command.empty();
           command = connection.read_command()) {
        if (command.starts_with("GET") && reads.fetch_add(1) == 0) return at_first(connection);
        connection.send(command.starts_with("GET") ? bulk_of(command) : "+OK\r\n");
      }
    };
  }

  std::atomic<int> reads{0};
  std::function<void(PeerConnection&)> at_first = [](PeerConnection& connection) {
    connection.swallow();
  };
};

/// Whether an attempt came out as it should once. Peers see only which of two reads comes first,
/// which on a busy machine may be the second one that was sent.
bool comes_true(const std::function<bool()>& attempt) {
  constexpr int kAttempts = 50;
  for (int i = 0; i < kAttempts; ++i) {
    if (attempt()) return true;
  }
  return false;
}

TEST(HedgedReads, are_answered_by_whoever_is_sooner) {
  EXPECT_TRUE(comes_true([] {
    SilentOnce silent;
    ScriptedPeer peer(silent.script());
    Client client{hedging_config(peer.url())};
    begin(client);
    EXPECT_EQ(client.get("k").value(), "GET k");
    EXPECT_EQ(client.metrics().hedges, 1u);
    EXPECT_EQ(client.metrics().retries, 0u);
    return client.metrics().hedges_won == 1;
  }));
}

TEST(HedgedReads, go_to_another_endpoint) {
  std::atomic<int> reads_of_one{0};
  std::atomic<int> reads_of_other{0};
  const auto script = [](std::atomic<int>& reads, std::atomic<int>& reads_elsewhere) {
    return [&](PeerConnection& connection) {
      if (!connection.greet()) return;
      for (auto command = connection.read_command(); !command.empty();
           command = connection.read_command()) {
        if (command.starts_with("GET")) {
          reads.fetch_add(1);
          wait_for_reads(reads_elsewhere, 1);
        }
        connection.send(command.starts_with("GET") ? bulk_of(command) : "+OK\r\n");
      }
    };
  };
  ScriptedPeer one(script(reads_of_one, reads_of_other));
  ScriptedPeer other(script(reads_of_other, reads_of_one));
  ClientConfig config = hedging_config(one.url());
  config.endpoints.push_back(other.url());
  config.connections = 1;
  Client client{config};
  begin(client);
  EXPECT_EQ(client.get("k").value(), "GET k");
  EXPECT_EQ(reads_of_one.load(), 1);
  EXPECT_EQ(reads_of_other.load(), 1);
}

TEST(HedgedReads, take_the_second_answer_if_the_first_connection_is_lost) {
  SilentOnce silent;
  silent.at_first = [&](PeerConnection& connection) {
    // Until the second one has come, which is then answered.
    wait_for_reads(silent.reads, 2);
    connection.reset();
  };
  ScriptedPeer peer(silent.script());
  Client client{hedging_config(peer.url())};
  begin(client);
  EXPECT_EQ(client.get("k").value(), "GET k");
  EXPECT_EQ(client.metrics().retries, 0u);
}

TEST(HedgedReads, wait_for_the_other_answer_if_one_says_later) {
  std::promise<void> refused;
  std::shared_future<void> is_refused(refused.get_future());
  std::atomic<int> reads{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    for (auto command = connection.read_command(); !command.empty();
         command = connection.read_command()) {
      if (!command.starts_with("GET")) {
        connection.send("+OK\r\n");
      } else if (reads.fetch_add(1) == 0) {
        wait_for_reads(reads, 2);
        connection.send("-LOADING the data set\r\n");
        refused.set_value();
      } else {
        is_refused.wait();
        connection.send(bulk_of("v"));
      }
    }
  });
  Client client{hedging_config(peer.url())};
  begin(client);
  EXPECT_EQ(client.get("k").value(), "v");
  EXPECT_EQ(client.metrics().retries, 0u);
}

TEST(HedgedReads, are_tried_again_if_both_are_lost) {
  std::atomic<int> reads{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    for (auto command = connection.read_command(); !command.empty();
         command = connection.read_command()) {
      if (command.starts_with("GET") && reads.fetch_add(1) < 2) {
        wait_for_reads(reads, 2);
        return connection.reset();
      }
      connection.send(command.starts_with("GET") ? bulk_of("v") : "+OK\r\n");
    }
  });
  Client client{hedging_config(peer.url())};
  begin(client);
  EXPECT_EQ(client.get("k").value(), "v");
  EXPECT_GE(client.metrics().retries, 1u);
}

TEST(HedgedReads, forget_the_second_answer_once_the_first_one_has_come) {
  EXPECT_TRUE(comes_true([] {
    std::promise<void> answered;
    std::shared_future<void> is_answered(answered.get_future());
    std::atomic<int> reads{0};
    ScriptedPeer peer([&](PeerConnection& connection) {
      if (!connection.greet()) return;
      for (auto command = connection.read_command(); !command.empty();
           command = connection.read_command()) {
        const int number = command.starts_with("GET") ? reads.fetch_add(1) : -1;
        if (number == 0) wait_for_reads(reads, 2);
        if (number == 1) is_answered.wait();
        connection.send(number < 0 ? "+OK\r\n" : bulk_of(command));
      }
    });
    Client client{hedging_config(peer.url())};
    begin(client);
    EXPECT_EQ(client.get("first").value(), "GET first");
    const bool first_has_won = client.metrics().hedges_won == 0;
    answered.set_value();
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(client.get(std::to_string(i)).value(), "GET " + std::to_string(i));
    }
    return first_has_won;
  }));
}

TEST(HedgedReads, do_not_mix_up_answers_that_come_late) {
  constexpr int kReads = 200;
  std::atomic<int> reads{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    for (auto command = connection.read_command(); !command.empty();
         command = connection.read_command()) {
      // Each first one is answered once the second one has come, which is answered at once.
      if (command.starts_with("GET")) {
        const int number = reads.fetch_add(1);
        if (number % 2 == 0) wait_for_reads(reads, number + 2);
      }
      connection.send(command.starts_with("GET") ? bulk_of(command) : "+OK\r\n");
    }
  });
  Client client{hedging_config(peer.url())};
  begin(client);
  for (int i = 0; i < kReads; ++i) {
    ASSERT_EQ(client.get(std::to_string(i)).value(), "GET " + std::to_string(i));
  }
}

class NotHedged : public testing::Test {
 protected:
  ScriptedPeer peer_{[](PeerConnection& connection) {
    if (!connection.greet()) return;
    for (auto command = connection.read_command(); !command.empty();
         command = connection.read_command()) {
      if (command == "SET begin x" && !connection.send("+OK\r\n")) return;
    }
  }};
  RequestOptions brief_ = {.timeout = kTimeToSend, .deadline = {}, .idempotency = {}};
};

TEST_F(NotHedged, are_writes_and_batches_and_what_must_not_be_repeated) {
  Client client{hedging_config(peer_.url())};
  begin(client);
  EXPECT_THAT(client.run(c::set("k", "v"), brief_),
              FailsAs(ClientErrc::timed_out, Executed::unknown));
  EXPECT_FALSE(client.exec(Batch().add(c::get("k")), brief_));
  RequestOptions once = brief_;
  once.idempotency = Idempotency::no;
  EXPECT_FALSE(client.get("k", once));
  EXPECT_EQ(client.metrics().hedges, 0u);
  EXPECT_THAT(client.get("k", brief_), FailsAs(ClientErrc::timed_out, Executed::unknown));
  EXPECT_EQ(client.metrics().hedges, 1u);
}

TEST_F(NotHedged, are_more_than_the_share_that_may_be) {
  ClientConfig config = hedging_config(peer_.url());
  config.hedge->percent_max = 50;
  Client client{config};
  begin(client);
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(client.get("k", brief_));
  EXPECT_EQ(client.metrics().hedges, 2u);
  EXPECT_EQ(client.metrics().hedges_refused, 2u);
}

TEST_F(NotHedged, are_reads_when_the_budget_of_retries_is_spent) {
  ClientConfig config = hedging_config(peer_.url());
  config.retry.budget_tokens = 0;
  Client client{config};
  begin(client);
  EXPECT_FALSE(client.get("k", brief_));
  EXPECT_EQ(client.metrics().hedges, 0u);
  EXPECT_EQ(client.metrics().hedges_refused, 1u);
}

TEST_F(NotHedged, are_reads_without_a_second_connection) {
  ClientConfig config = hedging_config(peer_.url());
  config.connections = 1;
  Client client{config};
  ASSERT_TRUE(client.set("begin", "x"));
  EXPECT_FALSE(client.get("k", brief_));
  EXPECT_EQ(client.metrics().hedges, 0u);
}

TEST_F(NotHedged, are_reads_unless_it_is_asked_for) {
  ClientConfig config = hedging_config(peer_.url());
  config.hedge.reset();
  Client client{config};
  begin(client);
  EXPECT_FALSE(client.get("k", brief_));
  EXPECT_EQ(client.metrics().hedges, 0u);
}

}  // namespace
}  // namespace quartz::client
