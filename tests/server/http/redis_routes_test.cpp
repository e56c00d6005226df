#include "server/http/redis_routes.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/vector_collection.hpp"
#include "server/http/reply_json.hpp"
#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

class RedisOverHttp : public ServedEngine {
 protected:
  std::string post(std::string_view path, std::string_view body, std::string_view headers = {}) {
    return ask("POST", path, std::string(kIsJson).append(headers), body).body;
  }
};

std::string json_of(std::string_view reply, ReplyTexts texts = ReplyTexts::plain) {
  protocol::RespReplyParser parser;
  EXPECT_EQ(parser.advance(reply), protocol::RespReplyParser::Progress::complete);
  std::string text;
  append_outcome(text, parser.nodes(), texts);
  return text;
}

TEST_F(RedisOverHttp, a_command_is_an_array_of_words) {
  EXPECT_EQ(post("/command", R"(["SET", "a", "1"])"), R"({"result":"OK"})");
  EXPECT_EQ(post("/", R"(["GET", "a"])"), R"({"result":"1"})");
  EXPECT_EQ(post("/command", R"(["INCRBY", "a", 41])"), R"({"result":42})");
  EXPECT_EQ(post("/command", R"(["GET", "none"])"), R"({"result":null})");
  EXPECT_EQ(post("/command", R"(["SET", "t", true])"), R"({"result":"OK"})");
  EXPECT_EQ(engine_.get("t").value(), "true");
  EXPECT_EQ(post("/command", R"(["SET", "d", 1.5])"), R"({"result":"OK"})");
  EXPECT_EQ(engine_.get("d").value(), "1.5");
}

TEST_F(RedisOverHttp, keys_are_those_of_the_other_routes) {
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "", "v").status, 204);
  EXPECT_EQ(post("/command", R"(["GET", "k"])"), R"({"result":"v"})");
  EXPECT_EQ(post("/command?db=3", R"(["SET", "k", "three"])"), R"({"result":"OK"})");
  EXPECT_EQ(ask("GET", "/api/v1/kv/k").body, "v");
  EXPECT_EQ(ask("GET", "/api/v1/kv/k?db=3").body, "three");
}

TEST_F(RedisOverHttp, an_error_is_answered_with_400_and_its_text) {
  const RawResponse response = ask("POST", "/command", kIsJson, R"(["NONSENSE"])");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("{\"error\":\"ERR unknown command 'NONSENSE'"));
  for (const char* body : {"", "{", "{}", "[]", "[[\"GET\", \"a\"]]", "[null]", "\"GET a\""}) {
    const RawResponse refused = ask("POST", "/command", kIsJson, body);
    EXPECT_EQ(refused.status, 400) << body;
    EXPECT_THAT(refused.body, HasSubstr("\"error\"")) << body;
  }
}

TEST_F(RedisOverHttp, commands_that_need_a_connection_are_refused) {
  EXPECT_THAT(post("/command", R"(["SUBSCRIBE", "c"])"), HasSubstr("connection of its own"));
  EXPECT_THAT(post("/command", R"(["CLIENT", "REPLY", "OFF"])"),
              HasSubstr("connection of its own"));
}

TEST_F(RedisOverHttp, commands_come_from_where_the_request_did) {
  EXPECT_THAT(post("/command", R"(["CLIENT", "INFO"])"), HasSubstr(" addr=127.0.0.1:"));
}

TEST_F(RedisOverHttp, a_pipeline_answers_each_command) {
  const std::string body =
      post("/pipeline", R"([["SET", "a", "1"], ["INCR", "a"], ["LPUSHX"], ["MGET", "a", "none"]])");
  EXPECT_THAT(body, HasSubstr(R"([{"result":"OK"},{"result":2},{"error":"ERR )"));
  EXPECT_THAT(body, HasSubstr(R"(,{"result":["2",null]}])"));
  EXPECT_EQ(post("/pipeline", "[]"), "[]");
}

TEST_F(RedisOverHttp, what_follows_quit_in_a_pipeline_is_not_run) {
  EXPECT_EQ(post("/pipeline", R"([["QUIT"], ["SET", "a", "1"]])"),
            R"([{"result":"OK"},{"error":"ERR this command was not run"}])");
  EXPECT_EQ(engine_.get("a").value(), std::nullopt);
}

TEST_F(RedisOverHttp, a_transaction_is_all_or_nothing) {
  EXPECT_EQ(post("/multi-exec", R"([["SET", "a", "1"], ["INCR", "a"]])"),
            R"([{"result":"OK"},{"result":2}])");
  const RawResponse refused =
      ask("POST", "/multi-exec", kIsJson, R"([["SET", "a", "9"], ["NONSENSE"]])");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("unknown command"));
  EXPECT_EQ(engine_.get("a").value(), "2");
}

TEST_F(RedisOverHttp, a_transaction_has_no_other_within) {
  for (const char* command : {R"(["MULTI"])", R"(["EXEC"])", R"(["discard"])", R"(["WATCH", "a"])",
                              R"(["UNWATCH"])", R"(["RESET"])", R"(["QUIT"])"}) {
    const RawResponse refused =
        ask("POST", "/multi-exec", kIsJson,
            R"([["SET", "a", "1"], )" + std::string(command) + R"(, ["SET", "b", "2"]])");
    EXPECT_EQ(refused.status, 400) << command;
    EXPECT_THAT(refused.body, HasSubstr("within a transaction")) << command;
    EXPECT_EQ(engine_.get("a").value(), std::nullopt) << command;
    EXPECT_EQ(engine_.get("b").value(), std::nullopt) << command;
  }
}

