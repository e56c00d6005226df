#include "server/http/kv_routes.hpp"

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/http/percent_encoding.hpp"
#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kAsksJson = "Accept: application/json\r\n";

class KeyValueRoutes : public ServedEngine {
 protected:
  std::string tag_of(std::string_view key) {
    return ask("GET", "/api/v1/kv/" + std::string(key)).header("ETag");
  }

  boost::json::value list(std::string_view query) {
    const RawResponse response = ask("GET", "/api/v1/kv?" + std::string(query));
    EXPECT_EQ(response.status, 200) << response.body;
    return boost::json::parse(response.body);
  }

  static std::vector<std::string> keys_of(const boost::json::value& page) {
    std::vector<std::string> keys;
    for (const auto& row : page.at("rows").as_array()) {
      keys.emplace_back(row.at("key").as_string().c_str());
    }
    return keys;
  }
};

TEST_F(KeyValueRoutes, a_value_is_the_bytes_that_were_put) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "Content-Type: image/png\r\n", bytes).status, 204);
  const RawResponse response = ask("GET", "/api/v1/kv/k");
  EXPECT_EQ(response.body, bytes);
  EXPECT_EQ(response.header("Content-Type"), "application/octet-stream");
  EXPECT_EQ(engine_.get("k").value(), bytes);
}

TEST_F(KeyValueRoutes, a_key_may_be_any_bytes) {
  std::string key;
  for (int byte = 0; byte < 256; ++byte) key += static_cast<char>(byte);
  EXPECT_EQ(ask("PUT", "/api/v1/kv/" + percent_encoded(key), "", "v").status, 204);
  EXPECT_EQ(engine_.get(key).value(), "v");
  EXPECT_EQ(ask("DELETE", "/api/v1/kv/" + percent_encoded(key)).status, 204);
  EXPECT_EQ(engine_.get(key).value(), std::nullopt);
}

TEST_F(KeyValueRoutes, a_value_may_be_empty) {
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k").status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/kv/k").status, 200);
  EXPECT_EQ(engine_.get("k").value(), "");
}

TEST_F(KeyValueRoutes, json_is_text_where_it_can_be_and_base64_where_not) {
  ask("PUT", "/api/v1/kv/text", kIsJson, R"({"value": "gr\u00fc\u00df"})");
  EXPECT_EQ(engine_.get("text").value(), "gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(ask("GET", "/api/v1/kv/text", kAsksJson).body, "{\"value\":\"gr\xC3\xBC\xC3\x9F\"}");
  ask("PUT", "/api/v1/kv/bytes", kIsJson, R"({"value": {"b64": "/w=="}})");
  EXPECT_EQ(engine_.get("bytes").value(), "\xFF");
  EXPECT_EQ(ask("GET", "/api/v1/kv/bytes", kAsksJson).body, R"({"value":{"b64":"/w=="}})");
  ask("PUT", "/api/v1/kv/short", kIsJson, R"({"b64": "YQ=="})");
  EXPECT_EQ(engine_.get("short").value(), "a");
}

TEST_F(KeyValueRoutes, json_of_another_shape_is_refused_and_writes_nothing) {
  for (const char* body :
       {"{", "[]", "{}", "\"v\"", R"({"value": 1})", R"({"value": null})",
        R"({"value": {"b64": "?"}})", R"({"value": "a", "more": 1})", R"({"b64": 1})"}) {
    const RawResponse response = ask("PUT", "/api/v1/kv/k", kIsJson, body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_THAT(response.body, HasSubstr("\"executed\":false")) << body;
  }
  EXPECT_EQ(engine_.get("k").value(), std::nullopt);
}

TEST_F(KeyValueRoutes, removing_what_is_not_there_succeeds) {
  EXPECT_EQ(ask("DELETE", "/api/v1/kv/none").status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/kv/none").status, 404);
}

TEST_F(KeyValueRoutes, if_match_lets_only_the_version_that_was_read_be_replaced) {
  const RawResponse put = ask("PUT", "/api/v1/kv/k", "", "one");
  const std::string tag = put.header("ETag");
  EXPECT_EQ(tag, tag_of("k"));
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "If-Match: " + tag + "\r\n", "two").status, 204);
  const RawResponse stale = ask("PUT", "/api/v1/kv/k", "If-Match: " + tag + "\r\n", "three");
  EXPECT_EQ(stale.status, 412);
  EXPECT_THAT(stale.body, HasSubstr("\"code\":\"precondition_failed\""));
  EXPECT_EQ(engine_.get("k").value(), "two");
  EXPECT_EQ(ask("DELETE", "/api/v1/kv/k", "If-Match: " + tag + "\r\n").status, 412);
  EXPECT_EQ(ask("DELETE", "/api/v1/kv/k", "If-Match: \"x\", " + tag_of("k") + "\r\n").status, 204);
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "If-Match: *\r\n", "four").status, 412);
}

