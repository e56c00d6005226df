#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;

/// A server that knows MULTI, and refuses one command on its first connection.
class RefusingPeer {
 public:
  explicit RefusingPeer(std::string refused) : refused_(std::move(refused)) {}

  std::string url() const { return peer_.url(); }
  std::size_t accepted() const { return peer_.accepted(); }
  /// How often INCR was carried out, in a batch or singly.
  int increments() const { return increments_; }
  /// Answers nothing before.
  void open() { opened_.set_value(); }

 private:
  void talk(PeerConnection& connection) {
    if (!connection.greet()) return;
    opened_future_.wait();
    bool in_batch = false;
    std::vector<std::string> queued;
    connection.answer_all([&](const std::string& command) -> std::string {
      if (connection.number() == 0 && command == refused_) return "-ERR rate limit exceeded\r\n";
      if (command == "MULTI") return in_batch = true, "+OK\r\n";
      if (command == "EXEC" && !in_batch) return "-ERR EXEC without MULTI\r\n";
      if (command == "EXEC") {
        std::string replies = "*" + std::to_string(queued.size()) + "\r\n";
        for (const std::string& each : queued) replies += answer(each);
        in_batch = false;
        queued.clear();
        return replies;
      }
      if (!in_batch) return answer(command);
      queued.push_back(command);
      return "+QUEUED\r\n";
    });
  }
  std::string answer(const std::string& command) {
    if (command.starts_with("INCR")) return ":" + std::to_string(++increments_) + "\r\n";
    return command.starts_with("SET") ? "+OK\r\n" : "$5\r\nvalue\r\n";
  }

  const std::string refused_;
  std::atomic<int> increments_{0};
  std::promise<void> opened_;
  std::shared_future<void> opened_future_ = opened_.get_future().share();
  ScriptedPeer peer_{[this](PeerConnection& connection) { talk(connection); }};
};

using Value = std::optional<std::string>;

class RefusedBatches : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(At, RefusedBatches, testing::Values("MULTI", "EXEC"));

TEST_P(RefusedBatches, leave_their_outcome_unknown_and_are_not_repeated) {
  RefusingPeer peer(GetParam());
  peer.open();
  Client client{patient_config(peer.url())};
  const auto replies = client.exec(Batch().add(commands::incr("n")));
  EXPECT_THAT(replies, FailsAs(ClientErrc::unavailable, Executed::unknown));
  EXPECT_THAT(replies, WasStoppedBy(RetryStop::not_idempotent));
  EXPECT_THAT(replies.error().message(), HasSubstr(std::string("refused ") + GetParam()));
  EXPECT_THAT(replies.error().message(), HasSubstr("rate limit exceeded"));
  EXPECT_LE(peer.increments(), 1);
}

TEST_P(RefusedBatches, are_repeated_on_another_connection_if_that_does_no_harm) {
  RefusingPeer peer(GetParam());
  peer.open();
  Client client{patient_config(peer.url())};
  const auto replies = client.exec(Batch().add(commands::set("k", "v")).add({"GET", "k"}));
  EXPECT_THAT(replies.value(),
              testing::ElementsAre(Reply::of_string("OK"), Reply::of_string("value")));
  EXPECT_EQ(peer.accepted(), 2u);
}

TEST_P(RefusedBatches, change_no_answer_of_those_behind_them) {
  RefusingPeer peer(GetParam());
  Client client{patient_config(peer.url())};
  auto batch = client.async_exec(Batch().add(commands::incr("n")), asio::use_future);
  std::vector<std::future<ClientResult<Value>>> strangers;
  for (int i = 0; i < 20; ++i) strangers.push_back(client.async_get("k", asio::use_future));
  peer.open();
  EXPECT_THAT(batch.get(), FailsAs(ClientErrc::unavailable, Executed::unknown));
  for (auto& stranger : strangers) EXPECT_EQ(stranger.get().value(), "value");
  EXPECT_EQ(client.get("k").value(), "value");
}

