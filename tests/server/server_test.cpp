#include "quartz/server/server.hpp"

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/served_engine.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class Servers : public ServedEngine {};

TEST_F(Servers, several_serve_one_engine_in_one_process) {
  serve();
  Server other = Server::start(engine_, small_config()).value();
  EXPECT_NE(other.http_port(), server_->http_port());
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "", "v").status, 204);
  EXPECT_EQ(fetch(*other.http_port(), "GET", "/api/v1/kv/k").body, "v");
  EXPECT_EQ(engine_.get("k").value(), "v");
  other.stop();
  EXPECT_EQ(ask("GET", "/api/v1/kv/k").body, "v");
}

TEST_F(Servers, one_may_share_its_engine) {
  auto engine = std::make_shared<StorageEngine>(StorageEngine::open(scratch_ / "other").value());
  Server server = Server::start(std::move(engine), small_config()).value();
  EXPECT_EQ(fetch(*server.http_port(), "PUT", "/api/v1/kv/k", "", "v").status, 204);
}

TEST_F(Servers, an_address_in_use_is_busy_and_named) {
  serve();
  ServerConfig config = small_config();
  config.http.port = port();
  EXPECT_THAT(Server::start(engine_, config),
              FailsWith(Errc::busy, HasSubstr("127.0.0.1:" + std::to_string(port()))));
}

TEST_F(Servers, other_machines_are_not_let_in_without_authentication) {
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    ServerConfig config = small_config();
    config.http.address = address;
    EXPECT_THAT(Server::start(engine_, config),
                FailsWith(Errc::invalid_argument, HasSubstr("http_address")));
    config = small_config();
    config.resp = {.enabled = true, .address = address};
    EXPECT_THAT(Server::start(engine_, config),
                FailsWith(Errc::invalid_argument, HasSubstr("resp_address")));
  }
}

TEST_F(Servers, options_that_make_no_sense_are_refused_by_name) {
  using Change = void (*)(ServerConfig&);
  const std::vector<std::pair<std::string, Change>> cases = {
      {"http_address", [](ServerConfig& config) { config.http.address = "nowhere"; }},
      {"io_threads", [](ServerConfig& config) { config.io_threads = 257; }},
      {"worker_threads", [](ServerConfig& config) { config.worker_threads = 0; }},
      {"connections_max", [](ServerConfig& config) { config.connections_max = 0; }},
      {"drain_timeout", [](ServerConfig& config) { config.drain_timeout = milliseconds(-1); }},
      {"limits.header_bytes_max",
       [](ServerConfig& config) { config.limits.header_bytes_max = 10; }},
      {"limits.header_timeout",
       [](ServerConfig& config) { config.limits.header_timeout = milliseconds(0); }},
      {"idempotency.window",
       [](ServerConfig& config) { config.idempotency.window = milliseconds(999); }},
      {"idempotency.reply_bytes_max",
       [](ServerConfig& config) { config.idempotency.reply_bytes_max = std::uint64_t{2} << 20; }},
      {"tls.key_file", [](ServerConfig& config) { config.tls.certificate_file = "c.pem"; }},
      {"tls.certificate_file", [](ServerConfig& config) { config.tls.client_ca_file = "c.pem"; }}};
  for (const auto& [option, change] : cases) {
    ServerConfig config = small_config();
    change(config);
    EXPECT_THAT(Server::start(engine_, config),
                FailsWith(Errc::invalid_argument, HasSubstr(option)))
        << option;
  }
}

TEST_F(Servers, limits_that_make_no_sense_change_nothing) {
  serve();
  RequestLimits limits;
  limits.header_count_max = 0;
  EXPECT_THAT(server_->set_limits(limits),
              FailsWith(Errc::invalid_argument, HasSubstr("limits.header_count_max")));
  EXPECT_EQ(ask("GET", "/livez").status, 200);
}

TEST_F(Servers, are_reconfigured_as_far_as_that_can_be) {
  serve();
  ServerConfig config = small_config();
  config.connections_max = 1;
  config.cors.origins = {"https://a"};
  config.limits.body_bytes_max = 3;
  config.backup_directory = "elsewhere";
  ASSERT_THAT(server_->reconfigure(config), Succeeds());
  RawClient only(port());
  only.send(request_text("GET", "/livez", "Origin: https://a\r\n"));
  EXPECT_EQ(only.receive().header("Access-Control-Allow-Origin"), "https://a");
  EXPECT_EQ(ask("GET", "/livez").status, 503);
  only.send(request_text("PUT", "/api/v1/kv/k", "", "four"));
  EXPECT_EQ(only.receive().status, 413);
}

