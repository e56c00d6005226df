#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/hostile/hostile_server.hpp"

namespace quartz::server {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

class HostileHttp : public HostileClients {
 protected:
  // The status that the bytes get; whoever sent them is served nothing more.
  int status_of(std::string_view bytes) {
    RawClient client(port());
    client.send(bytes);
    const RawResponse response = client.receive();
    EXPECT_TRUE(client.is_ended());
    return response.status;
  }
};

TEST_F(HostileHttp, bodies_whose_length_can_be_read_in_two_ways_are_refused) {
  serve(both_protocols());
  const std::string put = "PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\n";
  const std::string smuggled = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const char* framing :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "Content-Length: 5, 5\r\n\r\nhello",
        "Content-Length: +5\r\n\r\nhello", "Content-Length: 0x5\r\n\r\nhello",
        "Content-Length: -1\r\n\r\n", "Content-Length: 18446744073709551617\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n", "Transfer-Encoding: chunked, identity\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\n\thidden: 1\r\n\r\nhello", "Content-Length: 5\n\nhello",
        "X: a\rContent-Length: 5\r\n\r\nhello"}) {
    EXPECT_THAT(status_of(put + framing + smuggled), AnyOf(400, 413, 501)) << framing;
  }
  EXPECT_TRUE(others_are_served());
}

TEST_F(HostileHttp, floods_of_headers_are_refused) {
  serve(both_protocols());
  std::string many = "GET /livez HTTP/1.1\r\nHost: localhost\r\n";
  for (int i = 0; i < 100; ++i) many += fmt::format("x{}: 1\r\n", i);
  EXPECT_EQ(status_of(many + "\r\n"), 431);
  EXPECT_EQ(status_of("GET /livez HTTP/1.1\r\nx: " + std::string(100'000, 'x')), 431);
  EXPECT_EQ(status_of("GET /" + std::string(100'000, 'x')), 431);
  EXPECT_TRUE(others_are_served());
}

TEST_F(HostileHttp, chunks_that_announce_too_much_or_make_no_sense_are_refused) {
  serve(both_protocols());
  const std::string put =
      "PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_THAT(status_of(put + "FFFFFFFFFFFFFFFF\r\nx"), AnyOf(400, 413));
  EXPECT_THAT(status_of(put + "FFFFFFFFFFFFFFFFF\r\nx"), AnyOf(400, 413));
  EXPECT_EQ(status_of(put + "7FFFFFFF\r\nx"), 413);
  EXPECT_EQ(status_of(put + "-1\r\nx"), 400);
  EXPECT_EQ(status_of(put + "g\r\nx"), 400);
  EXPECT_EQ(status_of(put + "1\r\nxy\r\n0\r\n\r\n"), 400);
  EXPECT_THAT(status_of(put + "1;" + std::string(100'000, 'x')), AnyOf(400, 413, 431));
  EXPECT_THAT(status_of(put + "0\r\nx: " + std::string(100'000, 'x')), AnyOf(400, 413, 431));
  EXPECT_TRUE(others_are_served());
}

TEST_F(HostileHttp, many_tiny_chunks_are_no_more_than_what_they_hold) {
  serve(both_protocols());
  RawClient client(port());
  client.send("PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string chunks;
  for (int i = 0; i < 20'000; ++i) chunks += "1\r\nx\r\n";
  client.send(chunks + "0\r\n\r\n");
  EXPECT_EQ(client.receive().status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/kv/k").body, std::string(20'000, 'x'));
}

TEST_F(HostileHttp, a_header_that_drips_in_is_given_up) {
  ServerConfig config = both_protocols();
  config.limits.header_timeout = std::chrono::milliseconds(200);
  serve(config);
  RawClient client(port());
  client.send("GET /livez HT");
  EXPECT_EQ(client.receive().status, 408);
  EXPECT_TRUE(client.is_ended());
  EXPECT_TRUE(others_are_served());
}

TEST_F(HostileHttp, a_flood_of_requests_is_answered_in_order_as_fast_as_it_is_read) {
  serve(both_protocols());
  constexpr int kRequests = 5'000;
  RawClient client(port());
  std::string flood;
  for (int i = 0; i < kRequests; ++i) {
    flood += fmt::format("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: r{}\r\n\r\n", i);
  }
  ASSERT_TRUE(client.send(flood));
  for (int i = 0; i < kRequests; ++i) {
    const RawResponse response = client.receive();
    ASSERT_EQ(response.status, 200) << i;
    ASSERT_EQ(response.header("X-Request-Id"), fmt::format("r{}", i));
  }
  EXPECT_TRUE(others_are_served());
}

TEST_F(HostileHttp, nobodys_body_is_read_before_it_is_known_who_sends_it) {
  ServerConfig config = both_protocols();
  config.authentication.required = true;
  serve(config);
  for (const char* expectation : {"", "Expect: 100-continue\r\n"}) {
    RawClient client(port());
    client.send(fmt::format(
        "PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: 9000\r\n\r\n",
        expectation));
    EXPECT_EQ(client.receive().status, 401) << expectation;
    EXPECT_TRUE(client.is_ended());
  }
  RawClient nowhere(port());
  nowhere.send("PUT /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n");
  EXPECT_EQ(nowhere.receive().status, 404);
}

TEST_F(HostileHttp, who_asks_too_often_is_told_so_before_the_body) {
  ServerConfig config = both_protocols();
  config.limits.requests_per_second = 1;
  serve(config);
  int refused = 0;
  for (int i = 0; i < 50 && refused == 0; ++i) {
    RawClient client(port());
    client.send("PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n");
    client.send("ok");
    const RawResponse response = client.receive();
    if (response.status == 429) ++refused;
  }
  EXPECT_EQ(refused, 1);
  RawClient client(port());
  client.send("PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n");
  EXPECT_EQ(client.receive().status, 429);
}

TEST_F(HostileHttp, bodies_of_all_connections_together_are_bounded) {
  ServerConfig config = both_protocols();
  config.limits.buffered_bytes_max = 1 << 20;
  serve(config);
  const std::string head =
      "PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n";
  const std::string body(900'000, 'x');
  RawClient first(port());
  first.send(head + body.substr(1));
  wait_until_held(body.size() - 1);
  RawClient second(port());
  second.send(head + body);
  const RawResponse refused = second.receive();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_THAT(refused.body, HasSubstr("limits.buffered_bytes_max"));
  first.send("x");
  EXPECT_EQ(first.receive().status, 204);
  wait_until_nothing_is_held();
  EXPECT_EQ(fetch(port(), "PUT", "/api/v1/kv/k", {}, body).status, 204);
  EXPECT_TRUE(others_are_served());
}

}  // namespace
}  // namespace quartz::server
