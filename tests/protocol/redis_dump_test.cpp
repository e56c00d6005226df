#include "protocol/redis_dump.hpp"

#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/crc64.hpp"

namespace quartz::protocol {
namespace {

using testing::Eq;
using testing::Optional;
using namespace std::string_literals;

/// A dump of these bytes, which are a value or not.
std::string ended(const std::string& bytes, char version = 10) {
  std::string dump = bytes + version + '\0';
  const std::uint64_t checksum = crc64_of_jones(dump);
  for (unsigned i = 0; i < 8; ++i) dump += static_cast<char>(checksum >> (8 * i) & 0xFF);
  return dump;
}

std::vector<RedisValue> values() {
  const double inf = std::numeric_limits<double>::infinity();
  return {
      {.kind = RedisValue::Kind::string, .items = {""}},
      {.kind = RedisValue::Kind::string, .items = {"-128"}},
      {.kind = RedisValue::Kind::string, .items = {"-2147483648"}},
      {.kind = RedisValue::Kind::string, .items = {"2147483648"}},
      {.kind = RedisValue::Kind::string, .items = {"007"}},
      {.kind = RedisValue::Kind::string, .items = {std::string(70'000, 'x')}},
      {.kind = RedisValue::Kind::list, .items = {"a", "", "a", "32767"}},
      {.kind = RedisValue::Kind::set,
       .items = std::vector<std::string>{std::string(100, 'm'), "1"}},
      {.kind = RedisValue::Kind::sorted_set, .items = {"a", "b", "c"}, .scores = {inf, -inf, -0.1}},
      {.kind = RedisValue::Kind::hash, .items = {"f", "v", "g", "v"}}};
}

TEST(RedisDump, every_value_is_read_back_as_it_was) {
  for (const RedisValue& value : values()) {
    const std::string dump = redis_dump_of(value);
    EXPECT_TRUE(is_redis_dump(dump));
    EXPECT_THAT(from_redis_dump(dump), Optional(Eq(value)));
  }
  RedisValue many{.kind = RedisValue::Kind::list};
  for (int i = 0; i < 20'000; ++i) many.items.push_back(std::to_string(i));
  EXPECT_THAT(from_redis_dump(redis_dump_of(many)), Optional(Eq(many)));
}

TEST(RedisDump, numbers_and_lengths_take_as_few_bytes_as_in_redis) {
  EXPECT_EQ(redis_dump_of({.kind = RedisValue::Kind::string, .items = {"10"}}),
            ended("\0\xC0\x0A"s));
  EXPECT_EQ(redis_dump_of({.kind = RedisValue::Kind::string, .items = {"-300"}}),
            ended("\0\xC1\xD4\xFE"s));
  EXPECT_EQ(redis_dump_of({.kind = RedisValue::Kind::string, .items = {"+1"}}), ended("\0\x02+1"s));
  const std::string text(100, 'x');
  EXPECT_EQ(redis_dump_of({.kind = RedisValue::Kind::string, .items = {text}}),
            ended("\0\x40\x64"s + text));
}

TEST(RedisDump, strings_may_be_compressed_and_have_lengths_of_any_width) {
  const auto is = [](const std::string& text) {
    return Optional(Eq(RedisValue{.kind = RedisValue::Kind::string, .items = {text}}));
  };
  EXPECT_THAT(from_redis_dump(ended("\0\xC3\x05\x0B\0a\xE0\x01\0"s)), is(std::string(11, 'a')));
  EXPECT_THAT(from_redis_dump(ended("\0\x80\0\0\0\x02hi"s)), is("hi"));
  EXPECT_THAT(from_redis_dump(ended("\0\x81\0\0\0\0\0\0\0\x02hi"s)), is("hi"));
  EXPECT_THAT(from_redis_dump(ended("\0\x40\x02hi"s)), is("hi"));
}

TEST(RedisDump, scores_may_be_texts) {
  EXPECT_THAT(
      from_redis_dump(ended("\x03\x03\x01"s + "a\x03"s + "1.5\x01"s + "b\xFE\x01"s + "c\xFF"s)),
      Optional(Eq(RedisValue{.kind = RedisValue::Kind::sorted_set,
                             .items = {"a", "b", "c"},
                             .scores = {1.5, std::numeric_limits<double>::infinity(),
                                        -std::numeric_limits<double>::infinity()}})));
  EXPECT_EQ(from_redis_dump(ended("\x03\x01\x01"s + "a\xFD"s)), std::nullopt);
}

TEST(RedisDump, versions_up_to_that_of_redis_7_2_are_taken) {
  EXPECT_TRUE(is_redis_dump(ended("\0\x01x"s, 6)));
  EXPECT_TRUE(is_redis_dump(ended("\0\x01x"s, 11)));
  EXPECT_FALSE(is_redis_dump(ended("\0\x01x"s, 12)));
  EXPECT_FALSE(is_redis_dump(""));
  EXPECT_FALSE(is_redis_dump("nine byte"));
}

TEST(RedisDump, what_claims_more_than_there_is_is_refused) {
  for (const std::string& bytes :
       {"\0\x05"s + "abcd"s, "\x01\xBF\xFF\xFF\xFF\xFF\x01x"s,
        "\x01\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s,
        "\x04\x81\x80\0\0\0\0\0\0\x01\x01"s + "a\x01"s + "b"s, "\x05\x01\x01"s + "a1234567"s,
        "\0\xC3\x01\x80\xFF\xFF\xFF\xFF\0"s, "\0\xC4"s, "\0\xC2\x01"s, "\x12\x01\x03\x00"s,
        "\x0B\x01x"s, ""s, "\x15\x01x"s, "\x07\x01x"s, "\x01\0"s, "\x12\x01\x02\x01x"s,
        "\0\x82"s}) {
    EXPECT_EQ(from_redis_dump(ended(bytes)), std::nullopt) << testing::PrintToString(bytes);
  }
}

TEST(RedisDump, what_no_key_can_hold_is_refused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const RedisValue& value :
       {RedisValue{.kind = RedisValue::Kind::set, .items = {"a", "a"}},
        RedisValue{.kind = RedisValue::Kind::hash, .items = {"f", "1", "f", "2"}},
        RedisValue{.kind = RedisValue::Kind::sorted_set, .items = {"a", "a"}, .scores = {1, 2}},
        RedisValue{.kind = RedisValue::Kind::sorted_set, .items = {"a"}, .scores = {nan}},
        RedisValue{.kind = RedisValue::Kind::list}, RedisValue{.kind = RedisValue::Kind::hash}}) {
    EXPECT_EQ(from_redis_dump(redis_dump_of(value)), std::nullopt);
  }
}

TEST(RedisDump, no_beginning_of_a_dump_is_a_value) {
  for (const RedisValue& value : values()) {
    const std::string dump = redis_dump_of(value);
    const std::size_t size = std::min<std::size_t>(dump.size() - 10, 200);
    for (std::size_t i = 0; i < size; ++i) {
      EXPECT_EQ(from_redis_dump(ended(dump.substr(0, i))), std::nullopt);
    }
  }
}

}  // namespace
}  // namespace quartz::protocol
