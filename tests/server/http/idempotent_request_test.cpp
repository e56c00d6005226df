#include "server/http/idempotent_request.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

class IdempotentRequests : public ServedEngine {
 protected:
  static std::string key(std::string_view text) {
    return "Idempotency-Key: " + std::string(text) + "\r\n";
  }
  static std::string json(std::string_view text) {
    return "Content-Type: application/json\r\n" + key(text);
  }
  RawResponse increment(std::string_view with) {
    return ask("PATCH", "/api/v1/kv/n", json(with), R"({"increment":1})");
  }
};

TEST_F(IdempotentRequests, are_carried_out_once_and_answered_each_time) {
  const RawResponse first = increment("a");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, R"({"value":1})");
  EXPECT_EQ(first.header("Idempotency-Replayed"), "");
  const RawResponse again = increment("a");
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, R"({"value":1})");
  EXPECT_EQ(again.header("Content-Type"), "application/json");
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  // As structured headers write it.
  EXPECT_EQ(increment("\"a\"").body, R"({"value":1})");
  EXPECT_EQ(increment("b").body, R"({"value":2})");
  EXPECT_EQ(engine_.get("n").value(), "2");
}

TEST_F(IdempotentRequests, are_answered_again_although_the_world_has_moved_on) {
  EXPECT_EQ(ask("POST", "/api/v1/kv/k", key("create"), "v").status, 201);
  const RawResponse put = ask("PUT", "/api/v1/kv/k", key("put") + "If-Match: *\r\n", "w");
  EXPECT_EQ(put.status, 204);
  EXPECT_EQ(ask("DELETE", "/api/v1/kv/k", key("delete")).status, 204);
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "", "newer").status, 204);

  EXPECT_EQ(ask("POST", "/api/v1/kv/k", key("create"), "v").status, 201);
  const RawResponse again = ask("PUT", "/api/v1/kv/k", key("put") + "If-Match: *\r\n", "w");
  EXPECT_EQ(again.status, 204);
  EXPECT_EQ(again.header("ETag"), put.header("ETag"));
  EXPECT_EQ(ask("DELETE", "/api/v1/kv/k", key("delete")).status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/kv/k").body, "newer");
}

TEST_F(IdempotentRequests, are_batches_too) {
  const std::string_view batch =
      R"({"conditions":[{"key":"k","exists":false}],"operations":[{"put":"k","value":"v"}]})";
  EXPECT_EQ(ask("POST", "/api/v1/batch", json("a"), batch).body, R"({"applied":1})");
  EXPECT_EQ(ask("POST", "/api/v1/batch", json("a"), batch).body, R"({"applied":1})");
  EXPECT_EQ(ask("POST", "/api/v1/batch", json("b"), batch).status, 412);
}

TEST_F(IdempotentRequests, refuse_another_request_with_the_same_key) {
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", key("a"), "v").status, 204);
  const auto refuses = [&](const RawResponse& response) {
    EXPECT_EQ(response.status, 422);
    EXPECT_THAT(response.body, HasSubstr(R"("code":"idempotency_key_reused")"));
    EXPECT_THAT(response.body, HasSubstr(R"("executed":false)"));
  };
  refuses(ask("PUT", "/api/v1/kv/k", key("a"), "w"));
  refuses(ask("PUT", "/api/v1/kv/l", key("a"), "v"));
  refuses(ask("PUT", "/api/v1/kv/k?ttl=5", key("a"), "v"));
  refuses(ask("PUT", "/api/v1/kv/k", key("a") + "Quartz-TTL: 5\r\n", "v"));
  refuses(ask("PUT", "/api/v1/kv/k", key("a") + "If-Match: *\r\n", "v"));
  refuses(ask("POST", "/api/v1/kv/k", key("a"), "v"));
  EXPECT_EQ(ask("GET", "/api/v1/kv/k").body, "v");
}

TEST_F(IdempotentRequests, that_were_refused_may_be_tried_again) {
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", key("a") + "If-Match: *\r\n", "v").status, 412);
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "", "there").status, 204);
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", key("a") + "If-Match: *\r\n", "v").status, 204);
}

TEST_F(IdempotentRequests, need_a_key_that_is_one) {
  for (const std::string& headers :
       {key(""), key("\"\""), key(std::string(256, 'x')), key("a") + key("b")}) {
    EXPECT_EQ(ask("PUT", "/api/v1/kv/k", headers, "v").status, 400) << headers;
  }
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", key(std::string(255, 'x')), "v").status, 204);
}

