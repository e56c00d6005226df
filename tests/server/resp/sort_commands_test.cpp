#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

std::string array_of(const std::vector<std::string>& items) {
  std::string reply = "*" + std::to_string(items.size()) + "\r\n";
  for (const std::string& item : items) {
    reply +=
        item == "(nil)" ? "$-1\r\n" : "$" + std::to_string(item.size()) + "\r\n" + item + "\r\n";
  }
  return reply;
}

class SortCommands : public RespConversation {
 protected:
  SortCommands() {
    say("RPUSH list 3 10 1 2");
    say("SADD set b c a");
    say("ZADD zset 3 x 1 y 2 z");
    say("MSET weight:1 30 weight:2 20 weight:3 10 weight:10 15");
    say("HSET of:1 name one");
    say("HSET of:2 name two");
  }
};

TEST_F(SortCommands, numbers_come_in_their_order) {
  EXPECT_EQ(say("SORT list"), array_of({"1", "2", "3", "10"}));
  EXPECT_EQ(say("SORT list DESC"), array_of({"10", "3", "2", "1"}));
  EXPECT_EQ(say("SORT list DESC ASC"), array_of({"1", "2", "3", "10"}));
  EXPECT_EQ(say("SORT_RO list LIMIT 1 2"), array_of({"2", "3"}));
  EXPECT_EQ(say("SORT absent"), "*0\r\n");
  say("RPUSH real 0x10 -inf 1.5 \"\"");
  EXPECT_EQ(say("SORT real"), array_of({"-inf", "", "1.5", "0x10"}));
}

TEST_F(SortCommands, texts_come_in_the_order_of_their_bytes) {
  EXPECT_EQ(say("SORT list ALPHA"), array_of({"1", "10", "2", "3"}));
  EXPECT_EQ(say("SORT set ALPHA DESC"), array_of({"c", "b", "a"}));
  EXPECT_EQ(say("SORT zset ALPHA"), array_of({"x", "y", "z"}));
  for (const char* key : {"set", "zset"}) {
    EXPECT_EQ(say(std::string("SORT ") + key),
              "-ERR One or more scores can't be converted into double\r\n");
  }
}

TEST_F(SortCommands, limits_beyond_the_ends_leave_what_there_is) {
  EXPECT_EQ(say("SORT list LIMIT 3 10"), array_of({"10"}));
  EXPECT_EQ(say("SORT list LIMIT -5 2"), array_of({"1", "2"}));
  EXPECT_EQ(say("SORT list LIMIT 2 -1"), array_of({"3", "10"}));
  EXPECT_EQ(say("SORT list LIMIT 0 0"), "*0\r\n");
  EXPECT_EQ(say("SORT list LIMIT 9 1"), "*0\r\n");
  EXPECT_EQ(say("SORT list LIMIT 9223372036854775807 9223372036854775807"), "*0\r\n");
}

TEST_F(SortCommands, elements_are_compared_by_what_they_lead_to) {
  EXPECT_EQ(say("SORT list BY weight:*"), array_of({"3", "10", "2", "1"}));
  EXPECT_EQ(say("SORT list BY weight:* LIMIT 0 2 DESC"), array_of({"1", "2"}));
  EXPECT_EQ(say("SORT list BY of:*->name ALPHA"), array_of({"3", "10", "1", "2"}));
  EXPECT_EQ(say("SORT list BY absent:*"), array_of({"1", "10", "2", "3"}));
  say("SET weight:2 heavy");
  EXPECT_EQ(say("SORT list BY weight:*"),
            "-ERR One or more scores can't be converted into double\r\n");
}

TEST_F(SortCommands, a_pattern_that_leads_nowhere_leaves_the_order_as_it_is) {
  EXPECT_EQ(say("SORT list BY nosort"), array_of({"3", "10", "1", "2"}));
  EXPECT_EQ(say("SORT list BY nosort DESC LIMIT 0 2"), array_of({"2", "1"}));
  EXPECT_EQ(say("SORT zset BY nosort"), array_of({"y", "z", "x"}));
  EXPECT_EQ(say("SORT zset BY nosort DESC LIMIT 1 1"), array_of({"z"}));
  EXPECT_EQ(say("SORT set BY nosort STORE kept"), ":3\r\n");
  EXPECT_EQ(say("LRANGE kept 0 -1"), array_of({"a", "b", "c"}));
}

TEST_F(SortCommands, what_elements_lead_to_is_told_instead_of_them) {
  EXPECT_EQ(say("SORT list GET # GET weight:*"),
            array_of({"1", "30", "2", "20", "3", "10", "10", "15"}));
  EXPECT_EQ(say("SORT list GET of:*->name LIMIT 0 3"), array_of({"one", "two", "(nil)"}));
  EXPECT_EQ(say("SORT list GET weight:1 LIMIT 0 1"), array_of({"(nil)"}));
  EXPECT_EQ(say("SORT list GET of:* LIMIT 0 1"), array_of({"(nil)"}));
  EXPECT_EQ(say("SORT list GET of:*-> LIMIT 0 1"), array_of({"(nil)"}));
}

TEST_F(SortCommands, the_outcome_is_kept_as_a_list) {
  say("SET kept string EX 100");
  EXPECT_EQ(say("SORT list STORE kept"), ":4\r\n");
  EXPECT_EQ(say("LRANGE kept 0 -1"), array_of({"1", "2", "3", "10"}));
  EXPECT_EQ(say("TTL kept"), ":-1\r\n");
  EXPECT_EQ(say("SORT list GET of:*->name LIMIT 1 2 STORE list"), ":2\r\n");
  EXPECT_EQ(say("LRANGE list 0 -1"), array_of({"two", ""}));
  EXPECT_EQ(say("SORT absent STORE kept"), ":0\r\n");
  EXPECT_EQ(say("EXISTS kept"), ":0\r\n");
  EXPECT_EQ(say("SORT_RO list STORE kept"), "-ERR syntax error\r\n");
}

TEST_F(SortCommands, an_answer_that_would_fill_the_memory_is_refused) {
  std::vector<std::string> push{"RPUSH", "long"};
  std::vector<std::string> sort{"SORT", "long", "BY", "nothing"};
  for (int i = 0; i < 5000; ++i) {
    push.push_back(std::to_string(i));
    sort.insert(sort.end(), {"GET", "#"});
  }
  EXPECT_EQ(say_words(push), ":5000\r\n");
  EXPECT_EQ(say_words(sort), "-ERR the answer would be too large\r\n");
}

TEST_F(SortCommands, words_and_kinds_that_make_no_sense_are_refused) {
  for (const char* words : {"BOGUS", "LIMIT 1", "BY", "GET", "STORE"}) {
    EXPECT_EQ(say(std::string("SORT list ") + words), "-ERR syntax error\r\n") << words;
  }
  EXPECT_EQ(say("SORT list LIMIT x 1"), "-ERR value is not an integer or out of range\r\n");
  for (const char* key : {"weight:1", "of:1"}) {
    EXPECT_THAT(say(std::string("SORT ") + key), HasSubstr("-WRONGTYPE "));
  }
}

TEST_F(SortCommands, the_target_is_one_of_the_keys) {
  EXPECT_EQ(say("COMMAND GETKEYS SORT list BY weight:* store kept"), array_of({"list", "kept"}));
  EXPECT_EQ(say("COMMAND GETKEYS SORT list"), array_of({"list"}));
}

}  // namespace
}  // namespace quartz::server
