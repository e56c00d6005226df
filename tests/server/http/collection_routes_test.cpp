#include "server/http/collection_routes.hpp"

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/vector_collection.hpp"
#include "server/component_bytes.hpp"
#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kIsVectors = "Content-Type: application/vnd.quartz.f32\r\n";
constexpr std::string_view kDocs = "/api/v1/collections/docs";

std::string number_bytes(std::uint32_t number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

class CollectionsOverHttp : public ServedEngine {
 protected:
  RawResponse put(std::string_view path, std::string_view body) {
    return ask("PUT", std::string(kDocs).append(path), kIsJson, body);
  }
  RawResponse post(std::string_view path, std::string_view body,
                   std::string_view headers = kIsJson) {
    return ask("POST", std::string(kDocs).append(path), headers, body);
  }

  void make_docs() {
    ASSERT_EQ(put("", R"({"dimensions": 2, "metric": "l2"})").status, 201);
    const RawResponse stored = put("/points", R"([
      {"id": "a", "vector": [1, 0], "payload": {"lang": "en", "year": 2020}},
      {"id": "b", "vector": [0, 1.0], "payload": {"lang": "de"}},
      {"id": "c", "vectors": [[5, 5], [0.5, 0.5]]}])");
    ASSERT_EQ(stored.status, 200) << stored.body;
    ASSERT_EQ(stored.body, R"({"upserted":3})");
  }

  static std::vector<std::string> ids_of(const boost::json::value& hits) {
    std::vector<std::string> ids;
    for (const auto& hit : hits.as_array()) ids.emplace_back(hit.at("id").as_string().c_str());
    return ids;
  }
  std::vector<std::string> found(std::string_view path, std::string_view body,
                                 std::string_view headers = kIsJson) {
    const RawResponse response = post(path, body, headers);
    EXPECT_EQ(response.status, 200) << response.body;
    if (response.status != 200) return {};
    return ids_of(boost::json::parse(response.body).at("hits"));
  }
};

TEST_F(CollectionsOverHttp, a_collection_is_made_described_and_dropped) {
  const std::string_view config =
      R"({"dimensions": 3, "metric": "dot", "quantization": "f16", "m": 8, "ef_construction": 50,
          "payload_indexes": [{"field": "lang", "kind": "keyword"}]})";
  EXPECT_EQ(put("", config).status, 201);
  EXPECT_EQ(put("", config).status, 200);
  EXPECT_EQ(put("", R"({"dimensions": 4})").status, 409);
  EXPECT_EQ(ask("GET", "/api/v1/collections").body, R"({"collections":[{"name":"docs"}]})");
  const auto described = boost::json::parse(ask("GET", kDocs).body);
  EXPECT_EQ(described.at("config").at("dimensions"), 3);
  EXPECT_EQ(described.at("config").at("metric"), "dot");
  EXPECT_EQ(described.at("config").at("quantization"), "f16");
  EXPECT_EQ(described.at("config").at("payload_indexes").at(0).at("field"), "lang");
  EXPECT_EQ(described.at("points"), 0);
  EXPECT_EQ(ask("DELETE", kDocs).status, 204);
  EXPECT_EQ(ask("DELETE", kDocs).status, 404);
  EXPECT_EQ(ask("GET", kDocs).status, 404);
  EXPECT_EQ(ask("GET", "/api/v1/collections").body, R"({"collections":[]})");
}

TEST_F(CollectionsOverHttp, a_configuration_that_makes_no_sense_is_refused) {
  for (const char* body :
       {"", "[]", "{}", R"({"dimensions": 0})", R"({"dimensions": 5000})",
        R"({"dimensions": 2, "metric": "manhattan"})", R"({"dimensions": 2, "m": 1})",
        R"({"dimensions": 2, "size": 1})", R"({"dimensions": 2, "payload_indexes": [1]})",
        R"({"dimensions": 2, "payload_indexes": [{"field": "a", "kind": "text"}]})"}) {
    EXPECT_EQ(put("", body).status, 400) << body;
  }
  EXPECT_EQ(ask("PUT", "/api/v1/collections/a%2Fb", kIsJson, R"({"dimensions": 2})").status, 400);
  EXPECT_EQ(ask("GET", "/api/v1/collections").body, R"({"collections":[]})");
}