TEST_P(RefusedBatches, that_were_given_up_leave_no_batch_open_either) {
  RefusingPeer peer(GetParam());
  Client client{patient_config(peer.url())};
  auto first = client.async_get("k", asio::use_future);
  asio::cancellation_signal signal;
  auto batch = client.async_exec(Batch().add(commands::incr("n")), RequestOptions{},
                                 asio::bind_cancellation_slot(signal.slot(), asio::use_future));
  auto stranger = client.async_get("k", asio::use_future);
  // They wait for a connection, or were sent and are not answered.
  signal.emit(asio::cancellation_type::terminal);
  EXPECT_EQ(batch.get().error().code(), ClientErrc::cancelled);
  peer.open();
  EXPECT_EQ(first.get().value(), "value");
  EXPECT_EQ(stranger.get().value(), "value");
  EXPECT_EQ(client.get("k").value(), "value");
}

TEST(Batches, that_went_on_without_a_refused_command_are_told_as_failures) {
  ScriptedPeer peer([](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([](const std::string& command) -> std::string {
      if (command == "MULTI") return "+OK\r\n";
      if (command == "EXEC") return "*1\r\n:1\r\n";
      return command == "INCR n" ? "+QUEUED\r\n" : "-ERR rate limit exceeded\r\n";
    });
  });
  Client client{patient_config(peer.url())};
  const auto replies = client.exec(Batch().add(commands::incr("n")).add(commands::incr("m")));
  EXPECT_THAT(replies, FailsAs(ClientErrc::overloaded, Executed::unknown));
  EXPECT_THAT(replies, WasStoppedBy(RetryStop::not_idempotent));
}

/// Whether a batch whose connection is lost is sent again.
bool is_repeated(const Batch& batch) {
  std::atomic<int> sent{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet() || connection.read_command() != "MULTI") return;
    while (connection.read_command() != "EXEC") {
    }
    if (++sent == 1) return;
    std::string replies = "+OK\r\n";
    for (std::size_t i = 0; i < batch.size(); ++i) replies += "+QUEUED\r\n";
    connection.send(replies + "*0\r\n");
    connection.swallow();
  });
  Client client{patient_config(peer.url())};
  const auto replies = client.exec(batch);
  EXPECT_EQ(replies.has_value(), sent == 2);
  return sent == 2;
}

TEST(Batches, are_repeated_if_the_second_answers_would_be_the_first) {
  EXPECT_TRUE(is_repeated(Batch().add({"GET", "k"}).add({"MGET", "k", "l"})));
  EXPECT_TRUE(is_repeated(Batch().add(commands::set("k", "v")).add(commands::set("k", "w"))));
  EXPECT_TRUE(is_repeated(Batch().add(commands::set("k", "v")).add({"GET", "k"})));
  EXPECT_TRUE(is_repeated(Batch().add(commands::set("k", "v")).add({"EXPIRE", "k", "9"})));
}

TEST(Batches, are_not_repeated_if_a_repeat_would_read_what_the_batch_has_written) {
  EXPECT_FALSE(is_repeated(Batch().add({"GET", "k"}).add(commands::set("k", "v"))));
  EXPECT_FALSE(is_repeated(Batch().add({"SETRANGE", "k", "0", "a"}).add(commands::set("k", ""))));
  EXPECT_FALSE(is_repeated(Batch().add({"EXPIRE", "k", "9"}).add(commands::set("k", "v"))));
  EXPECT_FALSE(is_repeated(Batch().add(commands::incr("k"))));
}

TEST(ServersErrors, of_which_the_server_does_not_know_the_outcome_are_unknown) {
  std::atomic<int> asked{0};
  ScriptedPeer peer([&](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([&](const std::string&) {
      ++asked;
      return "-ERR io_error 000001.log: cannot be synced\r\n";
    });
  });
  Client client{patient_config(peer.url())};
  const auto number = client.incr("n");
  EXPECT_THAT(number, FailsAs(ClientErrc::rejected, Executed::unknown));
  EXPECT_THAT(number, WasStoppedBy(RetryStop::not_idempotent));
  EXPECT_THAT(number.error().message(), HasSubstr("000001.log"));
  EXPECT_EQ(asked.load(), 1);
}

}  // namespace
}  // namespace quartz::client
