#include <cstdarg>
#include <cstring>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include "server/peers/served_program.hpp"

namespace quartz::server {
namespace {

struct FreeReply {
  void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

class Hiredis : public ServedProgram {
 protected:
  Hiredis() : context_(redisConnect("127.0.0.1", port_number()), redisFree) {}

  template <class... Arguments>
  Reply ask(const char* format, Arguments... arguments) {
    return Reply(static_cast<redisReply*>(redisCommand(context_.get(), format, arguments...)));
  }
  Reply next_reply() {
    void* reply = nullptr;
    EXPECT_EQ(redisGetReply(context_.get(), &reply), REDIS_OK) << context_->errstr;
    return Reply(static_cast<redisReply*>(reply));
  }

  std::unique_ptr<redisContext, decltype(&redisFree)> context_;
};

TEST_F(Hiredis, commands_are_replied_to) {
  EXPECT_STREQ(ask("SET %s %b", "key", "a\0b", std::size_t{3})->str, "OK");
  const Reply value = ask("GET key");
  ASSERT_EQ(value->type, REDIS_REPLY_STRING);
  EXPECT_EQ(std::string(value->str, value->len), std::string("a\0b", 3));
  EXPECT_EQ(ask("GET absent")->type, REDIS_REPLY_NIL);
  EXPECT_EQ(ask("INCRBY n %d", 41)->integer, 41);
  EXPECT_EQ(ask("INCR key")->type, REDIS_REPLY_ERROR);
  const Reply several = ask("MGET n absent");
  ASSERT_EQ(several->elements, 2u);
  EXPECT_STREQ(several->element[0]->str, "41");
  EXPECT_EQ(several->element[1]->type, REDIS_REPLY_NIL);
}

TEST_F(Hiredis, pipelines_are_replied_to_in_order) {
  constexpr int kCommands = 10'000;
  for (int i = 0; i < kCommands; ++i) {
    redisAppendCommand(context_.get(), "SET key:%d %d", i, i);
    redisAppendCommand(context_.get(), "GET key:%d", i);
    if (i % 100 == 0) redisAppendCommand(context_.get(), "INCR");
  }
  for (int i = 0; i < kCommands; ++i) {
    ASSERT_STREQ(next_reply()->str, "OK");
    ASSERT_EQ(next_reply()->str, std::to_string(i));
    if (i % 100 == 0) {
      ASSERT_EQ(next_reply()->type, REDIS_REPLY_ERROR);
    }
  }
}

TEST_F(Hiredis, a_transaction_is_one_reply_of_several) {
  EXPECT_STREQ(ask("MULTI")->str, "OK");
  EXPECT_STREQ(ask("SET a 1")->str, "QUEUED");
  EXPECT_STREQ(ask("INCR a")->str, "QUEUED");
  const Reply replies = ask("EXEC");
  ASSERT_EQ(replies->elements, 2u);
  EXPECT_EQ(replies->element[1]->integer, 2);
}

TEST_F(Hiredis, vector_sets_are_served) {
  const float east[] = {1, 0};
  const float north[] = {0, 1};
  EXPECT_EQ(ask("VADD v FP32 %b east", east, sizeof(east))->integer, 1);
  const Reply added =
      ask("VADD v FP32 %b north SETATTR %s", north, sizeof(north), "{\"cold\": true}");
  EXPECT_EQ(added->integer, 1);
  const Reply found = ask("VSIM v ELE north WITHSCORES WITHATTRIBS");
  ASSERT_EQ(found->type, REDIS_REPLY_ARRAY);
  ASSERT_EQ(found->elements, 6U);
  EXPECT_STREQ(found->element[0]->str, "north");
  EXPECT_STREQ(found->element[1]->str, "1");
  EXPECT_STREQ(found->element[2]->str, "{\"cold\": true}");
  EXPECT_STREQ(found->element[4]->str, "0.5");
  EXPECT_EQ(found->element[5]->type, REDIS_REPLY_NIL);
  EXPECT_EQ(ask("VSIM v ELE north FP32")->type, REDIS_REPLY_ERROR);
  EXPECT_EQ(ask("VCARD v")->integer, 2);
}

}  // namespace
}  // namespace quartz::server
