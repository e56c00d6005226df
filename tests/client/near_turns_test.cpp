#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/scripted_peer.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/commands/strings.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using Value = std::optional<std::string>;

/// Reads of a client that may have few requests under way at a time: whoever is answered lets
/// another one have its turn, which may be answered by the near cache as well. What a handler
/// begins is sent when it has returned.
class NearReadsInTurns : public testing::Test {
 protected:
  ClientConfig with_turns(std::size_t requests_max) {
    ClientConfig config = patient_config(peer_.url());
    config.near_cache.emplace();
    config.near_cache->stale_after = std::chrono::milliseconds(0);
    config.limits.requests_max = requests_max;
    return config;
  }
  /// Whose answer is the word.
  static Command<std::string> search(std::string_view word) { return {"VSIM", "v", word}; }
  void search_and_note(Client& client, std::string_view word) {
    client.async_run(search(word), [this, &client](ClientResult<std::string> found) {
      note(client, found ? *std::move(found) : found.error().to_string());
    });
  }
  void note(Client& client, std::string answer) {
    answers_.push_back(std::move(answer));
    if (answers_.size() == answers_wanted_) client.close();
  }

  asio::io_context context_;
  std::vector<std::string> answers_;
  std::size_t answers_wanted_ = 0;

 private:
  // The first GET is refused together with the answer to the second one; LATE is never answered.
  std::string answer(const std::string& command) {
    if (command.starts_with("VSIM")) return "$3\r\n" + command.substr(command.size() - 3) + "\r\n";
    if (command.starts_with("GET")) return ++gets_ == 1 ? "" : "-LOADING soon\r\n$3\r\nnew\r\n";
    return command == "LATE" ? "" : "+OK\r\n";
  }

  int gets_ = 0;
  ScriptedPeer peer_{[this](PeerConnection& connection) {
    if (!connection.greet()) return;
    connection.answer_all([this](const std::string& command) { return answer(command); });
  }};
};

TEST_F(NearReadsInTurns, that_waited_for_the_same_answer_all_get_it) {
  Client client{context_.get_executor(), with_turns(3)};
  answers_wanted_ = 4;
  client.async_run(search("two"), [&](ClientResult<std::string> known) {
    EXPECT_TRUE(known);
    for (int i = 0; i < 3; ++i) search_and_note(client, "one");
    search_and_note(client, "two");
  });
  context_.run();
  EXPECT_THAT(answers_, testing::UnorderedElementsAre("one", "one", "one", "two"));
}

TEST_F(NearReadsInTurns, that_are_tried_again_get_what_has_come_meanwhile) {
  Client client{context_.get_executor(), with_turns(2)};
  answers_wanted_ = 2;
  const auto read = [&] {
    client.async_get("key", [&](ClientResult<Value> value) {
      note(client, value ? value->value_or("") : value.error().to_string());
    });
  };
  client.async_run(search("two"), [&](ClientResult<std::string> known) {
    EXPECT_TRUE(known);
    read();
    // Never sent, for it is too late; but the next one does not wait for the first.
    const RequestOptions too_late{.deadline = std::chrono::steady_clock::time_point()};
    client.async_run(commands::set("key", "x"), too_late, [](ClientResult<bool>) {});
    client.async_get("key", [](ClientResult<Value> value) { EXPECT_EQ(value.value(), "new"); });
    client.async_run(Command<void>{"LATE"}, [](ClientResult<void>) {});
    search_and_note(client, "two");
  });
  context_.run();
  EXPECT_THAT(answers_, testing::UnorderedElementsAre("new", "two"));
  EXPECT_EQ(client.metrics().retries, 1u);
}

}  // namespace
}  // namespace quartz::client
