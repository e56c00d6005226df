#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/any_server.hpp"
#include "client/client_fixture.hpp"
#include "quartz/client/client.hpp"
#include "quartz/client/commands/hashes.hpp"
#include "quartz/client/commands/keys.hpp"
#include "quartz/client/commands/lists.hpp"
#include "quartz/client/commands/sets.hpp"
#include "quartz/client/commands/sorted_sets.hpp"
#include "quartz/client/commands/strings.hpp"
#include "quartz/client/commands/vectors.hpp"

namespace quartz::client {
namespace {

namespace c = quartz::commands;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

/// The same against each server.
class Commands : public AnyServer {
 protected:
  void SetUp() override {
    AnyServer::SetUp();
    if (!IsSkipped()) client_.emplace(config());
  }

  /// What a command is answered with; prints the error if it fails.
  template <class T>
  T run(Command<T> command) {
    return client_->run(std::move(command)).value();
  }

  std::optional<Client> client_;
};

TEST_P(Commands, of_strings) {
  EXPECT_TRUE(run(c::set("k", "v")));
  EXPECT_EQ(run(c::get("k")), "v");
  EXPECT_EQ(run(c::get("none")), std::nullopt);
  EXPECT_EQ(run(c::getset("k", "w")), "v");
  EXPECT_EQ(run(c::append("k", "xyz")), 4);
  EXPECT_EQ(run(c::strlen("k")), 4);
  EXPECT_EQ(run(c::getrange("k", 1, -2)), "xy");
  EXPECT_EQ(run(c::getdel("k")), "wxyz");
  EXPECT_EQ(run(c::getdel("k")), std::nullopt);
  run(c::mset({{"a", "1"}, {"b", ""}}));
  EXPECT_THAT(run(c::mget({"a", "none", "b"})), ElementsAre("1", std::nullopt, ""));
  EXPECT_EQ(run(c::incr("a")), 2);
  EXPECT_EQ(run(c::incrby("a", -10)), -8);
  EXPECT_EQ(run(c::decr("a")), -9);
}

TEST_P(Commands, of_strings_under_conditions) {
  EXPECT_FALSE(run(c::set("k", "v", {.condition = SetCondition::if_present})));
  EXPECT_TRUE(run(c::set("k", "v", {.condition = SetCondition::if_absent})));
  EXPECT_FALSE(run(c::set("k", "w", {.condition = SetCondition::if_absent})));
  EXPECT_TRUE(run(c::set("k", "w", {.condition = SetCondition::if_present})));
  EXPECT_EQ(run(c::get("k")), "w");
}

TEST_P(Commands, of_keys_that_expire) {
  constexpr milliseconds kHour{3'600'000};
  EXPECT_EQ(run(c::ttl("k")), TimeToLive{});
  EXPECT_TRUE(run(c::set("k", "v", {.expire_after = kHour})));
  const TimeToLive hour = run(c::ttl("k"));
  EXPECT_TRUE(hour.exists);
  EXPECT_GT(hour.left, kHour / 2);
  EXPECT_LE(hour.left, kHour);
  EXPECT_TRUE(run(c::set("k", "w", {.keep_time_to_live = true})));
  EXPECT_NE(run(c::ttl("k")).left, std::nullopt);
  EXPECT_TRUE(run(c::persist("k")));
  EXPECT_EQ(run(c::ttl("k")), (TimeToLive{.exists = true, .left = {}}));
  EXPECT_FALSE(run(c::persist("k")));
  EXPECT_TRUE(run(c::expire("k", kHour)));
  EXPECT_FALSE(run(c::expire("none", kHour)));
}

TEST_P(Commands, of_keys) {
  run(c::mset({{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(run(c::exists({"a", "b", "none"})), 2);
  EXPECT_EQ(run(c::type("a")), "string");
  EXPECT_EQ(run(c::type("none")), "none");
  run(c::rename("a", "c"));
  EXPECT_EQ(run(c::get("c")), "1");
  EXPECT_THAT(client_->run(c::rename("a", "c")), FailsAs(ClientErrc::rejected, Executed::yes));
  EXPECT_EQ(run(c::del({"a", "b", "c"})), 2);
}

TEST_P(Commands, of_bytes_that_are_no_text) {
  const std::string key("k\0\r\n", 4);
  const std::string value("\r\n$5\r\n\0\xff", 8);
  EXPECT_TRUE(run(c::set(key, value)));
  EXPECT_EQ(run(c::get(key)), value);
  EXPECT_TRUE(run(c::set("", "")));
  EXPECT_EQ(run(c::get("")), "");
}

TEST_P(Commands, of_hashes) {
  EXPECT_EQ(run(c::hset("h", {{"a", "1"}, {"b", "2"}})), 2);
  EXPECT_EQ(run(c::hset("h", {{"b", "3"}})), 0);
  EXPECT_EQ(run(c::hget("h", "b")), "3");
  EXPECT_EQ(run(c::hget("h", "none")), std::nullopt);
  EXPECT_THAT(run(c::hmget("h", {"a", "none"})), ElementsAre("1", std::nullopt));
  EXPECT_THAT(run(c::hgetall("h")), UnorderedElementsAre(Pair("a", "1"), Pair("b", "3")));
  EXPECT_THAT(run(c::hgetall("none")), IsEmpty());
  EXPECT_TRUE(run(c::hexists("h", "a")));
  EXPECT_FALSE(run(c::hexists("h", "none")));
  EXPECT_EQ(run(c::hincrby("h", "a", 4)), 5);
  EXPECT_EQ(run(c::hlen("h")), 2);
  EXPECT_THAT(run(c::hkeys("h")), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(run(c::hvals("h")), UnorderedElementsAre("5", "3"));
  EXPECT_EQ(run(c::hdel("h", {"a", "none"})), 1);
}

TEST_P(Commands, of_sets) {
  EXPECT_EQ(run(c::sadd("s", {"a", "b", "a"})), 2);
  EXPECT_EQ(run(c::sadd("t", {"b", "c"})), 2);
  EXPECT_TRUE(run(c::sismember("s", "a")));
  EXPECT_FALSE(run(c::sismember("s", "c")));
  EXPECT_EQ(run(c::scard("s")), 2);
  EXPECT_THAT(run(c::smembers("s")), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(run(c::sinter({"s", "t"})), UnorderedElementsAre("b"));
  EXPECT_THAT(run(c::sunion({"s", "t"})), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(run(c::sdiff({"s", "t"})), UnorderedElementsAre("a"));
  EXPECT_EQ(run(c::srem("s", {"a", "none"})), 1);
  EXPECT_EQ(run(c::spop("s")), "b");
  EXPECT_EQ(run(c::spop("s")), std::nullopt);
}

TEST_P(Commands, of_lists) {
  EXPECT_EQ(run(c::rpush("l", {"b", "c"})), 2);
  EXPECT_EQ(run(c::lpush("l", {"a", "z"})), 4);
  EXPECT_THAT(run(c::lrange("l", 0, -1)), ElementsAre("z", "a", "b", "c"));
  EXPECT_EQ(run(c::llen("l")), 4);
  EXPECT_EQ(run(c::lindex("l", -1)), "c");
  EXPECT_EQ(run(c::lindex("l", 9)), std::nullopt);
  run(c::lset("l", 0, "y"));
  EXPECT_THAT(client_->run(c::lset("l", 9, "y")), FailsAs(ClientErrc::rejected, Executed::yes));
  EXPECT_EQ(run(c::lpop("l")), "y");
  EXPECT_EQ(run(c::rpop("l")), "c");
  EXPECT_EQ(run(c::lrem("l", 0, "a")), 1);
  run(c::ltrim("l", 1, 0));
  EXPECT_EQ(run(c::lpop("l")), std::nullopt);
}

TEST_P(Commands, of_sorted_sets) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const ScoredMember low{.member = "low", .score = 0.1};
  const ScoredMember high{.member = "high", .score = 1e300};
  EXPECT_EQ(run(c::zadd("z", {high, low})), 2);
  EXPECT_EQ(run(c::zscore("z", "low")), 0.1);
  EXPECT_EQ(run(c::zscore("z", "none")), std::nullopt);
  EXPECT_EQ(run(c::zcard("z")), 2);
  EXPECT_EQ(run(c::zrank("z", "high")), 1);
  EXPECT_EQ(run(c::zrank("z", "none")), std::nullopt);
  EXPECT_THAT(run(c::zrange("z", 0, -1)), ElementsAre(low, high));
  EXPECT_THAT(run(c::zrangebyscore("z", -kInfinity, 1)), ElementsAre(low));
  EXPECT_EQ(run(c::zcount("z", 0, kInfinity)), 2);
  EXPECT_EQ(run(c::zincrby("z", 1.5, "low")), 1.6);
  EXPECT_THAT(run(c::zpopmin("z")), ElementsAre(ScoredMember{.member = "low", .score = 1.6}));
  EXPECT_EQ(run(c::zrem("z", "high")), 1);
  EXPECT_THAT(run(c::zpopmin("z", 5)), IsEmpty());
}

TEST_P(Commands, in_a_batch) {
  Batch batch;
  batch.add(c::set("k", "1")).add(c::incr("k")).add(c::hset("h", {{"f", "v"}}));
  EXPECT_THAT(client_->exec(batch).value(),
              ElementsAre(Reply::of_string("OK"), Reply::of_integer(2), Reply::of_integer(1)));
}

TEST_P(Commands, of_vector_sets) {
  if (GetParam() == Against::redis) GTEST_SKIP() << "Redis 7 has no vector sets";
  const std::vector<float> north = {0, 1};
  const std::vector<float> east = {1, 0};
  const std::vector<float> north_east = {0.6F, 0.8F};
  EXPECT_TRUE(run(c::vadd("v", "n", north, {.attributes = R"({"cold":true})"})));
  EXPECT_TRUE(run(c::vadd("v", "e", east)));
  EXPECT_FALSE(run(c::vadd("v", "e", east)));
  EXPECT_THAT(client_->run(c::vadd("v", "u", std::vector<float>{0, 0, 1})),
              FailsAs(ClientErrc::rejected, Executed::yes));
  EXPECT_EQ(run(c::vcard("v")), 2);
  EXPECT_EQ(run(c::vdim("v")), 2);
  const auto near = run(c::vsim("v", north_east, {.exact = true}));
  ASSERT_THAT(near, SizeIs(2));
  EXPECT_EQ(near[0].member, "n");
  EXPECT_NEAR(near[0].score, 0.9, 0.01);
  EXPECT_EQ(near[1].member, "e");
  EXPECT_NEAR(near[1].score, 0.8, 0.01);
  EXPECT_THAT(run(c::vsim("v", north_east, {.count = 1, .ef_search = 50})), SizeIs(1));
  const auto cold = run(c::vsim("v", "e", {.filter = ".cold"}));
  ASSERT_THAT(cold, SizeIs(1));
  EXPECT_EQ(cold[0].member, "n");
  EXPECT_THAT(client_->run(c::vsim("v", "none")), FailsAs(ClientErrc::rejected, Executed::yes));
  EXPECT_EQ(run(c::vgetattr("v", "n")), R"({"cold":true})");
  EXPECT_TRUE(run(c::vsetattr("v", "n", "")));
  EXPECT_EQ(run(c::vgetattr("v", "n")), std::nullopt);
  EXPECT_FALSE(run(c::vsetattr("v", "none", "{}")));
  EXPECT_TRUE(run(c::vrem("v", "n")));
  EXPECT_FALSE(run(c::vrem("v", "n")));
  EXPECT_TRUE(run(c::vadd("whole", "n", north, {.precision = c::VectorSetPrecision::full})));
  EXPECT_TRUE(run(c::vadd("signs", "n", north, {.precision = c::VectorSetPrecision::one_bit})));
}

TEST_P(Commands, in_words_with_replies_of_any_kind) {
  ASSERT_TRUE(client_->command({"HSET", "h", "f", "v"}));
  EXPECT_EQ(client_->command({"HGETALL", "h"}).value().kind(), ReplyKind::map);
  ASSERT_TRUE(client_->command({"SADD", "s", "m"}));
  EXPECT_EQ(client_->command({"SMEMBERS", "s"}).value().kind(), ReplyKind::set);
  ASSERT_TRUE(client_->command({"ZADD", "z", "1.5", "m"}));
  EXPECT_EQ(client_->command({"ZSCORE", "z", "m"}).value(), Reply::of_real(1.5));
  EXPECT_TRUE(client_->command({"GET", "none"}).value().is_null());
  EXPECT_EQ(client_->command({"GET", "z"}).error().code(), ClientErrc::wrong_kind);
}

INSTANTIATE_TEST_SUITE_P(Servers, Commands,
                         testing::Values(Against::quartz, Against::own_process, Against::redis),
                         name_of);

}  // namespace
}  // namespace quartz::client