TEST_F(KeyValueRoutes, if_none_match_with_an_asterisk_only_creates) {
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "If-None-Match: *\r\n", "one").status, 204);
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "If-None-Match: *\r\n", "two").status, 412);
  EXPECT_EQ(engine_.get("k").value(), "one");
}

TEST_F(KeyValueRoutes, a_value_that_the_client_has_is_not_sent_again) {
  ask("PUT", "/api/v1/kv/k", "", "one");
  const RawResponse response = ask("GET", "/api/v1/kv/k", "If-None-Match: " + tag_of("k") + "\r\n");
  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.header("ETag"), tag_of("k"));
  EXPECT_EQ(ask("GET", "/api/v1/kv/k", "If-None-Match: \"other\"\r\n").status, 200);
}

TEST_F(KeyValueRoutes, post_creates_and_refuses_what_is_there) {
  EXPECT_EQ(ask("POST", "/api/v1/kv/k", "", "one").status, 201);
  const RawResponse again = ask("POST", "/api/v1/kv/k", "", "two");
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, HasSubstr("\"code\":\"already_exists\""));
  EXPECT_EQ(engine_.get("k").value(), "one");
}

TEST_F(KeyValueRoutes, of_many_creators_one_succeeds) {
  serve();
  std::atomic<int> created{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([&] {
      for (int key = 0; key < 50; ++key) {
        const auto target = "/api/v1/kv/" + std::to_string(key);
        if (fetch(port(), "POST", target, "", "v").status == 201) ++created;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(created, 50);
}

TEST_F(KeyValueRoutes, writes_that_wait_for_the_disk_are_acknowledged_from_the_workers) {
  ServerConfig config = small_config();
  config.durability = Durability::disk;
  serve(config);
  const std::uint64_t before = engine_.statistics().log_syncs;
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "", "v").status, 204);
  EXPECT_GT(engine_.statistics().log_syncs, before);
}

TEST_F(KeyValueRoutes, an_engine_that_is_closed_answers_503) {
  serve();
  ASSERT_TRUE(engine_.close());
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    const RawResponse response = ask(method, "/api/v1/kv/k");
    EXPECT_EQ(response.status, 503) << method;
    EXPECT_THAT(response.body, HasSubstr("\"code\":\"closed\"")) << method;
  }
  EXPECT_EQ(ask("GET", "/api/v1/kv").status, 503);
}

TEST_F(KeyValueRoutes, a_listing_goes_through_all_rows_page_by_page) {
  std::set<std::string> expected;
  for (int i = 0; i < 57; ++i) {
    const std::string key = "p/" + std::to_string(i);
    ASSERT_TRUE(engine_.put(key, "v"));
    expected.insert(key);
  }
  ASSERT_TRUE(engine_.put("q", "v"));
  std::set<std::string> seen;
  std::string cursor;
  int pages = 0;
  while (true) {
    const auto page = list("prefix=p%2F&limit=10" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const std::string& key : keys_of(page)) EXPECT_TRUE(seen.insert(key).second) << key;
    ++pages;
    if (page.at("next_cursor").is_null()) break;
    cursor = page.at("next_cursor").as_string().c_str();
  }
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(pages, 6);
}

TEST_F(KeyValueRoutes, a_listing_keeps_to_its_bounds) {
  for (const char* key : {"a", "b", "c", "d"}) ASSERT_TRUE(engine_.put(key, key));
  EXPECT_THAT(keys_of(list("start=b&end=d")), ElementsAre("b", "c"));
  EXPECT_THAT(keys_of(list("end=b")), ElementsAre("a"));
  const auto page = list("keys_only&limit=1");
  EXPECT_FALSE(page.at("rows").at(0).as_object().contains("value"));
}

TEST_F(KeyValueRoutes, a_page_is_bounded_by_bytes_too) {
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_TRUE(engine_.put(key, std::string(700'000, 'x')));
  }
  const auto page = list("limit=100");
  EXPECT_THAT(keys_of(page), ElementsAre("a", "b"));
  EXPECT_FALSE(page.at("next_cursor").is_null());
}

TEST_F(KeyValueRoutes, a_listing_goes_on_behind_a_key_that_is_longer_than_a_header_may_be) {
  const std::string longest(32'768, 'k');
  ASSERT_TRUE(engine_.put(longest, "1"));
  ASSERT_TRUE(engine_.put("l", "2"));
  const auto first = list("limit=1");
  EXPECT_THAT(keys_of(first), ElementsAre(longest));
  const std::string cursor = first.at("next_cursor").as_string().c_str();
  const RawResponse second =
      ask("POST", "/api/v1/kv?limit=1", kIsJson, R"({"cursor": ")" + cursor + "\"}");
  EXPECT_EQ(second.status, 200);
  EXPECT_THAT(keys_of(boost::json::parse(second.body)), ElementsAre("l"));
  for (const char* body : {"", "{}", R"({"cursor": 1})", R"({"cursor": "!"})", R"({"limit": 1})"}) {
    EXPECT_EQ(ask("POST", "/api/v1/kv", kIsJson, body).status, 400) << body;
  }
}

TEST_F(KeyValueRoutes, a_member_that_is_there_twice_is_refused) {
  ASSERT_TRUE(engine_.put("n", "1"));
  EXPECT_EQ(ask("PUT", "/api/v1/kv/n", kIsJson, R"({"value": "2", "value": "3"})").status, 400);
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/n", kIsJson, R"({"increment": 1, "increment": 2})").status,
            400);
  EXPECT_EQ(engine_.get("n").value(), "1");
}

TEST_F(KeyValueRoutes, a_listing_may_be_lines) {
  ASSERT_TRUE(engine_.put("a", "1"));
  ASSERT_TRUE(engine_.put("b", "\xFF"));
  const RawResponse response = ask("GET", "/api/v1/kv?limit=2", "Accept: application/x-ndjson\r\n");
  EXPECT_EQ(response.header("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(response.body,
            "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":{\"b64\":\"/w==\"}}\n");
  EXPECT_EQ(response.header("X-Next-Cursor"), "");
  EXPECT_NE(
      ask("GET", "/api/v1/kv?limit=1", "Accept: application/x-ndjson\r\n").header("X-Next-Cursor"),
      "");
}

TEST_F(KeyValueRoutes, parameters_that_are_wrong_are_named) {
  for (const char* query : {"limit=0", "limit=10001", "limit=x", "limit=", "limit=1&limit=1",
                            "keys_only=maybe", "cursor=%21", "cursor=", "prefixes=a"}) {
    const RawResponse response = ask("GET", "/api/v1/kv?" + std::string(query));
    EXPECT_EQ(response.status, 400) << query;
    EXPECT_THAT(response.body, HasSubstr(std::string(query).substr(0, 4))) << query;
  }
  EXPECT_EQ(ask("GET", "/api/v1/kv?prefix=%zz").status, 400);
  EXPECT_EQ(ask("GET", "/api/v1/kv/%zz").status, 400);
}

TEST_F(KeyValueRoutes, a_key_may_expire_and_tells_how_long_it_has_left) {
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k?ttl=100", "", "v").header("Quartz-TTL"), "100");
  const RawResponse response = ask("GET", "/api/v1/kv/k");
  EXPECT_THAT(response.header("Quartz-TTL"), AnyOf("100", "99", "98"));
  EXPECT_THAT(ask("GET", "/api/v1/kv/k", kAsksJson).body, HasSubstr("\"ttl\":"));
  EXPECT_EQ(ask("PUT", "/api/v1/kv/header", "Quartz-TTL: 50\r\n", "v").header("Quartz-TTL"), "50");
  EXPECT_TRUE(engine_.get_pinned("header").value()->attributes().expires_at);
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k", "", "v").status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/kv/k").header("Quartz-TTL"), "");
  EXPECT_TRUE(list("prefix=header").at("rows").at(0).as_object().contains("ttl"));
}

TEST_F(KeyValueRoutes, a_time_to_live_that_makes_no_sense_is_refused) {
  for (const char* target : {"/api/v1/kv/k?ttl=0", "/api/v1/kv/k?ttl=x", "/api/v1/kv/k?ttl=-1"}) {
    EXPECT_EQ(ask("PUT", target, "", "v").status, 400) << target;
  }
  for (const char* header : {"Quartz-TTL: 0\r\n", "Quartz-TTL: 1.5\r\n", "Quartz-TTL:\r\n"}) {
    EXPECT_EQ(ask("PUT", "/api/v1/kv/k", header, "v").status, 400) << header;
  }
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k?ttl=1", "Quartz-TTL: 2\r\n", "v").status, 400);
  EXPECT_EQ(engine_.get("k").value(), std::nullopt);
}

TEST_F(KeyValueRoutes, patch_adds_to_a_number) {
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/n", kIsJson, R"({"increment": 41})").body, R"({"value":41})");
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/n", kIsJson, R"({"increment": 1})").body, R"({"value":42})");
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/n", kIsJson, R"({"increment": 0.1})").body,
            R"({"value":42.1})");
  EXPECT_EQ(engine_.get("n").value(), "42.1");
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/n", kIsJson, R"({"increment": 1})").status, 400);
}

TEST_F(KeyValueRoutes, patch_appends_and_keeps_the_expiry) {
  ask("PUT", "/api/v1/kv/k?ttl=100", "", "a");
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/k", kIsJson, R"({"append": "b"})").body, R"({"length":2})");
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/k", kIsJson, R"({"append": {"b64": "/w=="}})").body,
            R"({"length":3})");
  EXPECT_EQ(engine_.get("k").value(), "ab\xFF");
  EXPECT_NE(ask("GET", "/api/v1/kv/k").header("Quartz-TTL"), "");
}

