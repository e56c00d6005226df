#include "support/fault_proxy.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartz {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// So long that nothing passes within a test.
constexpr std::chrono::hours kForEver{1000};

/// What came before the end, and how it ended.
struct Received {
  std::string bytes;
  error_code end;
};

/// Both ends of a connection through a proxy.
struct Ends {
  tcp::socket client;
  tcp::socket server;
};

class FaultProxies : public testing::Test {
 protected:
  tcp::socket connect() {
    tcp::socket socket(context_);
    socket.connect({boost::asio::ip::address_v4::loopback(), proxy_.port()});
    return socket;
  }
  error_code connect_failure() {
    tcp::socket socket(context_);
    error_code failure;
    socket.connect({boost::asio::ip::address_v4::loopback(), proxy_.port()}, failure);
    return failure;
  }
  Ends connect_through() {
    tcp::socket client = connect();
    tcp::socket server = target_.accept();
    return {.client = std::move(client), .server = std::move(server)};
  }
  static void send(tcp::socket& socket, std::string_view bytes) {
    boost::asio::write(socket, boost::asio::buffer(bytes));
  }
  static std::string receive(tcp::socket& socket, std::size_t count) {
    std::string bytes(count, '\0');
    boost::asio::read(socket, boost::asio::buffer(bytes));
    return bytes;
  }
  static Received receive_all(tcp::socket& socket) {
    Received received;
    boost::asio::read(socket, boost::asio::dynamic_buffer(received.bytes), received.end);
    return received;
  }
  void wait_until(const std::function<bool(const FaultCounts&)>& reached) {
    ASSERT_TRUE(proxy_.wait_until(reached));
  }

  boost::asio::io_context context_;
  tcp::acceptor target_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
  FaultProxy proxy_{target_.local_endpoint().port(), 17};
};

TEST_F(FaultProxies, pass_everything_both_ways_by_default) {
  Ends ends = connect_through();
  const std::string large(1'000'000, 'x');
  send(ends.client, "ping");
  EXPECT_EQ(receive(ends.server, 4), "ping");
  send(ends.server, large);
  EXPECT_EQ(receive(ends.client, large.size()), large);
  wait_until([&](const FaultCounts& counts) { return counts.to_client.passed == large.size(); });
  const FaultCounts counts = proxy_.counts();
  EXPECT_EQ(counts.connections, 1u);
  EXPECT_EQ(counts.open, 1u);
  EXPECT_EQ(counts.resets, 0u);
  EXPECT_EQ(counts.to_target.passed, 4u);
  EXPECT_EQ(counts.to_target.held(), 0u);
}

TEST_F(FaultProxies, pass_the_end_of_each_direction_on) {
  Ends ends = connect_through();
  send(ends.client, "question");
  ends.client.shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(receive_all(ends.server).bytes, "question");
  send(ends.server, "answer");
  ends.server.close();
  const Received received = receive_all(ends.client);
  EXPECT_EQ(received.bytes, "answer");
  EXPECT_EQ(received.end, boost::asio::error::eof);
  wait_until([](const FaultCounts& counts) { return counts.open == 0; });
  EXPECT_EQ(proxy_.counts().resets, 0u);
}

TEST_F(FaultProxies, pass_a_reset_on) {
  Ends ends = connect_through();
  send(ends.client, "x");
  receive(ends.server, 1);
  ends.client.set_option(boost::asio::socket_base::linger(true, 0));
  ends.client.close();
  EXPECT_EQ(receive_all(ends.server).end, boost::asio::error::connection_reset);
}

