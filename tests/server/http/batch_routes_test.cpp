#include "server/http/batch_routes.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

class Batches : public ServedEngine {
 protected:
  RawResponse write(std::string_view body, std::string_view query = {}) {
    return ask("POST", std::string("/api/v1/batch").append(query), kIsJson, body);
  }
};

TEST_F(Batches, several_keys_are_written_together) {
  ASSERT_TRUE(engine_.put("old", "x"));
  const RawResponse written = write(R"({"operations": [{"put": "a", "value": "1"},
      {"put": {"b64": "/w=="}, "value": {"b64": "AA=="}, "ttl": 100}, {"delete": "old"},
      {"delete": "none"}]})");
  EXPECT_EQ(written.status, 200);
  EXPECT_EQ(written.body, R"({"applied":4})");
  EXPECT_EQ(engine_.get("a").value(), "1");
  EXPECT_EQ(engine_.get("\xFF").value(), std::string(1, '\0'));
  EXPECT_TRUE(engine_.get_pinned("\xFF").value()->attributes().expires_at);
  EXPECT_EQ(engine_.get("old").value(), std::nullopt);
  EXPECT_EQ(write("{}").body, R"({"applied":0})");
}

TEST_F(Batches, later_operations_see_earlier_ones) {
  EXPECT_EQ(write(R"({"operations": [{"put": "a", "value": "1"}, {"delete": "a"},
                      {"put": "a", "value": "2"}]})")
                .status,
            200);
  EXPECT_EQ(engine_.get("a").value(), "2");
}

TEST_F(Batches, nothing_is_written_unless_all_conditions_hold) {
  ASSERT_TRUE(engine_.put("a", "1"));
  const std::string tag = ask("GET", "/api/v1/kv/a").header("ETag");
  const std::string escaped = "\\\"" + tag.substr(1, tag.size() - 2) + "\\\"";
  for (const std::string& condition : {std::string(R"({"key": "a", "exists": true})"),
                                       std::string(R"({"key": "a", "value": "1"})"),
                                       std::string(R"({"key": "b", "exists": false})"),
                                       R"({"key": "a", "etag": ")" + escaped + "\"}"}) {
    EXPECT_EQ(write(R"({"conditions": [)" + condition + "], \"operations\": []}").status, 200)
        << condition;
  }
  for (const char* condition : {R"({"key": "a", "exists": false})", R"({"key": "a", "value": "2"})",
                                R"({"key": "b", "exists": true})", R"({"key": "b", "value": ""})",
                                R"({"key": "a", "etag": "\"x\""})"}) {
    const RawResponse refused =
        write(R"({"conditions": [{"key": "a", "exists": true}, )" + std::string(condition) +
              R"(], "operations": [{"put": "c", "value": "3"}]})");
    EXPECT_EQ(refused.status, 412) << condition;
    EXPECT_THAT(refused.body, HasSubstr("condition 1")) << condition;
  }
  EXPECT_EQ(engine_.get("c").value(), std::nullopt);
}

TEST_F(Batches, a_key_of_another_kind_lets_nothing_be_written) {
  const RowAttributes hash{.kind = 1};
  ASSERT_TRUE(engine_.put("h", std::string(16, '\0'), hash));
  const RawResponse refused =
      write(R"({"operations": [{"put": "a", "value": "1"}, {"put": "h", "value": "1"}]})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("wrong_kind"));
  EXPECT_EQ(engine_.get("a").value(), std::nullopt);
}

TEST_F(Batches, a_batch_of_another_shape_is_refused) {
  for (const char* body :
       {"", "[]", R"({"operation": []})", R"({"operations": {}})", R"({"operations": [{}]})",
        R"({"operations": [{"put": "a"}]})", R"({"operations": [{"put": "a", "delete": "a"}]})",
        R"({"operations": [{"delete": "a", "value": "1"}]})",
        R"({"operations": [{"put": "a", "value": 1}]})",
        R"({"operations": [{"put": "a", "value": "1", "ttl": 0}]})",
        R"({"conditions": [{"key": "a"}]})",
        R"({"conditions": [{"key": "a", "exists": true, "value": "1"}]})",
        R"({"conditions": [{"exists": true, "value": "1"}]})"}) {
    EXPECT_EQ(write(body).status, 400) << body;
  }
}

TEST_F(Batches, a_member_that_is_there_twice_is_refused) {
  for (const char* body : {R"({"conditions": [{"key": "a", "key": "a"}], "operations": []})",
                           R"({"conditions": [{"exists": true, "exists": true}]})",
                           R"({"conditions": [{"key": "a", "exists": true, "exists": false}]})",
                           R"({"operations": [{"put": "a", "put": "b", "value": "1"}]})",
                           R"({"operations": [{"delete": "a", "delete": "b"}]})",
                           R"({"operations": [], "operations": [{"delete": "a"}]})"}) {
    const RawResponse refused = write(body);
    EXPECT_EQ(refused.status, 400) << body;
    EXPECT_THAT(refused.body, HasSubstr("twice")) << body;
  }
  std::string many = R"({"operations": [{)";
  for (int i = 0; i < 1000; ++i) many += "\"m" + std::to_string(i) + "\": 1, ";
  EXPECT_EQ(write(many + R"("put": "a"}]})").status, 400);
  EXPECT_EQ(ask("GET", "/livez").status, 200);
}

TEST_F(Batches, of_many_that_compare_and_set_none_is_lost) {
  ASSERT_TRUE(engine_.put("n", "0"));
  serve();
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&] {
      for (int done = 0; done < 10;) {
        const std::string seen = fetch(port(), "GET", "/api/v1/kv/n").body;
        const std::string next = std::to_string(std::stoi(seen) + 1);
        const RawResponse response =
            fetch(port(), "POST", "/api/v1/batch", kIsJson,
                  R"({"conditions": [{"key": "n", "value": ")" + seen +
                      R"("}], "operations": [{"put": "n", "value": ")" + next + "\"}]}");
        if (response.status == 200) ++done;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(engine_.get("n").value(), "40");
}

TEST_F(Batches, databases_and_keyspaces_are_listed) {
  EXPECT_EQ(write(R"({"operations": [{"put": "a", "value": "1"}]})", "?db=4").status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/kv/a?db=4").body, "1");
  const auto databases = boost::json::parse(ask("GET", "/api/v1/databases").body);
  EXPECT_EQ(databases.at("databases").as_array().size(), 2u);
  EXPECT_EQ(databases.at("databases").at(1).at("number"), 4);
  EXPECT_EQ(databases.at("databases").at(1).at("keyspace"), "rows.4");
  const auto keyspaces = boost::json::parse(ask("GET", "/api/v1/keyspaces").body);
  EXPECT_EQ(keyspaces.at("keyspaces").at(0).at("name"), "default");
}

}  // namespace
}  // namespace quartz::server
