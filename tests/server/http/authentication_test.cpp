#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/auth/users.hpp"
#include "server/served_engine.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

class HttpUsers : public ServedEngine {
 protected:
  std::string create(std::string_view name, std::initializer_list<std::string_view> texts) {
    std::vector<Scope> scopes;
    for (const std::string_view text : texts) scopes.push_back(parse_scope(text).value());
    const std::string secret = Users::open(engine_).value()->create(name, scopes).value();
    return std::string(name) + ":" + secret;
  }
  static std::string bearer(const std::string& credential) {
    return "Authorization: Bearer " + credential + "\r\n";
  }
};

TEST_F(HttpUsers, need_nothing_until_there_is_one) {
  EXPECT_EQ(ask("PUT", "/api/v1/kv/a", "", "1").status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/admin/keys").status, 200);
}

TEST_F(HttpUsers, are_asked_who_they_are) {
  const std::string shop = create("shop", {"kv:read"});
  const RawResponse refused = ask("GET", "/api/v1/kv/a");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.header("WWW-Authenticate"), "Bearer realm=\"quartz\"");
  EXPECT_THAT(refused.body, HasSubstr("\"code\":\"unauthorized\""));
  EXPECT_EQ(ask("GET", "/api/v1/kv/a", bearer("shop:wrong")).status, 401);
  EXPECT_EQ(ask("GET", "/api/v1/kv/a", bearer(shop)).status, 404);
  EXPECT_EQ(ask("GET", "/api/v1/kv/a", "X-Api-Key: " + shop + "\r\n").status, 404);
  EXPECT_EQ(ask("GET", "/livez").status, 200);
  EXPECT_EQ(ask("GET", "/docs").status, 200);
}

