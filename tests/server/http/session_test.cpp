#include "server/http/session.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpSessions : public ServedEngine {};

TEST_F(HttpSessions, answers_may_be_asked_for_in_pieces_of_any_size) {
  serve();
  ASSERT_EQ(ask("PUT", "/api/v1/kv/k", "", "value").status, 204);
  const std::string text = request_text("GET", "/api/v1/kv/k");
  RawClient client(port());
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    client.send(text.substr(0, cut));
    std::this_thread::yield();
    client.send(text.substr(cut));
    ASSERT_EQ(client.receive().body, "value") << cut;
  }
}

TEST_F(HttpSessions, requests_sent_ahead_are_answered_in_their_order) {
  serve();
  std::string all;
  for (int i = 0; i < 200; ++i) {
    const std::string key = "/api/v1/kv/" + std::to_string(i);
    all += request_text("PUT", key, "", std::to_string(i)) + request_text("GET", key);
  }
  RawClient client(port());
  std::thread sender([&] { client.send(all); });
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(client.receive().status, 204);
    EXPECT_EQ(client.receive().body, std::to_string(i));
  }
  sender.join();
}

TEST_F(HttpSessions, a_client_that_has_said_all_is_still_answered) {
  serve();
  RawClient client(port());
  client.send(request_text("GET", "/livez"));
  client.finish_sending();
  EXPECT_EQ(client.receive().body, "ok\n");
  EXPECT_TRUE(client.is_ended());
}

TEST_F(HttpSessions, a_closing_connection_is_closed_behind_its_answer) {
  serve();
  RawClient client(port());
  client.send(request_text("GET", "/livez", "Connection: close\r\n"));
  const RawResponse response = client.receive();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Connection"), "close");
  EXPECT_TRUE(client.is_ended());
}

