#include "server/http/watch_routes.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/served_engine.hpp"
#include "server/service/change_feed.hpp"

namespace quartz::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A client that reads server-sent events.
class EventReader {
 public:
  EventReader(std::uint16_t port, std::string_view query, std::string_view headers = {})
      : client_(port) {
    client_.send(request_text("GET", std::string("/api/v1/watch").append(query), headers));
    head_ = until("\r\n\r\n");
    greeting_ = until("\n\n");
  }

  const std::string& head() const { return head_; }
  const std::string& greeting() const { return greeting_; }
  RawClient& client() { return client_; }

  /// The next event that is one: "put {"key":"a"}"; what was read of it at the end.
  std::string next() {
    while (true) {
      const std::string text = until("\n\n");
      if (text.empty()) return text;
      if (const auto id = line_of(text, "id: ")) id_ = *id;
      const auto event = line_of(text, "event: ");
      if (!event) continue;
      return *event + " " + line_of(text, "data: ").value_or("");
    }
  }
  const std::string& id() const { return id_; }

 private:
  static std::optional<std::string> line_of(const std::string& text, const std::string& name) {
    const auto at = text.find(name);
    if (at == std::string::npos) return std::nullopt;
    const auto begin = at + name.size();
    return text.substr(begin, text.find('\n', begin) - begin);
  }

  std::string until(std::string_view end) {
    std::string text;
    while (!text.ends_with(end)) {
      const std::string byte = client_.receive_bytes(1);
      if (byte.empty()) return text;
      text += byte;
    }
    return text;
  }

  RawClient client_;
  std::string head_;
  std::string greeting_;
  std::string id_;
};

class Watching : public ServedEngine {
 protected:
  void SetUp() override { serve(); }
};