TEST_F(KeyValueRoutes, patch_changes_when_a_key_expires) {
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/k", kIsJson, R"({"ttl": 10})").status, 404);
  ask("PUT", "/api/v1/kv/k", "", "a");
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/k", kIsJson, R"({"ttl": 10})").body, R"({"ttl":10})");
  EXPECT_NE(ask("GET", "/api/v1/kv/k").header("Quartz-TTL"), "");
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/k", kIsJson, R"({"ttl": null})").body, R"({"ttl":null})");
  EXPECT_EQ(ask("GET", "/api/v1/kv/k").header("Quartz-TTL"), "");
}

TEST_F(KeyValueRoutes, a_patch_of_another_shape_is_refused) {
  for (const char* body :
       {"{", "[]", "{}", R"({"increment": "1"})", R"({"append": 1})", R"({"ttl": 0})",
        R"({"ttl": -1})", R"({"increment": 1, "append": ""})"}) {
    EXPECT_EQ(ask("PATCH", "/api/v1/kv/k", kIsJson, body).status, 400) << body;
  }
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/k", "If-Match: \"x\"\r\nContent-Type: application/json\r\n",
                R"({"increment": 1})")
                .status,
            412);
  EXPECT_EQ(engine_.get("k").value(), std::nullopt);
}