TEST_F(HttpSessions, http_1_0_is_answered_in_kind) {
  serve();
  RawClient client(port());
  client.send("GET /livez HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.receive_rest(), StartsWith("HTTP/1.0 200 OK\r\n"));
}

TEST_F(HttpSessions, head_has_everything_but_the_body) {
  ASSERT_EQ(ask("PUT", "/api/v1/kv/k", "", "value").status, 204);
  RawClient client(port());
  client.send(request_text("HEAD", "/api/v1/kv/k") + request_text("GET", "/livez"));
  const RawResponse head = client.receive(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "5");
  EXPECT_EQ(client.receive().body, "ok\n");
}

TEST_F(HttpSessions, a_client_that_waits_is_told_to_continue) {
  serve();
  RawClient client(port());
  client.send(
      "PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
      "Content-Length: 2\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  client.send("ok");
  EXPECT_EQ(client.receive().status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/kv/k").body, "ok");
}

TEST_F(HttpSessions, a_body_that_is_too_large_is_refused_before_it_is_sent) {
  ServerConfig config = small_config();
  config.limits.body_bytes_max = 10;
  serve(config);
  RawClient client(port());
  client.send(
      "PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
      "Content-Length: 11\r\n\r\n");
  const RawResponse response = client.receive();
  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.body, HasSubstr("\"code\":\"too_large\""));
  EXPECT_TRUE(client.is_ended());
}

TEST_F(HttpSessions, who_sends_too_much_still_gets_to_read_why) {
  ServerConfig config = small_config();
  config.limits.body_bytes_max = 10;
  serve(config);
  RawClient client(port());
  client.send("PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
  client.send(std::string(1'000'000, 'x'));
  EXPECT_EQ(client.receive().status, 413);
}

TEST_F(HttpSessions, nothing_behind_a_malformed_request_is_served) {
  serve();
  RawClient client(port());
  client.send(request_text("GET", "/livez") + "nonsense\r\n\r\n" + request_text("GET", "/livez"));
  EXPECT_EQ(client.receive().status, 200);
  const RawResponse refused = client.receive();
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.header("Connection"), "close");
  EXPECT_TRUE(client.is_ended());
}

TEST_F(HttpSessions, failures_are_problems_that_tell_programs_what_to_do) {
  const RawResponse response = ask("GET", "/api/v1/kv/none", "X-Request-Id: my-id.1\r\n");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.header("X-Request-Id"), "my-id.1");
  const auto problem = boost::json::parse(response.body).as_object();
  EXPECT_EQ(problem.at("status"), 404);
  EXPECT_EQ(problem.at("code"), "not_found");
  EXPECT_EQ(problem.at("retryable"), false);
  EXPECT_EQ(problem.at("executed"), false);
  EXPECT_EQ(problem.at("request_id"), "my-id.1");
}

TEST_F(HttpSessions, an_id_that_is_not_sane_is_replaced) {
  const std::string id = ask("GET", "/livez", "X-Request-Id: a\"b\r\n").header("X-Request-Id");
  EXPECT_EQ(id.size(), 16u);
  EXPECT_NE(ask("GET", "/livez").header("X-Request-Id"), id);
}

TEST_F(HttpSessions, a_head_that_does_not_end_is_given_up_with_408) {
  ServerConfig config = small_config();
  config.limits.header_timeout = milliseconds(200);
  serve(config);
  RawClient client(port());
  client.send("GET /livez HTTP/1.1\r\nHo");
  EXPECT_EQ(client.receive().status, 408);
  EXPECT_TRUE(client.is_ended());
  EXPECT_EQ(server_->statistics().deadlines_missed, 1u);
}

TEST_F(HttpSessions, a_head_gets_no_more_time_by_trickling) {
  ServerConfig config = small_config();
  config.limits.header_timeout = milliseconds(300);
  serve(config);
  RawClient client(port());
  client.send("GET /livez HTTP/1.1\r\n");
  std::thread trickle([&] {
    for (int i = 0; i < 100 && client.send("X: y\r\n"); ++i) {
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  EXPECT_EQ(client.receive().status, 408);
  client.finish_sending();
  trickle.join();
}

TEST_F(HttpSessions, a_body_that_stalls_is_given_up_with_408) {
  ServerConfig config = small_config();
  config.limits.header_timeout = milliseconds(200);
  config.limits.transfer_bytes_per_second_min = 1 << 20;
  serve(config);
  RawClient client(port());
  client.send("PUT /api/v1/kv/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc");
  const RawResponse response = client.receive();
  EXPECT_EQ(response.status, 408);
  EXPECT_THAT(response.body, HasSubstr("\"executed\":false"));
}

TEST_F(HttpSessions, an_idle_connection_is_closed_without_a_word) {
  ServerConfig config = small_config();
  config.limits.idle_timeout = milliseconds(200);
  serve(config);
  RawClient client(port());
  client.send(request_text("GET", "/livez"));
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_TRUE(client.is_ended());
}

TEST_F(HttpSessions, large_bodies_pass_both_ways_in_chunks_too) {
  serve();
  std::string value(3'000'000, 'x');
  for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i * 31);
  EXPECT_EQ(ask("PUT", "/api/v1/kv/large", "", value).status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/kv/large").body, value);
  RawClient client(port());
  client.send(
      "PUT /api/v1/kv/chunks HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/kv/chunks").body, "hello world");
}

TEST_F(HttpSessions, new_limits_hold_for_connections_that_are_open) {
  serve();
  RawClient client(port());
  client.send(request_text("PUT", "/api/v1/kv/k", "", "12345"));
  EXPECT_EQ(client.receive().status, 204);
  RequestLimits limits;
  limits.body_bytes_max = 4;
  ASSERT_TRUE(server_->set_limits(limits));
  // The session looks when a request ends, and may have looked before.
  client.send(request_text("GET", "/livez"));
  EXPECT_EQ(client.receive().status, 200);
  client.send(request_text("PUT", "/api/v1/kv/k", "", "12345"));
  EXPECT_EQ(client.receive().status, 413);
}

TEST_F(HttpSessions, browsers_are_told_which_pages_may_ask) {
  ServerConfig config = small_config();
  config.cors.origins = {"https://app.example"};
  serve(config);
  const RawResponse allowed = ask("GET", "/livez", "Origin: https://app.example\r\n");
  EXPECT_EQ(allowed.header("Access-Control-Allow-Origin"), "https://app.example");
  const RawResponse stranger = ask("GET", "/livez", "Origin: https://evil.example\r\n");
  EXPECT_EQ(stranger.header("Access-Control-Allow-Origin"), "");
  const RawResponse preflight =
      ask("OPTIONS", "/api/v1/kv/k",
          "Origin: https://app.example\r\nAccess-Control-Request-Method: PUT\r\n");
  EXPECT_EQ(preflight.status, 204);
  EXPECT_THAT(preflight.header("Access-Control-Allow-Methods"), HasSubstr("PUT"));
}

TEST_F(HttpSessions, browsers_are_told_what_pages_may_send_and_see) {
  ServerConfig config = small_config();
  config.cors.origins = {"https://app.example"};
  serve(config);
  const std::string origin = "Origin: https://app.example\r\n";
  const std::string sent =
      ask("OPTIONS", "/api/v1/kv/k", origin + "Access-Control-Request-Method: PUT\r\n")
          .header("Access-Control-Allow-Headers");
  for (const char* name : {"X-Api-Key", "traceparent", "Idempotency-Key", "Last-Event-ID"}) {
    EXPECT_THAT(sent, HasSubstr(name));
  }
  const std::string seen = ask("GET", "/livez", origin).header("Access-Control-Expose-Headers");
  for (const char* name :
       {"RateLimit,", "RateLimit-Policy", "Retry-After", "Idempotency-Replayed"}) {
    EXPECT_THAT(seen, HasSubstr(name));
  }
}

TEST_F(HttpSessions, a_name_that_somebody_lets_lead_here_is_not_answered_to) {
  ServerConfig config = small_config();
  config.cors.origins = {"https://app.example:8443"};
  serve(config);
  const auto status_for = [&](std::string_view host) {
    RawClient client(port());
    client.send("GET /api/v1/kv HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
    return client.receive().status;
  };
  for (const char* host :
       {"localhost", "LocalHost:3000", "app.localhost:3000", "localhost.", "127.0.0.1:3000",
        "[::1]:3000", "[::1]", "192.168.1.2", "app.example", "APP.example:8443"}) {
    EXPECT_EQ(status_for(host), 200) << host;
  }
  for (const char* host : {"evil.example", "evil.example:3000", "notlocalhost", "localhost.evil",
                           "127.0.0.1.evil.example", "evil.app.example", "[::1", ""}) {
    EXPECT_EQ(status_for(host), 403) << host;
  }
  RawClient old(port());
  old.send("GET /api/v1/kv HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.receive().status, 200);
}

TEST_F(HttpSessions, whoever_lets_any_page_in_is_answered_under_any_name) {
  ServerConfig config = small_config();
  config.cors.origins = {"*"};
  serve(config);
  RawClient client(port());
  client.send("GET /api/v1/kv HTTP/1.1\r\nHost: any.example\r\n\r\n");
  EXPECT_EQ(client.receive().status, 200);
}

TEST_F(HttpSessions, pages_of_others_cannot_write) {
  serve();
  const std::string target = "/api/v1/kv/k";
  EXPECT_EQ(ask("POST", target, "Origin: https://evil.example\r\n", "v").status, 403);
  EXPECT_EQ(ask("POST", target, "Origin: null\r\n", "v").status, 403);
  EXPECT_EQ(engine_.get("k").value(), std::nullopt);
  EXPECT_EQ(ask("POST", target, "Origin: http://localhost\r\n", "v").status, 201);
}

TEST_F(HttpSessions, accesses_are_recorded_by_route_and_without_keys) {
  ServerConfig config = small_config();
  std::vector<std::string> lines;
  config.io_threads = 1;
  config.access_log = [&lines](const AccessRecord& access) {
    lines.push_back(std::string(access.method) + " " + std::string(access.route) + " " +
                    std::to_string(access.status) + " " + std::to_string(access.request_bytes));
  };
  serve(config);
  ask("PUT", "/api/v1/kv/secret", "", "abc");
  ask("GET", "/nothing");
  server_->stop();
  EXPECT_THAT(lines, testing::ElementsAre("PUT /api/v1/kv/{key} 204 3", "GET  404 0"));
}

TEST_F(HttpSessions, accesses_name_the_trace_that_the_client_has_named) {
  ServerConfig config = small_config();
  std::vector<std::string> traces;
  config.io_threads = 1;
  config.access_log = [&traces](const AccessRecord& access) {
    traces.emplace_back(access.trace_id);
  };
  serve(config);
  ask("GET", "/livez", "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n");
  ask("GET", "/livez", "traceparent: 00-\"},-00f067aa0ba902b7-01\r\n");
  ask("GET", "/livez");
  server_->stop();
  EXPECT_THAT(traces, testing::ElementsAre("4bf92f3577b34da6a3ce929d0e0e4736", "", ""));
}

}  // namespace
}  // namespace quartz::server