TEST_F(Watching, changes_are_told_as_they_happen_whoever_makes_them) {
  EventReader events(port(), "");
  EXPECT_THAT(events.head(), HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(events.head(), Not(HasSubstr("Content-Length")));
  EXPECT_THAT(events.greeting(), HasSubstr("id: "));
  ask("PUT", "/api/v1/kv/a", "", "1");
  EXPECT_EQ(events.next(), R"(put {"key":"a"})");
  ASSERT_TRUE(engine_.put("\xFF", "2"));
  EXPECT_EQ(events.next(), R"(put {"key":{"b64":"/w=="}})");
  ask("DELETE", "/api/v1/kv/a");
  EXPECT_EQ(events.next(), R"(delete {"key":"a"})");
  ASSERT_TRUE(engine_.remove_range("b", "d"));
  EXPECT_EQ(events.next(), R"(delete_range {"start":"b","end":"d"})");
  EXPECT_EQ(events.id(), std::to_string(engine_.sequence()));
}

TEST_F(Watching, only_keys_with_the_prefix_in_the_database_are_told_of) {
  EventReader events(port(), "?prefix=user%3A&db=1");
  ask("PUT", "/api/v1/kv/user:1", "", "in database 0");
  ask("PUT", "/api/v1/kv/other?db=1", "", "x");
  ask("PUT", "/api/v1/kv/user:2?db=1", "", "x");
  EXPECT_EQ(events.next(), R"(put {"key":"user:2"})");
}

TEST_F(Watching, what_was_missed_is_told_after_last_event_id) {
  std::string last;
  {
    EventReader events(port(), "");
    ask("PUT", "/api/v1/kv/a", "", "1");
    EXPECT_EQ(events.next(), R"(put {"key":"a"})");
    last = events.id();
  }
  ask("PUT", "/api/v1/kv/b", "", "1");
  ask("PUT", "/api/v1/kv/c", "", "1");
  EventReader resumed(port(), "", "Last-Event-ID: " + last + "\r\n");
  EXPECT_EQ(resumed.next(), R"(put {"key":"b"})");
  EXPECT_EQ(resumed.next(), R"(put {"key":"c"})");
}

TEST_F(Watching, whoever_was_away_too_long_is_told_to_begin_anew) {
  ask("PUT", "/api/v1/kv/a", "", "1");
  EventReader events(port(), "", "Last-Event-ID: 0\r\n");
  EXPECT_THAT(events.next(), HasSubstr("reset "));
  EXPECT_EQ(events.id(), std::to_string(engine_.sequence()));
  ask("PUT", "/api/v1/kv/b", "", "1");
  EXPECT_EQ(events.next(), R"(put {"key":"b"})");
}

TEST_F(Watching, whoever_is_ahead_of_the_database_is_told_to_begin_anew) {
  ask("PUT", "/api/v1/kv/a", "", "1");
  for (const char* id : {"99999999", "99999999999999999999"}) {
    EventReader events(port(), "", "Last-Event-ID: " + std::string(id) + "\r\n");
    // Whoever leaves before the event comes back with the same id.
    EXPECT_THAT(events.greeting(), Not(HasSubstr("id:")));
    EXPECT_THAT(events.next(), HasSubstr("reset "));
    EXPECT_EQ(events.id(), std::to_string(engine_.sequence()));
    ask("PUT", "/api/v1/kv/b", "", "1");
    EXPECT_EQ(events.next(), R"(put {"key":"b"})");
  }
}

TEST_F(Watching, what_is_sent_is_counted) {
  {
    EventReader events(port(), "");
    ask("PUT", "/api/v1/kv/a", "", "1");
    EXPECT_EQ(events.next(), R"(put {"key":"a"})");
    // What follows is sent when what was before it is counted.
    ask("DELETE", "/api/v1/kv/a");
    EXPECT_EQ(events.next(), R"(delete {"key":"a"})");
    EXPECT_GE(server_->statistics().http_response_bytes, events.greeting().size());
  }
}

TEST_F(Watching, an_id_that_no_event_had_is_refused) {
  for (const char* id : {"x", "", "-1", "1x", "99999999999999999999x"}) {
    EXPECT_EQ(ask("GET", "/api/v1/watch", "Last-Event-ID: " + std::string(id) + "\r\n").status, 400)
        << id;
  }
}

TEST_F(Watching, a_watch_shows_that_it_lives_while_nothing_happens) {
  EventReader events(port(), "?heartbeat=1");
  EXPECT_EQ(events.client().receive_bytes(12), ": heartbeat\n");
}

TEST_F(Watching, a_server_that_stops_does_not_wait_for_watchers) {
  EventReader events(port(), "");
  server_->stop();
  EXPECT_EQ(events.next(), "");
}

TEST_F(Watching, watchers_that_left_hold_nothing) {
  for (int round = 0; round < 20; ++round) EventReader(port(), "");
  ask("PUT", "/api/v1/kv/a", "", "1");
  while (server_->statistics().connections_open > 0) std::this_thread::yield();
  EXPECT_EQ(server_->statistics().connections_open, 0u);
}

TEST_F(Watching, head_asks_only_for_the_head) {
  RawClient client(port());
  client.send(request_text("HEAD", "/api/v1/watch"));
  EXPECT_EQ(client.receive(true).status, 200);
}

/// Users that are made and revoked while watchers watch.
class WatchingUsers : public ServedEngine {
 protected:
  /// Made by whom there is none to forbid it, or by root.
  std::string make(const std::string& name, const std::string& scope) {
    const RawResponse made = ask("POST", "/api/v1/admin/keys/" + name, root_ + std::string(kIsJson),
                                 R"({"scopes":[")" + scope + R"("]})");
    EXPECT_EQ(made.status, 201) << made.body;
    const auto at = made.body.find("\"secret\":\"") + 10;
    return "X-Api-Key: " + name + ":" + made.body.substr(at, made.body.find('"', at) - at) + "\r\n";
  }
  void make_root() { root_ = make("root", "admin"); }
  void wait_until_all_are_gone() {
    while (server_->statistics().connections_open > 0) std::this_thread::yield();
  }

  std::string root_;
};

TEST_F(WatchingUsers, that_are_revoked_see_nothing_more_and_are_ended_at_once) {
  make_root();
  const std::string spy = make("spy", "kv:read");
  EventReader events(port(), "?heartbeat=3600", spy);
  ASSERT_TRUE(engine_.put("before", "1"));
  EXPECT_EQ(events.next(), R"(put {"key":"before"})");
  EXPECT_EQ(ask("DELETE", "/api/v1/admin/keys/spy", root_).status, 204);
  ASSERT_TRUE(engine_.put("after", "1"));
  EXPECT_EQ(events.next(), "");
}

TEST_F(WatchingUsers, that_are_revoked_are_ended_although_nothing_happens) {
  make_root();
  EventReader events(port(), "?heartbeat=3600", make("spy", "kv:read"));
  EXPECT_EQ(ask("DELETE", "/api/v1/admin/keys/spy", root_).status, 204);
  wait_until_all_are_gone();
}

TEST_F(WatchingUsers, whose_secret_is_no_more_are_ended) {
  make_root();
  EventReader events(port(), "?heartbeat=3600", make("spy", "kv:read"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(ask("POST", "/api/v1/admin/keys/spy/rotate", root_).status, 200);
  }
  wait_until_all_are_gone();
}

TEST_F(WatchingUsers, that_said_nothing_are_ended_by_the_first_user) {
  serve();
  EventReader events(port(), "?heartbeat=3600");
  make_root();
  ASSERT_TRUE(engine_.put("after", "1"));
  EXPECT_EQ(events.next(), "");
  wait_until_all_are_gone();
}

TEST_F(WatchingUsers, go_on_whatever_becomes_of_others) {
  make_root();
  EventReader events(port(), "", make("shop", "kv:read"));
  make("other", "kv:read");
  EXPECT_EQ(ask("POST", "/api/v1/admin/keys/shop/rotate", root_).status, 200);
  EXPECT_EQ(ask("DELETE", "/api/v1/admin/keys/other", root_).status, 204);
  ASSERT_TRUE(engine_.put("a", "1"));
  EXPECT_EQ(events.next(), R"(put {"key":"a"})");
}

class Feed : public ServedEngine {
 protected:
  std::vector<std::string> keys_since(const ChangeFeed& feed, std::uint64_t after,
                                      std::string_view prefix = {}) {
    std::vector<std::string> keys;
    for (const Change& each : feed.since(after, {.database = 0, .prefix = prefix}).changes) {
      keys.push_back(each.key);
    }
    return keys;
  }

  std::unique_ptr<Databases> databases_ = Databases::open(engine_).value();
};

TEST_F(Feed, keeps_as_many_changes_as_it_may_and_knows_what_is_lost) {
  ChangeFeed feed(engine_, *databases_, {.changes_max = 3, .key_bytes_max = 1000});
  feed.begin();
  const std::uint64_t before = engine_.sequence();
  for (const char* key : {"a", "b", "c", "d", "e"}) ASSERT_TRUE(engine_.put(key, "v"));
  EXPECT_TRUE(feed.since(before, {}).lost);
  EXPECT_FALSE(feed.since(before + 2, {}).lost);
  EXPECT_THAT(keys_since(feed, before + 2), ElementsAre("c", "d", "e"));
  EXPECT_THAT(keys_since(feed, before + 4), ElementsAre("e"));
}

TEST_F(Feed, keeps_no_more_bytes_than_it_may) {
  ChangeFeed feed(engine_, *databases_, {.changes_max = 100, .key_bytes_max = 10});
  feed.begin();
  const std::uint64_t before = engine_.sequence();
  for (const char* key : {"aaaa", "bbbb", "cccc"}) ASSERT_TRUE(engine_.put(key, "v"));
  EXPECT_TRUE(feed.since(before, {}).lost);
  EXPECT_THAT(keys_since(feed, before + 1), ElementsAre("bbbb", "cccc"));
}

TEST_F(Feed, a_range_concerns_a_prefix_if_they_overlap) {
  ChangeFeed feed(engine_, *databases_);
  feed.begin();
  const std::uint64_t before = engine_.sequence();
  ASSERT_TRUE(engine_.remove_range("b", "d"));
  EXPECT_EQ(keys_since(feed, before, "c").size(), 1u);
  EXPECT_EQ(keys_since(feed, before, "b").size(), 1u);
  EXPECT_EQ(keys_since(feed, before, "").size(), 1u);
  EXPECT_EQ(keys_since(feed, before, "a").size(), 0u);
  EXPECT_EQ(keys_since(feed, before, "d").size(), 0u);
}

TEST_F(Feed, a_page_ends_where_the_next_one_begins) {
  ChangeFeed feed(engine_, *databases_);
  feed.begin();
  std::uint64_t after = engine_.sequence();
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(engine_.put("k", "v"));
  std::size_t count = 0;
  for (bool more = true; more;) {
    const ChangeFeed::Page page = feed.since(after, {});
    count += page.changes.size();
    more = page.more;
    after = page.through;
  }
  EXPECT_EQ(count, 1000u);
}

}  // namespace
}  // namespace quartz::server