TEST_F(IdempotentRequests, are_refused_while_too_many_keys_are_remembered) {
  ServerConfig config = small_config();
  config.idempotency.keys_max = 1;
  serve(config);
  EXPECT_EQ(increment("a").status, 200);
  const RawResponse refused = increment("b");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"idempotency_keys_full")"));
  EXPECT_THAT(refused.body, HasSubstr(R"("retryable":true)"));
  EXPECT_EQ(increment("a").status, 200);
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "", "v").status, 204);
}

TEST_F(IdempotentRequests, say_that_they_were_done_where_the_response_was_large) {
  ServerConfig config = small_config();
  config.idempotency.reply_bytes_max = 0;
  serve(config);
  EXPECT_EQ(increment("a").status, 200);
  const RawResponse again = increment("a");
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, HasSubstr(R"("executed":true)"));
  EXPECT_EQ(engine_.get("n").value(), "1");
}

TEST_F(IdempotentRequests, name_each_command_of_a_request_by_its_place) {
  const auto post = [&](std::string_view path, std::string_view with, std::string_view body) {
    return ask("POST", path, json(with), body).body;
  };
  EXPECT_EQ(post("/command", "a", R"(["INCR","n"])"), R"({"result":1})");
  EXPECT_EQ(post("/command", "a", R"(["INCR","n"])"), R"({"result":1})");
  EXPECT_THAT(post("/command", "a", R"(["INCR","m"])"), HasSubstr("ONCEREUSED"));
  const std::string_view commands = R"([["INCR","n"],["GET","n"],["INCR","n"]])";
  EXPECT_EQ(post("/pipeline", "b", commands), R"([{"result":2},{"result":"2"},{"result":3}])");
  EXPECT_EQ(post("/pipeline", "b", commands), R"([{"result":2},{"result":"3"},{"result":3}])");
  EXPECT_EQ(post("/multi-exec", "c", commands), R"([{"result":4},{"result":"4"},{"result":5}])");
  EXPECT_EQ(post("/multi-exec", "c", commands), R"([{"result":4},{"result":"5"},{"result":5}])");
  EXPECT_THAT(post("/command", "d", R"(["VADD","v","VALUES","1","1","a"])"),
              HasSubstr("cannot have an Idempotency-Key"));
  EXPECT_EQ(engine_.get("n").value(), "5");
}

TEST_F(IdempotentRequests, are_no_clients_of_the_same_name) {
  const auto post = [&](const std::string& headers, std::string_view body) {
    return ask("POST", "/command", "Content-Type: application/json\r\n" + headers, body).body;
  };
  EXPECT_EQ(post(key("me"), R"(["INCR","n"])"), R"({"result":1})");
  EXPECT_EQ(post("", R"(["QUARTZ.ONCE","me","0","INCR","n"])"), R"({"result":2})");
  EXPECT_EQ(post(key("me"), R"(["INCR","n"])"), R"({"result":1})");
  EXPECT_EQ(post("", R"(["QUARTZ.ONCE","me","0","INCR","n"])"), R"({"result":2})");
  EXPECT_THAT(post(key("other"), R"(["QUARTZ.ONCE","me","1","INCR","n"])"),
              HasSubstr("cannot have an Idempotency-Key"));
}

TEST_F(IdempotentRequests, have_their_key_among_all_routes) {
  EXPECT_EQ(increment("a").status, 200);
  EXPECT_THAT(ask("POST", "/command", json("a"), R"(["INCR","n"])").body, HasSubstr("ONCEREUSED"));
  EXPECT_EQ(ask("POST", "/command", json("b"), R"(["INCR","n"])").body, R"({"result":2})");
  EXPECT_EQ(increment("b").status, 422);
  EXPECT_EQ(engine_.get("n").value(), "2");
}

TEST_F(IdempotentRequests, are_carried_out_by_one_of_those_who_try_at_the_same_time) {
  serve();
  constexpr int kRounds = 50;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      RawClient client(port());
      for (int round = 1; round <= kRounds; ++round) {
        client.send(request_text("PATCH", "/api/v1/kv/n", json(std::to_string(round)),
                                 R"({"increment":1})"));
        const RawResponse response = client.receive();
        if (response.body != R"({"value":)" + std::to_string(round) + "}") ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(engine_.get("n").value(), std::to_string(kRounds));
}

}  // namespace
}  // namespace quartz::server