TEST_F(CollectionsOverHttp, points_are_stored_and_told_back) {
  make_docs();
  EXPECT_EQ(ask("GET", "/api/v1/collections/docs/points/a").body,
            R"({"id":"a","vectors":[[1,0]],"payload":{"lang":"en","year":2020}})");
  EXPECT_EQ(ask("GET", "/api/v1/collections/docs/points/c").body,
            R"({"id":"c","vectors":[[5,5],[0.5,0.5]],"payload":null})");
  EXPECT_EQ(ask("DELETE", "/api/v1/collections/docs/points/a").status, 204);
  EXPECT_EQ(ask("DELETE", "/api/v1/collections/docs/points/a").status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/collections/docs/points/a").status, 404);
  EXPECT_EQ(ask("GET", "/api/v1/collections/none/points/a").status, 404);
}

TEST_F(CollectionsOverHttp, points_of_one_request_are_stored_all_or_none) {
  make_docs();
  for (const char* body :
       {R"([{"id": "x", "vector": [1, 2]}, {"id": "y", "vector": [1]}])",
        R"([{"id": "x", "vector": [1, 2]}, {"id": "y"}])", R"([{"id": "x", "vector": [1, "2"]}])",
        R"([{"id": 1, "vector": [1, 2]}])", R"([{"id": "x", "vector": [1, 2], "payload": [1]}])",
        R"([{"id": "x", "vector": [1, 2], "colour": "red"}])", R"({"vectors": []})", "[1]"}) {
    EXPECT_EQ(put("/points", body).status, 400) << body;
  }
  EXPECT_EQ(ask("GET", "/api/v1/collections/docs/points/x").status, 404);
  EXPECT_EQ(put("/points", R"({"points": [{"id": {"b64": "/w=="}, "vector": [1, 2]}]})").status,
            200);
  EXPECT_EQ(ask("GET", "/api/v1/collections/docs/points/%FF").body,
            R"({"id":{"b64":"/w=="},"vectors":[[1,2]],"payload":null})");
}

TEST_F(CollectionsOverHttp, points_may_come_as_bytes) {
  make_docs();
  std::string body = number_bytes(2) + number_bytes(7) + "p1" + R"({"n":1})" + bytes_of({9, 9});
  body += number_bytes(2) + number_bytes(0) + "p2" + bytes_of({8, 8});
  const auto target = std::string(kDocs) + "/points";
  EXPECT_EQ(ask("PUT", target, kIsVectors, body).body, R"({"upserted":2})");
  EXPECT_EQ(ask("GET", target + "/p1").body, R"({"id":"p1","vectors":[[9,9]],"payload":{"n":1}})");
  for (std::size_t cut : {std::size_t{1}, std::size_t{6}, body.size() - 1}) {
    EXPECT_EQ(ask("PUT", target, kIsVectors, body.substr(0, cut)).status, 400) << cut;
  }
}

TEST_F(CollectionsOverHttp, the_nearest_points_are_found) {
  make_docs();
  EXPECT_THAT(found("/query", R"({"vector": [1, 0.1], "k": 2})"), ElementsAre("a", "c"));
  EXPECT_THAT(found("/query", R"({"vector": [1, 0.1], "k": 9, "exact": true})"),
              ElementsAre("a", "c", "b"));
  EXPECT_THAT(found("/query", R"({"vector": [1, 0], "filter": "lang == 'de'"})"), ElementsAre("b"));
  EXPECT_THAT(found("/query", R"({"id": "a", "k": 1})"), ElementsAre("c"));
  EXPECT_THAT(found("/query?k=1", bytes_of({0, 1}), kIsVectors), ElementsAre("b"));
  EXPECT_EQ(
      post("/query", R"({"vector": [0, 1], "k": 1, "with_payload": true, "recall": 0.9})").body,
      R"({"hits":[{"id":"b","score":0,"payload":{"lang":"de"}}]})");
  EXPECT_EQ(
      post("/query", R"({"vector": [0, 1], "k": 1, "with_vectors": true, "ef_search": 50})").body,
      R"({"hits":[{"id":"b","score":0,"vectors":[[0,1]]}]})");
  EXPECT_EQ(post("/query", R"({"id": "none"})").status, 404);
}

TEST_F(CollectionsOverHttp, a_query_that_makes_no_sense_is_refused) {
  make_docs();
  for (const char* body :
       {"", "{}", R"({"vector": [1]})", R"({"vector": [1, 2], "id": "a"})",
        R"({"vector": [1, 2], "k": 0})", R"({"vector": [1, 2], "filter": "lang =="})",
        R"({"vector": [1, 2], "filter": ""})", R"({"vector": [1, 2], "recall": 2})",
        R"({"vector": [1, 2], "top": 3})", R"({"vector": [1e39, 2]})"}) {
    EXPECT_EQ(post("/query", body).status, 400) << body;
  }
  EXPECT_EQ(post("/query", "123", kIsVectors).status, 400);
  EXPECT_EQ(post("/query?recall=x", bytes_of({0, 1}), kIsVectors).status, 400);
  EXPECT_EQ(ask("POST", "/api/v1/collections/none/query", kIsJson, R"({"vector": [1, 2]})").status,
            404);
}

TEST_F(CollectionsOverHttp, several_queries_are_answered_together) {
  make_docs();
  const std::string expected = R"({"results":[[{"id":"a","score":0}],[{"id":"b","score":0}]]})";
  EXPECT_EQ(post("/query/batch", R"({"vectors": [[1, 0], [0, 1]], "k": 1})").body, expected);
  EXPECT_EQ(post("/query/batch?k=1", bytes_of({1, 0, 0, 1}), kIsVectors).body, expected);
  EXPECT_EQ(post("/query/batch", R"({"vectors": [[1, 0], [0]], "k": 1})").status, 400);
  EXPECT_EQ(post("/query/batch", R"({"k": 1})").status, 400);
}

TEST_F(CollectionsOverHttp, a_batch_asks_for_no_more_hits_than_memory_has_room_for) {
  make_docs();
  std::string vectors = "[1,0]";
  for (int i = 1; i < 10; ++i) vectors += ",[1,0]";
  const std::string full = R"({"k": 10000, "vectors": [)" + vectors;
  EXPECT_EQ(post("/query/batch", full + "]}").status, 200);
  const RawResponse refused = post("/query/batch", full + ",[0,1]]}");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("100000"));
}