TEST_F(KeyValueRoutes, a_key_of_another_kind_is_a_conflict) {
  const RowAttributes hash{.kind = 1};
  ASSERT_TRUE(engine_.put("h", std::string(16, '\0'), hash));
  // Something has elements from now on.
  ask("PUT", "/api/v1/kv/expiring?ttl=100", "", "v");
  for (const char* method : {"GET", "PUT", "POST", "DELETE"}) {
    const RawResponse response = ask(method, "/api/v1/kv/h");
    EXPECT_EQ(response.status, 409) << method;
    EXPECT_THAT(response.body, HasSubstr("\"code\":\"wrong_kind\"")) << method;
  }
  EXPECT_EQ(ask("PATCH", "/api/v1/kv/h", kIsJson, R"({"append": "x"})").status, 409);
  const auto page = list("prefix=h");
  EXPECT_EQ(page.at("rows").at(0).at("type"), "hash");
}

TEST_F(KeyValueRoutes, databases_are_apart) {
  EXPECT_EQ(ask("GET", "/api/v1/kv/k?db=2").status, 404);
  EXPECT_EQ(list("db=2").at("rows").as_array().size(), 0u);
  EXPECT_EQ(ask("PUT", "/api/v1/kv/k?db=2", "", "two").status, 204);
  EXPECT_EQ(ask("GET", "/api/v1/kv/k").status, 404);
  EXPECT_EQ(ask("GET", "/api/v1/kv/k?db=2").body, "two");
  EXPECT_EQ(list("db=2").at("rows").as_array().size(), 1u);
  EXPECT_EQ(ask("GET", "/api/v1/kv/k?db=16").status, 400);
}

TEST_F(KeyValueRoutes, a_key_that_is_too_long_is_refused) {
  ServerConfig config = small_config();
  config.limits.header_bytes_max = 200'000;
  serve(config);
  const RawResponse response = ask("PUT", "/api/v1/kv/" + std::string(70'000, 'k'), "", "v");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("32768"));
}

}  // namespace
}  // namespace quartz::server