TEST_F(Servers, a_configuration_that_could_not_be_started_with_changes_nothing) {
  serve();
  ServerConfig config = small_config();
  config.cors.origins = {"https://a"};
  config.connections_max = 0;
  EXPECT_THAT(server_->reconfigure(config),
              FailsWith(Errc::invalid_argument, HasSubstr("connections_max")));
  EXPECT_EQ(ask("GET", "/livez", "Origin: https://a\r\n").header("Access-Control-Allow-Origin"),
            "");
}

TEST_F(Servers, a_connection_too_many_is_refused_with_503_until_another_leaves) {
  ServerConfig config = small_config();
  config.connections_max = 2;
  serve(config);
  std::optional<RawClient> first(std::in_place, port());
  RawClient second(port());
  for (RawClient* client : {&*first, &second}) {
    client->send(request_text("GET", "/livez"));
    EXPECT_EQ(client->receive().status, 200);
  }
  EXPECT_EQ(RawClient(port()).receive().status, 503);
  EXPECT_EQ(server_->statistics().connections_refused, 1u);
  first.reset();
  while (server_->statistics().connections_open == 2) std::this_thread::yield();
  EXPECT_EQ(ask("GET", "/livez").status, 200);
}

TEST_F(Servers, connections_and_answers_are_counted) {
  ask("PUT", "/api/v1/kv/k", "", "12345");
  ask("GET", "/api/v1/kv/k");
  ask("GET", "/api/v1/kv/none");
  const ServerStatistics now = server_->statistics();
  EXPECT_EQ(now.connections_accepted, 3u);
  EXPECT_EQ(now.http_responses[2], 2u);
  EXPECT_EQ(now.http_responses[4], 1u);
  EXPECT_EQ(now.http_request_bytes, 5u);
  EXPECT_GE(now.http_response_bytes, 5u);
}

TEST_F(Servers, stopping_ends_idle_connections_at_once) {
  serve();
  RawClient client(port());
  client.send(request_text("GET", "/livez"));
  EXPECT_EQ(client.receive().status, 200);
  server_
      ->stop();  // Would otherwise wait for ten seconds, and the test for more than its patience.
  EXPECT_TRUE(client.is_ended());
  server_->stop();
}

TEST_F(Servers, stopping_lets_a_request_that_has_begun_finish) {
  serve();
  RawClient client(port());
  client.send(
      "PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);  // So that the request has begun.
  auto stopped = std::async(std::launch::async, [&] { server_->stop(); });
  EXPECT_EQ(stopped.wait_for(milliseconds(300)), std::future_status::timeout);
  client.send("0123456789");
  const RawResponse response = client.receive();
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.header("Connection"), "close");
  stopped.get();
  EXPECT_EQ(engine_.get("k").value(), "0123456789");
}

TEST_F(Servers, stopping_cuts_off_what_does_not_finish_in_time) {
  ServerConfig config = small_config();
  config.drain_timeout = milliseconds(100);
  std::vector<std::string> lines;
  config.logger = [&lines](LogLevel level, std::string_view line) {
    if (level == LogLevel::warning) lines.emplace_back(line);
  };
  serve(config);
  RawClient client(port());
  client.send(
      "PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);  // So that the request has begun.
  server_->stop();
  EXPECT_TRUE(client.is_ended());
  EXPECT_THAT(lines, testing::ElementsAre(HasSubstr("1 connections are cut off")));
  EXPECT_EQ(engine_.get("k").value(), std::nullopt);
}

TEST_F(Servers, many_clients_at_a_time_each_get_their_own_answers) {
  serve();
  std::vector<std::thread> clients;
  for (int number = 0; number < 16; ++number) {
    clients.emplace_back([this, number] {
      RawClient client(port());
      for (int i = 0; i < 100; ++i) {
        const std::string key = "/api/v1/kv/" + std::to_string(number) + "." + std::to_string(i);
        client.send(request_text("PUT", key, "", key) + request_text("GET", key));
        EXPECT_EQ(client.receive().status, 204);
        EXPECT_EQ(client.receive().body, key);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(server_->statistics().http_responses[2], 3200u);
}

TEST_F(Servers, a_handle_can_be_moved) {
  Server server = Server::start(engine_, small_config()).value();
  Server moved = std::move(server);
  EXPECT_EQ(fetch(*moved.http_port(), "GET", "/livez").status, 200);
}

}  // namespace
}  // namespace quartz::server
