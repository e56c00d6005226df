// What the program's memory comes to while many clients at once mean it no good.

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <signal.h>
#include <string>
#include <sys/socket.h>
#include <sys/types.h>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/program/server_process.hpp"
#include "server/raw_client.hpp"
#include "support/sanitizers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kBufferedMax = 16 * kMiB;  // As the server is told below.

/// Whether the server ends the connection, whatever it says before; not if it merely says nothing
/// for so long that the client gives up.
bool is_let_go(const RawClient& client) {
  std::array<char, 4096> said;
  ssize_t got = 0;
  do {
    got = ::recv(client.descriptor(), said.data(), said.size(), 0);
  } while (got > 0 || (got < 0 && errno == EINTR));
  return got == 0 || errno == ECONNRESET;
}

class HostilePeers : public testing::Test {
 protected:
  HostilePeers()
      : server_({"--data-dir", (scratch_ / "data").string(), "--port", "0", "--resp-port", "0",
                 "--limits-buffered-bytes-max", "16MiB", "--limits-unread-bytes-max", "1MiB"}) {
    http_port_ = server_.read_port();
    resp_port_ = server_.read_port();
  }
  void TearDown() override {
    clients_.clear();  // The server would wait for what they have begun.
    server_.signal(SIGTERM);
    EXPECT_THAT(server_.finish(), EndsWithStatus(0));
  }

  /// So much memory the server had at most until now.
  std::size_t peak_bytes() const {
    std::ifstream status(fmt::format("/proc/{}/status", server_.id()));
    for (std::string word; status >> word;) {
      if (word != "VmHWM:") continue;
      std::size_t kibibytes = 0;
      status >> kibibytes;
      return kibibytes << 10;
    }
    ADD_FAILURE() << "the system does not tell how much memory the server has";
    return 0;
  }
  /// A sanitizer has more for each byte that is used, and keeps what is not used any more.
  void expect_growth_since(std::size_t before, std::size_t most) const {
    if (kUnderSanitizer) return;
    EXPECT_LE(peak_bytes() - before, most);
  }
  void expect_that_others_are_served() const {
    RawClient client(resp_port_);
    client.send("SET other 1\r\nGET other\r\n");
    EXPECT_EQ(client.receive_bytes(12), "+OK\r\n$1\r\n1\r\n");
    EXPECT_EQ(fetch(http_port_, "GET", "/healthz").status, 200);
  }

  std::vector<RawClient> clients_;
  ScratchDirectory scratch_;
  ServerProcess server_;
  std::uint16_t http_port_ = 0;
  std::uint16_t resp_port_ = 0;
};

TEST_F(HostilePeers, five_hundred_that_never_finish_their_requests_cost_little_and_delay_nobody) {
  expect_that_others_are_served();
  const std::size_t before = peak_bytes();
  for (int i = 0; i < 250; ++i) {
    ASSERT_TRUE(clients_.emplace_back(resp_port_).send("*2\r\n$3\r\nGET\r\n$5\r\nsl"));
    ASSERT_TRUE(clients_.emplace_back(http_port_).send("GET /api/v1/kv/slow HTTP/1.1\r\nHo"));
  }
  expect_that_others_are_served();
  expect_growth_since(before, 500 * (std::size_t{64} << 10));
}

TEST_F(HostilePeers,
       a_hundred_that_announce_much_and_send_some_of_it_hold_no_more_than_is_allowed) {
  expect_that_others_are_served();
  const std::size_t before = peak_bytes();
  const std::string part(kMiB, 'x');
  // Whoever comes when there is no room left is let go, perhaps while he sends.
  for (int i = 0; i < 50; ++i) {
    clients_.emplace_back(resp_port_).send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$60000000\r\n" + part);
    clients_.emplace_back(http_port_)
        .send(request_text("PUT", "/api/v1/kv/k", "Content-Length: 60000000\r\n") + part);
  }
  expect_growth_since(before, 3 * kBufferedMax);
  clients_.clear();
  expect_that_others_are_served();
}

TEST_F(HostilePeers, fifty_that_read_no_answers_hold_no_more_than_is_allowed) {
  RawClient writer(resp_port_);
  writer.send(
      fmt::format("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${}\r\n{}\r\n", kMiB, std::string(kMiB, 'x')));
  ASSERT_EQ(writer.receive_bytes(5), "+OK\r\n");
  expect_that_others_are_served();
  const std::size_t before = peak_bytes();
  std::string reads;
  for (int i = 0; i < 200; ++i) reads += "GET k\r\n";
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(clients_.emplace_back(resp_port_).send(reads));
  for (int i = 0; i < 10; ++i) expect_that_others_are_served();
  // Each may have the answers of one turn, which is bounded, too.
  expect_growth_since(before, 50 * 2 * kMiB + 3 * kBufferedMax);
}

TEST_F(HostilePeers, hundreds_that_close_their_half_in_the_middle_of_a_request_are_let_go) {
  for (int i = 0; i < 150; ++i) {
    for (const std::uint16_t port : {resp_port_, http_port_}) {
      RawClient& client = clients_.emplace_back(port);
      client.send(port == resp_port_ ? "*2\r\n$3\r\nGET\r\n$5\r\nha" : "GET / HTTP/1.1\r\nHo");
      client.finish_sending();
    }
  }
  for (const RawClient& client : clients_) EXPECT_TRUE(is_let_go(client));
  expect_that_others_are_served();
}

}  // namespace
}  // namespace quartz::server
