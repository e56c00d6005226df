#include "client/near_queries.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/commands/keys.hpp"
#include "quartz/client/commands/vectors.hpp"

namespace quartz::client {
namespace {

using protocol::RespNode;
using protocol::RespType;
using testing::ElementsAre;

constexpr std::array<float, 2> kEastward = {1, 0};
constexpr std::array<float, 2> kNorthward = {0, 1};

TEST(StoredReplies, are_read_as_they_were) {
  const std::vector<RespNode> reply = {
      {.type = RespType::array, .depth = 0, .children = 3, .text = {}},
      {.type = RespType::bulk, .depth = 1, .children = 0, .text = {"a\0b", 3}},
      {.type = RespType::real, .depth = 1, .children = 0, .text = "0.5"},
      {.type = RespType::null, .depth = 1, .children = 0, .text = {}}};
  std::string stored = "before";
  append_stored_reply(reply, stored);
  EXPECT_EQ(read_stored_reply(std::string_view(stored).substr(6)), reply);
  EXPECT_TRUE(read_stored_reply("").empty());
}

/// One client keeps what it has read, and the other one changes it.
class NearQueries : public ServedClient {
 protected:
  void SetUp() override {
    add("east", kEastward);
    add("north", kNorthward);
  }
  static ClientConfig near(std::string url) {
    ClientConfig config = patient_config(std::move(url));
    config.near_cache.emplace();
    config.near_cache->stale_after = std::chrono::milliseconds(0);
    return config;
  }
  void add(std::string_view element, std::span<const float> vector) {
    ASSERT_TRUE(writer_.run(commands::vadd("v", element, vector)));
  }
  std::vector<std::string> search(std::span<const float> vector) {
    std::vector<std::string> found;
    for (auto& one : client_.run(commands::vsim("v", vector)).value()) found.push_back(one.member);
    return found;
  }
  std::uint64_t hits() const { return client_.metrics().near_cache->hits; }
  /// What one client writes the other one hears of soon.
  template <class Expected>
  void expect_soon(std::span<const float> vector, const Expected& expected) {
    const auto patience = std::chrono::steady_clock::now() + kPatience;
    while (search(vector) != expected && std::chrono::steady_clock::now() < patience) {
      std::this_thread::yield();
    }
    EXPECT_EQ(search(vector), expected);
  }

  Client writer_{patient_config(url())};
  Client client_{near(url())};
};

TEST_F(NearQueries, are_answered_once_by_the_server_while_the_key_stays) {
  EXPECT_THAT(search(kEastward), ElementsAre("east", "north"));
  EXPECT_EQ(hits(), 0u);
  EXPECT_THAT(search(kEastward), ElementsAre("east", "north"));
  EXPECT_EQ(hits(), 1u);
  EXPECT_THAT(search(kNorthward), ElementsAre("north", "east"));
  EXPECT_EQ(hits(), 1u);
  EXPECT_THAT(search(kNorthward), ElementsAre("north", "east"));
  EXPECT_EQ(hits(), 2u);
  EXPECT_EQ(client_.run(commands::vsim("v", kNorthward, {.count = 1})).value().size(), 1u);
  EXPECT_EQ(hits(), 2u);
}

TEST_F(NearQueries, are_asked_anew_once_an_element_has_changed) {
  using Names = std::vector<std::string>;
  ASSERT_THAT(search(kEastward), ElementsAre("east", "north"));
  add("nearer", kEastward);
  expect_soon(kEastward, Names{"east", "nearer", "north"});
  ASSERT_TRUE(writer_.run(commands::vrem("v", "east")));
  expect_soon(kEastward, Names{"nearer", "north"});
  ASSERT_TRUE(writer_.run(commands::del({"v"})));
  expect_soon(kEastward, Names{});
}

TEST_F(NearQueries, see_at_once_what_the_client_has_written_itself) {
  ASSERT_THAT(search(kNorthward), ElementsAre("north", "east"));
  ASSERT_TRUE(client_.run(commands::vrem("v", "north")));
  EXPECT_THAT(search(kNorthward), ElementsAre("east"));
}

TEST_F(NearQueries, and_reads_ask_the_server_where_only_the_newest_will_do) {
  const RequestOptions newest{.consistency = Consistency::newest};
  ASSERT_TRUE(client_.set("k", "value"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client_.run(commands::vsim("v", kEastward), newest).value().size(), 2u);
    EXPECT_EQ(client_.get("k", newest).value(), "value");
  }
  const auto metrics = client_.metrics();
  EXPECT_EQ(metrics.near_cache->hits + metrics.near_cache->misses, 0u);
}

TEST_F(NearQueries, stay_apart_from_the_values_of_keys) {
  ASSERT_THAT(search(kEastward), ElementsAre("east", "north"));
  EXPECT_FALSE(client_.get("v"));
  ASSERT_TRUE(client_.set("k", "value"));
  EXPECT_EQ(client_.get("k").value(), "value");
  EXPECT_FALSE(client_.run(commands::vsim("k", kEastward)));
  EXPECT_EQ(client_.get("k").value(), "value");
}

TEST_F(NearQueries, of_many_threads_beside_a_writer_never_see_less_than_before) {
  // Each adds an element that is nearer than all before.
  constexpr int kElements = 200;
  std::atomic<int> written{0};
  std::atomic<bool> finished{false};
  std::thread writer([&] {
    for (int i = 1; i <= kElements; ++i) {
      const std::array<float, 2> vector = {1, 1.0F / static_cast<float>(i)};
      if (!client_.run(commands::vadd("w", std::to_string(i), vector))) break;
      written = i;
    }
    finished = true;
  });
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&] {
      while (!finished) {
        const int before = written;
        const auto nearest = client_.run(commands::vsim("w", kEastward, {.count = 1}));
        ASSERT_TRUE(nearest);
        if (before == 0) continue;
        ASSERT_EQ(nearest->size(), 1u);
        EXPECT_GE(std::stoi(nearest->front().member), before);
      }
    });
  }
  writer.join();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(written, kElements);
}

}  // namespace
}  // namespace quartz::client