TEST_F(RedisOverHttp, texts_are_in_base64_if_the_client_asks_for_it) {
  ASSERT_TRUE(engine_.put("bytes", "\xFF"));
  EXPECT_EQ(post("/command", R"(["GET", "bytes"])"), R"({"result":{"b64":"/w=="}})");
  EXPECT_EQ(post("/command", R"(["GET", "bytes"])", "Upstash-Encoding: base64\r\n"),
            R"({"result":"/w=="})");
  EXPECT_EQ(post("/command", R"(["SET", "a", "1"])", "Upstash-Encoding: base64\r\n"),
            R"({"result":"OK"})");
}

TEST_F(RedisOverHttp, commands_wait_for_the_end_of_a_pause) {
  EXPECT_EQ(post("/command", R"(["CLIENT", "PAUSE", 200, "WRITE"])"), R"({"result":"OK"})");
  EXPECT_EQ(post("/pipeline", R"([["GET", "a"], ["SET", "a", "1"], ["GET", "a"]])"),
            R"([{"result":null},{"result":"OK"},{"result":"1"}])");
}

TEST_F(RedisOverHttp, commands_go_on_when_a_pause_is_ended) {
  EXPECT_EQ(post("/command", R"(["CLIENT", "PAUSE", 100000, "WRITE"])"), R"({"result":"OK"})");
  RawClient held(port());
  held.send(request_text("POST", "/multi-exec", kIsJson, R"([["SET", "a", "1"]])"));
  EXPECT_EQ(post("/command", R"(["GET", "a"])"), R"({"result":null})");
  EXPECT_EQ(post("/command", R"(["CLIENT", "UNPAUSE"])"), R"({"result":"OK"})");
  EXPECT_EQ(held.receive().body, R"([{"result":"OK"}])");
}

TEST_F(RedisOverHttp, a_server_stops_although_commands_are_held) {
  EXPECT_EQ(post("/command", R"(["CLIENT", "PAUSE", 100000000, "WRITE"])"), R"({"result":"OK"})");
  RawClient held(port());
  held.send(request_text("POST", "/command", kIsJson, R"(["SET", "a", "1"])"));
  EXPECT_EQ(post("/command", R"(["GET", "a"])"), R"({"result":null})");
  server_.reset();
}

TEST(ReplyAsJson, every_type_has_a_form) {
  EXPECT_EQ(json_of("$-1\r\n"), R"({"result":null})");
  EXPECT_EQ(json_of("_\r\n"), R"({"result":null})");
  EXPECT_EQ(json_of("#t\r\n"), R"({"result":true})");
  EXPECT_EQ(json_of(",1.5\r\n"), R"({"result":1.5})");
  EXPECT_EQ(json_of(",inf\r\n"), R"({"result":"inf"})");
  EXPECT_EQ(json_of("%1\r\n+a\r\n:1\r\n"), R"({"result":["a",1]})");
  EXPECT_EQ(json_of("*2\r\n*1\r\n:1\r\n*0\r\n"), R"({"result":[[1],[]]})");
  EXPECT_EQ(json_of("|1\r\n+k\r\n:1\r\n:2\r\n"), R"({"result":2})");
  EXPECT_EQ(json_of("*2\r\n|1\r\n+k\r\n:1\r\n:2\r\n:3\r\n"), R"({"result":[2,3]})");
  EXPECT_EQ(json_of("-ERR no\r\n"), R"({"error":"ERR no"})");
  EXPECT_EQ(json_of("*2\r\n+OK\r\n+PONG\r\n", ReplyTexts::base64),
            R"({"result":["OK","UE9ORw=="]})");
}

TEST_F(RedisOverHttp, vector_sets_are_collections_of_the_other_routes) {
  EXPECT_EQ(post("/command", R"(["VADD", "v", "VALUES", 2, 1, 0, "east"])"), R"({"result":1})");
  const auto names = VectorCollection::list(engine_);
  ASSERT_EQ(names.size(), 1U);
  const std::string collection = "/api/v1/collections/" + names.front();
  EXPECT_THAT(ask("GET", "/api/v1/collections").body, HasSubstr(names.front()));
  const auto stored = ask("PUT", collection + "/points", kIsJson,
                          R"([{"id": "north", "vector": [0, 2], "payload": {"cold": true}}])");
  EXPECT_EQ(stored.status, 200) << stored.body;
  EXPECT_EQ(post("/command", R"(["VSIM", "v", "ELE", "north", "FILTER", ".cold"])"),
            R"({"result":["north"]})");
  EXPECT_EQ(post("/pipeline", R"([["VCARD", "v"], ["VGETATTR", "v", "north"], ["TYPE", "v"]])"),
            R"([{"result":2},{"result":"{\"cold\":true}"},{"result":"vectorset"}])");
  EXPECT_EQ(post("/multi-exec", R"([["VREM", "v", "east"], ["VCARD", "v"]])"),
            R"([{"result":1},{"result":1}])");
  EXPECT_THAT(ask("POST", collection + "/query", kIsJson, R"({"vector": [1, 1]})").body,
              HasSubstr("north"));
}

TEST_F(RedisOverHttp, names_of_vector_sets_are_not_for_others) {
  const auto refused =
      ask("PUT", "/api/v1/collections/vset.0.1.k", kIsJson, R"({"dimensions": 2})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("VADD"));
  const auto kept = ask("DELETE", "/api/v1/collections/vset.0.1.k");
  EXPECT_EQ(kept.status, 409);
}

}  // namespace
}  // namespace quartz::server