TEST_F(FaultProxies, reset_behind_any_byte_to_the_client) {
  for (const std::size_t count : {0u, 1u, 7u, 100u, 200'000u}) {
    proxy_.set_script([count](std::uint64_t, Random&) -> ConnectionFaults {
      return {.to_client = {.end_after = count}};
    });
    tcp::socket client = connect();
    tcp::socket server = target_.accept();
    error_code ignored;
    boost::asio::write(server, boost::asio::buffer(std::string(count + 1000, 'x')), ignored);
    const Received received = receive_all(client);
    EXPECT_EQ(received.bytes, std::string(count, 'x'));
    EXPECT_EQ(received.end, boost::asio::error::connection_reset);
  }
  EXPECT_EQ(proxy_.counts().resets, 5u);
}

TEST_F(FaultProxies, reset_behind_any_byte_to_the_target) {
  for (const std::size_t count : {1u, 7u, 100u, 200'000u}) {
    proxy_.set_script([count](std::uint64_t, Random&) -> ConnectionFaults {
      return {.to_target = {.end_after = count}};
    });
    Ends ends = connect_through();
    error_code ignored;
    boost::asio::write(ends.client, boost::asio::buffer(std::string(count + 1000, 'x')), ignored);
    const Received received = receive_all(ends.server);
    EXPECT_EQ(received.bytes, std::string(count, 'x'));
    EXPECT_EQ(received.end, boost::asio::error::connection_reset);
    EXPECT_EQ(receive_all(ends.client).end, boost::asio::error::connection_reset);
  }
}

TEST_F(FaultProxies, close_one_direction_and_keep_the_other) {
  proxy_.set_faults({.to_client = {.end_after = 3, .end = StreamEnd::half_close}});
  Ends ends = connect_through();
  send(ends.server, "abcdef");
  const Received received = receive_all(ends.client);
  EXPECT_EQ(received.bytes, "abc");
  EXPECT_EQ(received.end, boost::asio::error::eof);
  send(ends.client, "still here");
  EXPECT_EQ(receive(ends.server, 10), "still here");
  wait_until([](const FaultCounts& counts) { return counts.to_client.swallowed == 3; });
  EXPECT_EQ(proxy_.counts().open, 1u);
}

TEST_F(FaultProxies, close_both_directions_without_a_reset) {
  proxy_.set_faults({.to_target = {.end_after = 2, .end = StreamEnd::close}});
  Ends ends = connect_through();
  send(ends.client, "abc");
  EXPECT_EQ(receive_all(ends.server).bytes, "ab");
  EXPECT_EQ(receive_all(ends.client).end, boost::asio::error::eof);
  ends.client.close();
  ends.server.close();
  wait_until([](const FaultCounts& counts) { return counts.open == 0; });
  EXPECT_EQ(proxy_.counts().resets, 0u);
}

TEST_F(FaultProxies, hold_what_is_late_and_pass_it_on_in_order_once_healed) {
  proxy_.set_faults({.to_target = {.latency = kForEver, .jitter = kForEver}});
  Ends ends = connect_through();
  for (std::uint64_t sent = 3; sent <= 9; sent += 3) {
    send(ends.client, "abc");
    wait_until([&](const FaultCounts& counts) { return counts.to_target.held() == sent; });
  }
  // The other direction is not late.
  send(ends.server, "prompt");
  EXPECT_EQ(receive(ends.client, 6), "prompt");
  EXPECT_EQ(ends.server.available(), 0u);
  proxy_.heal();
  EXPECT_EQ(receive(ends.server, 9), "abcabcabc");
}

TEST_F(FaultProxies, keep_the_order_of_pieces_that_are_late_by_chance) {
  using std::chrono::milliseconds;
  proxy_.set_faults({.to_target = {.latency = milliseconds(1), .jitter = milliseconds(3)}});
  Ends ends = connect_through();
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    const std::string piece = std::to_string(i) + ",";
    send(ends.client, piece);
    expected += piece;
  }
  EXPECT_EQ(receive(ends.server, expected.size()), expected);
}

TEST_F(FaultProxies, bound_the_rate) {
  proxy_.set_faults({.to_client = {.bytes_per_second = 1}});
  Ends ends = connect_through();
  send(ends.server, std::string(100'000, 'x'));
  // One goes at once, and all the others would take a day.
  EXPECT_EQ(receive(ends.client, 1), "x");
  wait_until([](const FaultCounts& counts) { return counts.to_client.received == 100'000; });
  EXPECT_GT(proxy_.counts().to_client.held(), 99'000u);
  proxy_.heal();
  EXPECT_EQ(receive(ends.client, 99'999), std::string(99'999, 'x'));
}

TEST_F(FaultProxies, are_black_holes) {
  proxy_.set_faults(ConnectionFaults::black_hole());
  Ends ends = connect_through();
  send(ends.client, "hello?");
  send(ends.server, "hello");
  ends.client.shutdown(tcp::socket::shutdown_send);
  wait_until([](const FaultCounts& counts) {
    return counts.to_target.swallowed == 6 && counts.to_client.swallowed == 5;
  });
  EXPECT_EQ(proxy_.counts().open, 1u);
  EXPECT_EQ(ends.server.available(), 0u);
  // Not what was swallowed, but what comes behind it, and the end.
  proxy_.heal();
  EXPECT_EQ(receive_all(ends.server).bytes, "");
  send(ends.server, "again");
  EXPECT_EQ(receive(ends.client, 5), "again");
}

TEST_F(FaultProxies, swallow_what_was_late_when_they_become_black_holes) {
  proxy_.set_faults({.to_target = {.latency = kForEver}});
  Ends ends = connect_through();
  send(ends.client, "late");
  wait_until([](const FaultCounts& counts) { return counts.to_target.held() == 4; });
  proxy_.set_faults(ConnectionFaults::black_hole());
  EXPECT_EQ(proxy_.counts().to_target.swallowed, 4u);
  proxy_.heal();
  send(ends.client, "next");
  EXPECT_EQ(receive(ends.server, 4), "next");
}

TEST_F(FaultProxies, flip_bits_at_places_that_the_seed_gives) {
  const std::string sent(100'000, 'x');
  std::string first;
  for (int run = 0; run < 2; ++run) {
    FaultProxy proxy(target_.local_endpoint().port(), 23);
    proxy.set_faults({.to_target = {.flip_one_in = 1000}});
    tcp::socket client(context_);
    client.connect({boost::asio::ip::address_v4::loopback(), proxy.port()});
    tcp::socket server = target_.accept();
    // However it is cut.
    const std::size_t cut = run == 0 ? sent.size() : 1;
    send(client, std::string_view(sent).substr(0, cut));
    send(client, std::string_view(sent).substr(cut));
    const std::string received = receive(server, sent.size());
    std::size_t different = 0;
    for (const char c : received) different += c == 'x' ? 0u : 1u;
    EXPECT_GT(different, 50u);
    EXPECT_LT(different, 200u);
    EXPECT_EQ(proxy.counts().to_target.flipped, different);
    if (run == 0) first = received;
    EXPECT_EQ(received, first);
  }
}

TEST_F(FaultProxies, refuse_connections_until_they_are_healed) {
  Ends open = connect_through();
  proxy_.refuse_connections();
  EXPECT_EQ(connect_failure(), boost::asio::error::connection_refused);
  proxy_.refuse_connections();
  EXPECT_EQ(connect_failure(), boost::asio::error::connection_refused);
  send(open.client, "open");
  EXPECT_EQ(receive(open.server, 4), "open");
  proxy_.heal();
  proxy_.heal();
  Ends ends = connect_through();
  send(ends.client, "back");
  EXPECT_EQ(receive(ends.server, 4), "back");
}

TEST_F(FaultProxies, end_all_connections_at_once) {
  Ends first = connect_through();
  Ends second = connect_through();
  wait_until([](const FaultCounts& counts) { return counts.open == 2; });
  // Only what has passed both ways is known to be connected on both sides.
  for (Ends* const ends : {&first, &second}) {
    send(ends->client, "x");
    receive(ends->server, 1);
  }
  proxy_.end_all(StreamEnd::reset);
  for (tcp::socket* const end : {&first.client, &first.server, &second.client, &second.server}) {
    EXPECT_EQ(receive_all(*end).end, boost::asio::error::connection_reset);
  }
  EXPECT_EQ(proxy_.counts().open, 0u);
  EXPECT_EQ(proxy_.counts().resets, 2u);
  Ends third = connect_through();
  send(third.client, "x");
  EXPECT_EQ(receive(third.server, 1), "x");
}

TEST_F(FaultProxies, reset_who_asks_for_a_target_that_is_not_there) {
  const std::uint16_t port = target_.local_endpoint().port();
  target_.close();
  tcp::socket client = connect();
  EXPECT_EQ(receive_all(client).end, boost::asio::error::connection_reset);
  wait_until([](const FaultCounts& counts) { return counts.open == 0; });
  EXPECT_EQ(proxy_.counts().unreachable, 1u);

  tcp::acceptor elsewhere(context_, {boost::asio::ip::address_v4::loopback(), 0});
  ASSERT_NE(elsewhere.local_endpoint().port(), port);
  proxy_.set_target(elsewhere.local_endpoint().port());
  tcp::socket second = connect();
  tcp::socket server = elsewhere.accept();
  send(second, "x");
  EXPECT_EQ(receive(server, 1), "x");
}

TEST_F(FaultProxies, give_each_connection_what_the_script_says) {
  proxy_.set_script([](std::uint64_t connection, Random&) {
    ConnectionFaults faults;
    if (connection % 2 == 1) faults.to_client.end_after = 0;
    return faults;
  });
  for (int round = 0; round < 3; ++round) {
    Ends sound = connect_through();
    send(sound.server, "fine");
    EXPECT_EQ(receive(sound.client, 4), "fine");
    tcp::socket broken = connect();
    EXPECT_EQ(receive_all(broken).end, boost::asio::error::connection_reset);
    tcp::socket unused = target_.accept();
  }
}

TEST(FaultScript, gives_the_same_faults_for_the_same_seed_and_all_kinds_in_the_long_run) {
  Random first(5);
  Random second(5);
  int resets = 0;
  int holes = 0;
  int late = 0;
  int sound = 0;
  for (int i = 0; i < 1000; ++i) {
    const ConnectionFaults a = ConnectionFaults::any(first);
    const ConnectionFaults b = ConnectionFaults::any(second);
    EXPECT_EQ(a.to_target.end_after, b.to_target.end_after);
    EXPECT_EQ(a.to_client.end_after, b.to_client.end_after);
    EXPECT_EQ(a.to_client.latency, b.to_client.latency);
    EXPECT_EQ(a.to_client.bytes_per_second, b.to_client.bytes_per_second);
    const bool ends = a.to_client.end_after || a.to_target.end_after;
    const bool is_late = a.to_client.latency.count() + a.to_target.latency.count() > 0;
    const bool is_slow = a.to_client.bytes_per_second + a.to_target.bytes_per_second > 0;
    resets += ends && a.to_client.end == StreamEnd::reset ? 1 : 0;
    holes += a.to_client.swallow ? 1 : 0;
    late += is_late ? 1 : 0;
    sound += !ends && !is_late && !is_slow && !a.to_client.swallow ? 1 : 0;
  }
  EXPECT_GT(resets, 50);
  EXPECT_GT(holes, 50);
  EXPECT_GT(late, 50);
  EXPECT_GT(sound, 100);
}

}  // namespace
}  // namespace quartz
