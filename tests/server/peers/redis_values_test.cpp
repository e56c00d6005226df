#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/resp_reply_parser.hpp"
#include "server/peers/redis_server.hpp"
#include "server/raw_client.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using Words = std::vector<std::string>;

/// Values of all sizes on their way between Redis and Quartz.
class RedisValues : public RespConversation {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << "SKIPPED: redis-server is not installed";
    redis_.emplace();
    client_.emplace(redis_->port());
  }

  /// Redis's reply, as its bytes.
  std::string ask(const Words& words) {
    client_->send(request_of(words));
    std::string bytes;
    std::array<char, 65536> part;
    protocol::RespReplyParser parser;
    while (parser.advance(bytes) == protocol::RespReplyParser::Progress::incomplete) {
      const ssize_t got = ::recv(client_->descriptor(), part.data(), part.size(), 0);
      if (got <= 0) break;
      bytes.append(part.data(), static_cast<std::size_t>(got));
    }
    return bytes;
  }
  static std::string bulk_in(const std::string& reply) {
    const std::size_t begin = reply.find("\r\n") + 2;
    return reply.substr(begin, reply.size() - begin - 2);
  }

  /// Lets Redis hold a value, Quartz what Redis dumps of it, and Redis again what Quartz dumps.
  void expect_the_same_both_ways(const Words& write, const Words& read) {
    ask({"FLUSHALL"});
    say("FLUSHALL");
    ASSERT_NE(ask(write).front(), '-');
    const std::string expected = ask(read);
    EXPECT_EQ(say_words({"RESTORE", "key", "0", bulk_in(ask({"DUMP", "key"}))}), "+OK\r\n");
    EXPECT_EQ(say_words(read), expected);
    EXPECT_EQ(ask({"RESTORE", "key", "0", bulk_in(say("DUMP key")), "REPLACE"}), "+OK\r\n");
    EXPECT_EQ(ask(read), expected);
  }

 private:
  std::optional<RedisServer> redis_;
  std::optional<RawClient> client_;
};

TEST_F(RedisValues, strings_of_any_length_are_the_same_in_both) {
  for (const std::string& value :
       {std::string(), std::string("-128"), std::string("32768"), std::string("-2147483649"),
        std::string("9223372036854775807"), std::string(63, 'a'), std::string(64, 'b'),
        std::string(16384, 'c'), std::string(300'000, 'd') + "end"}) {
    expect_the_same_both_ways({"SET", "key", value}, {"GET", "key"});
  }
}

TEST_F(RedisValues, a_compressed_text_is_the_same_in_both) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "word " + std::to_string(i * i % 977) + ", ";
  expect_the_same_both_ways({"SET", "key", text}, {"GET", "key"});
}

TEST_F(RedisValues, small_and_large_collections_are_the_same_in_both) {
  for (const int count : {1, 3, 130, 700}) {
    for (const std::size_t padding : {0U, 20U, 90U, 9000U}) {
      if (padding == 9000 && count == 700) continue;
      Words list = {"RPUSH", "key"};
      Words set = {"SADD", "key"};
      Words hash = {"HSET", "key"};
      Words sorted_set = {"ZADD", "key"};
      for (int i = 0; i < count; ++i) {
        const std::string item = std::to_string(i * 7919 - 40'000) + std::string(padding, 'x');
        list.push_back(item);
        set.push_back(item);
        hash.insert(hash.end(), {item, "value of " + item});
        sorted_set.insert(sorted_set.end(), {std::to_string(i) + (i % 2 == 0 ? "" : ".25"), item});
      }
      expect_the_same_both_ways(list, {"LRANGE", "key", "0", "-1"});
      expect_the_same_both_ways(set, {"SORT", "key", "ALPHA"});
      expect_the_same_both_ways(sorted_set, {"ZRANGE", "key", "0", "-1", "WITHSCORES"});
      Words fields = {"HMGET", "key"};
      for (std::size_t i = 2; i < hash.size(); i += 2) fields.push_back(hash[i]);
      expect_the_same_both_ways(hash, fields);
    }
  }
}

TEST_F(RedisValues, numbers_of_all_widths_are_the_same_in_both) {
  const Words numbers = {"0",
                         "-1",
                         "127",
                         "-4096",
                         "4096",
                         "32767",
                         "-32769",
                         "8388607",
                         "-8388609",
                         "2147483647",
                         "-2147483649",
                         "1099511627776",
                         "-9223372036854775808"};
  Words list = {"RPUSH", "key"};
  list.insert(list.end(), numbers.begin(), numbers.end());
  expect_the_same_both_ways(list, {"LRANGE", "key", "0", "-1"});
  for (std::size_t count = 1; count <= numbers.size(); ++count) {
    Words set = {"SADD", "key"};
    set.insert(set.end(), numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(count));
    expect_the_same_both_ways(set, {"SORT", "key"});
  }
  expect_the_same_both_ways({"ZADD", "key", "inf", "a", "-inf", "b", "1e300", "c", "0.1", "d"},
                            {"ZRANGE", "key", "0", "-1", "WITHSCORES"});
}

}  // namespace
}  // namespace quartz::server
