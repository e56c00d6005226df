#include "client/idempotency.hpp"

#include <initializer_list>
#include <string_view>

#include <gtest/gtest.h>

namespace quartz::client {
namespace {

bool idempotent(std::initializer_list<std::string_view> words) {
  return is_idempotent(nature_of({words.begin(), words.size()}));
}

TEST(Idempotency, is_of_commands_that_read) {
  EXPECT_TRUE(idempotent({"GET", "k"}));
  EXPECT_TRUE(idempotent({"get", "k"}));
  EXPECT_TRUE(idempotent({"MGET", "a", "b"}));
  EXPECT_TRUE(idempotent({"ZREVRANGEBYSCORE", "z", "+inf", "-inf"}));
  EXPECT_TRUE(idempotent({"BITCOUNT", "k"}));
  EXPECT_TRUE(idempotent({"GETEX", "k"}));
}

TEST(Idempotency, is_of_writes_that_leave_and_say_the_same) {
  EXPECT_TRUE(idempotent({"SET", "k", "v"}));
  EXPECT_TRUE(idempotent({"set", "k", "v", "PX", "100"}));
  EXPECT_TRUE(idempotent({"MSET", "k", "v"}));
  EXPECT_TRUE(idempotent({"EXPIRE", "k", "10"}));
}

TEST(Idempotency, is_not_of_conditions_and_old_values) {
  EXPECT_FALSE(idempotent({"SET", "k", "v", "NX"}));
  EXPECT_FALSE(idempotent({"SET", "k", "v", "PX", "1", "xx"}));
  EXPECT_FALSE(idempotent({"SET", "k", "v", "get"}));
  EXPECT_FALSE(idempotent({"EXPIRE", "k", "10", "GT"}));
  EXPECT_FALSE(idempotent({"GETEX", "k", "PERSIST"}));
}

TEST(Idempotency, is_not_of_expiries_that_remove_the_key) {
  EXPECT_FALSE(idempotent({"EXPIRE", "k", "0"}));
  EXPECT_FALSE(idempotent({"pexpire", "k", "-1"}));
  // Whether that time has passed only the server knows.
  EXPECT_FALSE(idempotent({"EXPIREAT", "k", "1700000000"}));
  EXPECT_FALSE(idempotent({"pexpireat", "k", "1700000000000"}));
}

TEST(Natures, tell_writes_that_look_from_those_that_do_not) {
  const auto nature = [](std::initializer_list<std::string_view> words) {
    return nature_of({words.begin(), words.size()});
  };
  EXPECT_EQ(nature({"GET", "k"}), CommandNature::reads);
  EXPECT_EQ(nature({"set", "k", "v", "KEEPTTL"}), CommandNature::overwrites);
  EXPECT_EQ(nature({"SETEX", "k", "1", "v"}), CommandNature::overwrites);
  EXPECT_EQ(nature({"SETRANGE", "k", "1", "v"}), CommandNature::settles);
  EXPECT_EQ(nature({"EXPIRE", "k", "1"}), CommandNature::settles);
  EXPECT_EQ(nature({"INCR", "k"}), CommandNature::changes);
}

TEST(Idempotency, takes_keys_and_values_for_what_they_are) {
  EXPECT_TRUE(idempotent({"SET", "NX", "GET"}));
  EXPECT_FALSE(idempotent({"SET", "k"}));
}

TEST(Idempotency, is_not_of_commands_whose_second_time_differs) {
  for (const std::string_view name : {"INCR", "APPEND", "DEL", "LPUSH", "SADD", "HSET", "GETDEL",
                                      "GETSET", "SPOP", "ZADD", "PUBLISH", "EVAL"}) {
    EXPECT_FALSE(idempotent({name, "k", "1", "2"})) << name;
  }
}

TEST(Idempotency, is_not_of_what_nobody_knows) {
  EXPECT_FALSE(idempotent({}));
  EXPECT_FALSE(idempotent({""}));
  EXPECT_FALSE(idempotent({"GETS", "k"}));
  EXPECT_FALSE(idempotent({"A.COMMAND.WITH.A.NAME.THAT.IS.LONGER.THAN.ALL"}));
}

}  // namespace
}  // namespace quartz::client