TEST_F(HttpUsers, may_only_what_they_are_granted) {
  const std::string shop = create("shop", {"kv:read:app:", "kv:write:app:own:"});
  EXPECT_EQ(ask("PUT", "/api/v1/kv/app:own:1", bearer(shop), "x").status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/kv/app:own:1", bearer(shop)).body, "x");
  const RawResponse refused = ask("PUT", "/api/v1/kv/app:1", bearer(shop), "x");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("kv:write"));
  EXPECT_EQ(ask("GET", "/api/v1/kv/other", bearer(shop)).status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/kv", bearer(shop)).status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/kv?prefix=app:", bearer(shop)).status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/kv?prefix=ap", bearer(shop)).status, 403);
  EXPECT_EQ(ask("GET", "/metrics", bearer(shop)).status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/admin/keys", bearer(shop)).status, 403);
}

TEST_F(HttpUsers, are_made_rotated_and_revoked_by_administrators) {
  const std::string root = create("root", {"admin"});
  EXPECT_EQ(ask("POST", "/api/v1/admin/keys/shop", bearer(root), "{}").status, 415);
  const std::string json = bearer(root) + "Content-Type: application/json\r\n";
  EXPECT_EQ(ask("POST", "/api/v1/admin/keys/shop", json, "{}").status, 400);
  const RawResponse made =
      ask("POST", "/api/v1/admin/keys/shop", json, R"({"scopes":["kv:read"]})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.header("Cache-Control"), "no-store");
  const auto at = made.body.find("\"secret\":\"") + 10;
  const std::string shop = "shop:" + made.body.substr(at, made.body.find('"', at) - at);
  EXPECT_EQ(ask("GET", "/api/v1/kv/a", bearer(shop)).status, 404);
  EXPECT_EQ(ask("POST", "/api/v1/admin/keys/shop/rotate", bearer(root)).status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/kv/a", bearer(shop)).status, 404);
  EXPECT_EQ(ask("DELETE", "/api/v1/admin/keys/shop", bearer(root)).status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/kv/a", bearer(shop)).status, 401);
  EXPECT_EQ(ask("DELETE", "/api/v1/admin/keys/shop", bearer(root)).status, 404);
}

TEST_F(HttpUsers, that_are_revoked_take_nobody_with_them_who_only_has_their_name) {
  const std::string root = create("root", {"admin"});
  const std::string named = create("default", {"kv:read"});
  ServerConfig config = small_config();
  config.resp.enabled = true;
  config.resp.port = 0;
  serve(config);
  // Whoever has not logged in is called "default" as well.
  RawClient unknown(server_->resp_port().value());
  unknown.send("AUTH root wrong\r\n");
  const std::string refused = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
  ASSERT_EQ(unknown.receive_bytes(refused.size()), refused);
  RawClient known(server_->resp_port().value());
  known.send("AUTH default " + named.substr(named.find(':') + 1) + "\r\n");
  ASSERT_EQ(known.receive_bytes(5), "+OK\r\n");
  EXPECT_EQ(ask("DELETE", "/api/v1/admin/keys/default", bearer(root)).status, 204);
  EXPECT_TRUE(known.is_ended());
  unknown.send("AUTH root " + root.substr(root.find(':') + 1) + "\r\n");
  EXPECT_EQ(unknown.receive_bytes(5), "+OK\r\n");
}

TEST_F(HttpUsers, that_are_the_first_end_those_who_listen_without_having_said_who_they_are) {
  ServerConfig config = small_config();
  config.resp.enabled = true;
  config.resp.port = 0;
  serve(config);
  RawClient listener(server_->resp_port().value());
  const std::string listens = "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n";
  listener.send("SUBSCRIBE news\r\n");
  ASSERT_EQ(listener.receive_bytes(listens.size()), listens);
  EXPECT_EQ(ask("POST", "/api/v1/admin/keys/root", "Content-Type: application/json\r\n",
                R"({"scopes":["admin"]})")
                .status,
            201);
  EXPECT_TRUE(listener.is_ended());
}

TEST_F(HttpUsers, are_forgotten_by_a_connection_whose_next_request_says_nothing) {
  const std::string shop = create("shop", {"kv:read"});
  serve();
  RawClient client(port());
  ASSERT_TRUE(client.send(request_text("GET", "/api/v1/kv/a", bearer(shop)) +
                          request_text("GET", "/api/v1/kv/a", bearer(shop)) +
                          request_text("GET", "/api/v1/kv/a")));
  EXPECT_EQ(client.receive().status, 404);
  EXPECT_EQ(client.receive().status, 404);
  EXPECT_EQ(client.receive().status, 401);
}

TEST_F(HttpUsers, are_told_of_the_rate_and_held_to_it) {
  ServerConfig config = small_config();
  config.limits.requests_per_second = 2;
  serve(config);
  const RawResponse first = ask("GET", "/api/v1/health");
  EXPECT_EQ(first.header("RateLimit-Policy"), "\"default\";q=2;w=1");
  EXPECT_EQ(first.header("RateLimit"), "\"default\";r=1;t=1");
  RawResponse last = ask("GET", "/api/v1/health");
  for (int i = 0; i < 100 && last.status == 200; ++i) last = ask("GET", "/api/v1/health");
  EXPECT_EQ(last.status, 429);
  EXPECT_EQ(last.header("Retry-After"), "1");
}

TEST_F(HttpUsers, are_not_held_to_the_rate_where_they_look_whether_the_server_lives) {
  ServerConfig config = small_config();
  config.limits.requests_per_second = 1;
  serve(config);
  for (int i = 0; i < 50; ++i) {
    for (const char* path : {"/livez", "/readyz", "/healthz"}) {
      ASSERT_EQ(ask("GET", path).status, 200) << path;
    }
  }
}

TEST_F(HttpUsers, are_held_to_the_rate_by_requests_that_lead_nowhere) {
  ServerConfig config = small_config();
  config.limits.requests_per_second = 2;
  serve(config);
  const std::string foreign = "Origin: https://evil.example\r\n";
  const auto meets_the_limit = [&](std::string_view method, std::string_view target,
                                   std::string_view headers, int status) {
    RawResponse last = ask(method, target, headers);
    EXPECT_EQ(last.header("RateLimit-Policy"), "\"default\";q=2;w=1") << target;
    for (int i = 0; i < 1000 && last.status == status; ++i) last = ask(method, target, headers);
    EXPECT_EQ(last.status, 429) << method << ' ' << target;
  };
  meets_the_limit("GET", "/nowhere", "", 404);
  meets_the_limit("GET", "/api/v1/kv?limit=x", "", 400);
  meets_the_limit("DELETE", "/api/v1/kv", "", 405);
  meets_the_limit("POST", "/api/v1/kv/k", foreign, 403);
}

TEST_F(HttpUsers, must_be_required_before_other_machines_are_let_in) {
  ServerConfig config = small_config();
  config.http.address = "0.0.0.0";
  EXPECT_THAT(Server::start(engine_, config),
              FailsWith(Errc::invalid_argument, HasSubstr("auth.required")));
  config.authentication.required = true;
  serve(config);
  EXPECT_EQ(ask("GET", "/api/v1/kv/a").status, 401);
}

TEST_F(HttpUsers, may_run_those_commands_of_redis_that_they_are_granted) {
  const std::string json_body = "Content-Type: application/json\r\n";
  const std::string shop = create("shop", {"kv:read", "kv:write"});
  EXPECT_EQ(ask("POST", "/command", json_body, R"(["SET","a","1"])").status, 401);
  EXPECT_EQ(ask("POST", "/command", bearer(shop) + json_body, R"(["SET","a","1"])").status, 200);
  const RawResponse refused =
      ask("POST", "/command", bearer(shop) + json_body, R"(["CONFIG","GET","*"])");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("NOPERM"));
}

TEST_F(HttpUsers, are_judged_by_the_keys_in_a_batch) {
  const std::string user = create("user", {"kv:write:o/", "kv:read:r/"});
  const auto status_of = [&](std::string_view body) {
    return ask("POST", "/api/v1/batch", bearer(user) + std::string(kIsJson), body).status;
  };
  EXPECT_EQ(status_of(R"({"operations":[{"put":"o/1","value":"v"},{"delete":"o/2"}]})"), 200);
  EXPECT_EQ(engine_.get("o/1").value(), "v");
  EXPECT_EQ(status_of(R"({"conditions":[{"key":"o/1","value":"v"},{"key":"r/1","exists":false}]})"),
            200);
  EXPECT_EQ(status_of(R"({"operations":[{"put":"o/3","value":"v"},{"put":"p","value":"v"}]})"),
            403);
  EXPECT_EQ(status_of(R"({"operations":[{"put":"o/3","value":"v"},{"delete":"r/1"}]})"), 403);
  EXPECT_EQ(status_of(R"({"conditions":[{"key":"p","exists":false}]})"), 403);
  EXPECT_EQ(engine_.get("o/3").value(), std::nullopt);
  const std::string reader = create("reader", {"kv:read"});
  EXPECT_EQ(ask("POST", "/api/v1/batch", bearer(reader) + std::string(kIsJson), "{}").status, 403);
}

TEST_F(HttpUsers, are_judged_by_the_keys_of_commands) {
  const std::string user = create("user", {"kv:write:o/"});
  const auto post = [&](std::string_view path, std::string_view body) {
    return ask("POST", path, bearer(user) + std::string(kIsJson), body).body;
  };
  EXPECT_EQ(post("/command", R"(["SET","o/1","1"])"), R"({"result":"OK"})");
  EXPECT_THAT(post("/command", R"(["SET","p","1"])"), HasSubstr("NOPERM"));
  EXPECT_THAT(post("/command", R"(["GET","o/1"])"), HasSubstr("NOPERM"));
  EXPECT_THAT(post("/command", R"(["FLUSHALL"])"), HasSubstr("NOPERM"));
  EXPECT_THAT(post("/pipeline", R"([["INCR","o/1"],["SET","p","1"]])"),
              HasSubstr(R"([{"result":2},{"error":"NOPERM)"));
  EXPECT_THAT(post("/multi-exec", R"([["SET","o/1","9"],["SET","p","1"]])"), HasSubstr("NOPERM"));
  EXPECT_EQ(engine_.get("o/1").value(), "2");
  EXPECT_EQ(engine_.get("p").value(), std::nullopt);
}

TEST_F(HttpUsers, pay_for_their_first_command_of_redis_with_the_request) {
  const std::string json_body = "Content-Type: application/json\r\n";
  const std::string shop = create("shop", {"kv:read", "kv:write"});
  ServerConfig config = small_config();
  config.limits.requests_per_second = 1;
  serve(config);
  const RawResponse answer =
      ask("POST", "/command", bearer(shop) + json_body, R"(["SET","a","1"])");
  EXPECT_EQ(answer.status, 200) << answer.body;
}

TEST_F(HttpUsers, run_no_part_of_a_transaction_that_is_beyond_their_rate) {
  ServerConfig config = small_config();
  config.limits.requests_per_second = 1;
  serve(config);
  const RawResponse answer = ask("POST", "/multi-exec", "Content-Type: application/json\r\n",
                                 R"([["SET","a","1"],["SET","b","1"]])");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("Retry-After"), "1");
  EXPECT_THAT(answer.body, HasSubstr("rate limit exceeded"));
  EXPECT_EQ(engine_.get("a").value(), std::nullopt);
  EXPECT_EQ(engine_.get("b").value(), std::nullopt);
}

}  // namespace
}  // namespace quartz::server
