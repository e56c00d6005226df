#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "server/raw_client.hpp"
#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kFromZ = "*3\r\n$1\r\nz\r\n$1\r\na\r\n$1\r\n1\r\n";
constexpr int kPollsMax = 100'000;

class WaitingConnections : public ServedEngine {
 protected:
  WaitingConnections() {
    ServerConfig config = small_config();
    config.http.enabled = false;
    config.resp.enabled = true;
    config.resp.port = 0;
    serve(std::move(config));
    first_.emplace(server_->resp_port().value());
    other_.emplace(server_->resp_port().value());
  }

  /// Sends lines of words, and expects exactly these replies.
  static void converse(RawClient& client, std::string_view lines, std::string_view replies) {
    ASSERT_TRUE(client.send(lines));
    ASSERT_EQ(client.receive_bytes(replies.size()), replies);
  }
  std::string information() {
    EXPECT_TRUE(other_->send("INFO clients\r\n"));
    std::string header;
    while (!header.ends_with("\r\n")) {
      const std::string byte = other_->receive_bytes(1);
      if (byte.empty()) return header;
      header += byte;
    }
    return other_->receive_bytes(std::stoul(header.substr(1)) + 2);
  }
  /// Asks until so many clients wait.
  bool until_waiting(int count) {
    const std::string wanted = "blocked_clients:" + std::to_string(count) + "\r\n";
    for (int i = 0; i < kPollsMax; ++i) {
      if (information().find(wanted) != std::string::npos) return true;
    }
    return false;
  }

  std::optional<RawClient> first_;
  std::optional<RawClient> other_;
};

TEST_F(WaitingConnections, a_write_of_another_one_brings_the_answer) {
  ASSERT_TRUE(first_->send("BZPOPMIN z 0\r\n"));
  ASSERT_TRUE(until_waiting(1));
  converse(*other_, "ZADD z 1 a\r\n", ":1\r\n");
  EXPECT_EQ(first_->receive_bytes(kFromZ.size()), kFromZ);
  converse(*first_, "PING\r\n", "+PONG\r\n");
}

TEST_F(WaitingConnections, requests_that_came_meanwhile_are_answered_after_it) {
  const std::string value((std::size_t{1} << 20) + 100'000, 'x');
  ASSERT_TRUE(first_->send("BZPOPMIN z 0\r\n"));
  ASSERT_TRUE(until_waiting(1));
  ASSERT_TRUE(first_->send("PING\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" +
                           std::to_string(value.size()) + "\r\n" + value + "\r\n"));
  converse(*other_, "EXISTS k\r\nZADD z 1 a\r\n", ":0\r\n:1\r\n");
  const std::string expected = std::string(kFromZ) + "+PONG\r\n+OK\r\n";
  EXPECT_EQ(first_->receive_bytes(expected.size()), expected);
  converse(*first_, "STRLEN k\r\n", ":" + std::to_string(value.size()) + "\r\n");
}

TEST_F(WaitingConnections, the_time_ends_with_nothing) {
  converse(*first_, "BZPOPMIN z 0.01\r\nBZPOPMIN z 0.01\r\nPING\r\n", "*-1\r\n*-1\r\n+PONG\r\n");
}

TEST_F(WaitingConnections, one_that_ends_waits_no_longer) {
  ASSERT_TRUE(first_->send("BZPOPMIN z 0\r\n"));
  ASSERT_TRUE(until_waiting(1));
  first_.reset();
  EXPECT_TRUE(until_waiting(0));
  converse(*other_, "ZADD z 1 a\r\nZCARD z\r\n", ":1\r\n:1\r\n");
}

TEST_F(WaitingConnections, one_that_is_killed_ends) {
  ASSERT_TRUE(first_->send("BZPOPMIN z 0\r\n"));
  ASSERT_TRUE(until_waiting(1));
  converse(*other_, "CLIENT KILL USER default\r\n", ":1\r\n");
  EXPECT_TRUE(first_->is_ended());
  EXPECT_TRUE(until_waiting(0));
}

TEST_F(WaitingConnections, a_server_that_stops_waits_for_none_of_them) {
  ASSERT_TRUE(first_->send("BZPOPMIN z 0\r\n"));
  ASSERT_TRUE(until_waiting(1));
  server_->stop();
  EXPECT_TRUE(first_->is_ended());
}

}  // namespace
}  // namespace quartz::server