TEST_F(CollectionsOverHttp, members_that_are_there_twice_are_refused) {
  make_docs();
  for (const char* body : {R"({"vector": [1], "vector": [0]})", R"({"id": "a", "id": "b"})",
                           R"({"vector": [1, 0], "k": 1, "k": 2})"}) {
    EXPECT_EQ(post("/query", body).status, 400) << body;
  }
  EXPECT_EQ(post("/query/batch", R"({"vectors": [[1, 0]], "vectors": [[0, 1]]})").status, 400);
  EXPECT_EQ(ask("PUT", std::string(kDocs) + "/points", kIsJson,
                R"([{"id": "a", "vector": [1, 0], "vector": [0, 1]}])")
                .status,
            400);
  // Payloads are the user's, and may have many.
  std::string many;
  for (int i = 0; i < 100; ++i) many += (i == 0 ? "\"m" : ", \"m") + std::to_string(i) + "\": 1";
  const std::string point = R"([{"id": "a", "vector": [1, 0], "payload": {)" + many + "}}]";
  EXPECT_EQ(ask("PUT", std::string(kDocs) + "/points", kIsJson, point).status, 200);
}

TEST_F(CollectionsOverHttp, a_page_of_large_points_ends_early) {
  make_docs();
  const std::string payload(300'000, 'x');
  for (const char* id : {"l1", "l2", "l3", "l4", "l5", "l6"}) {
    const std::string body = R"([{"id": ")" + std::string(id) +
                             R"(", "vector": [1, 0], "payload": {"text": ")" + payload + "\"}}]";
    ASSERT_EQ(ask("PUT", std::string(kDocs) + "/points", kIsJson, body).status, 200);
  }
  std::vector<std::string> all;
  std::string after = "null";
  std::size_t pages = 0;
  for (; after != "null" || pages == 0; ++pages) {
    const RawResponse page = post("/scroll", R"({"limit": 1000, "after": )" + after + "}");
    ASSERT_EQ(page.status, 200);
    EXPECT_LT(page.body.size(), 1'600'000U);
    const auto parsed = boost::json::parse(page.body);
    for (const std::string& id : ids_of(parsed.at("points"))) all.push_back(id);
    after = boost::json::serialize(parsed.at("next"));
  }
  EXPECT_EQ(pages, 2U);
  EXPECT_THAT(all, ElementsAre("a", "b", "c", "l1", "l2", "l3", "l4", "l5", "l6"));
}

TEST_F(CollectionsOverHttp, a_query_is_explained) {
  make_docs();
  const auto explained = boost::json::parse(post("/explain", R"({"vector": [1, 0], "k": 1})").body);
  EXPECT_FALSE(explained.at("plan").as_string().empty());
  EXPECT_EQ(explained.at("points"), 3);
  EXPECT_THAT(ids_of(explained.at("hits")), ElementsAre("a"));
  EXPECT_EQ(post("/explain", R"({"id": "none"})").status, 404);
}

TEST_F(CollectionsOverHttp, points_are_scrolled_through_page_by_page) {
  make_docs();
  const auto first = boost::json::parse(post("/scroll", R"({"limit": 2})").body);
  EXPECT_THAT(ids_of(first.at("points")), ElementsAre("a", "b"));
  EXPECT_EQ(first.at("next"), "b");
  const auto second = boost::json::parse(
      post("/scroll", R"({"limit": 2, "after": "b", "with_vectors": false})").body);
  EXPECT_THAT(ids_of(second.at("points")), ElementsAre("c"));
  EXPECT_TRUE(second.at("next").is_null());
  EXPECT_FALSE(second.at("points").at(0).as_object().contains("vectors"));
  EXPECT_EQ(boost::json::parse(post("/scroll", "").body).at("points").as_array().size(), 3u);
  EXPECT_EQ(post("/scroll", R"({"limit": 0})").status, 400);
  EXPECT_EQ(post("/scroll", R"({"filter": "lang =="})").status, 400);
}

TEST_F(CollectionsOverHttp, what_the_application_does_with_a_collection_is_seen) {
  make_docs();
  auto docs = VectorCollection::open(engine_, "docs").value();
  ASSERT_TRUE(docs.upsert("mine", std::vector{3.0F, 3.0F}));
  EXPECT_THAT(found("/query", R"({"vector": [3, 3], "k": 1})"), ElementsAre("mine"));
  ASSERT_TRUE(VectorCollection::drop(engine_, "docs"));
  EXPECT_EQ(post("/query", R"({"vector": [3, 3]})").status, 503);
  EXPECT_EQ(post("/query", R"({"vector": [3, 3]})").status, 404);
}

TEST_F(CollectionsOverHttp, many_clients_write_and_search_at_the_same_time) {
  make_docs();
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&, client] {
      for (int round = 0; round < 20; ++round) {
        const std::string id = std::to_string(client) + "-" + std::to_string(round);
        const std::string body = R"([{"id": ")" + id + R"(", "vector": [)" +
                                 std::to_string(client) + "," + std::to_string(round) + "]}]";
        EXPECT_EQ(fetch(port(), "PUT", std::string(kDocs) + "/points", kIsJson, body).status, 200);
        EXPECT_EQ(
            fetch(port(), "POST", std::string(kDocs) + "/query", kIsJson, R"({"vector": [1, 1]})")
                .status,
            200);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(boost::json::parse(ask("GET", kDocs).body).at("points"), 83);
}

}  // namespace
}  // namespace quartz::server
