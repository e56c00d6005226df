#include <string>

#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

class SubsequenceCommands : public RespConversation {
 protected:
  SubsequenceCommands() { say("MSET a ohmytext b mynewtext"); }
};

TEST_F(SubsequenceCommands, the_longest_one_is_told) {
  EXPECT_EQ(say("LCS a b"), "$6\r\nmytext\r\n");
  EXPECT_EQ(say("LCS a b LEN"), ":6\r\n");
  EXPECT_EQ(say("LCS a absent"), "$0\r\n\r\n");
  EXPECT_EQ(say("LCS a a"), "$8\r\nohmytext\r\n");
}

TEST_F(SubsequenceCommands, its_pieces_are_told_from_the_last_on) {
  const std::string text = "*2\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n";
  const std::string my = "*2\r\n*2\r\n:2\r\n:3\r\n*2\r\n:0\r\n:1\r\n";
  EXPECT_EQ(say("LCS a b IDX"),
            "*4\r\n$7\r\nmatches\r\n*2\r\n" + text + my + "$3\r\nlen\r\n:6\r\n");
  EXPECT_EQ(say("LCS a b IDX MINMATCHLEN 4"),
            "*4\r\n$7\r\nmatches\r\n*1\r\n" + text + "$3\r\nlen\r\n:6\r\n");
  EXPECT_EQ(say("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN"),
            "*4\r\n$7\r\nmatches\r\n*1\r\n*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:4\r\n"
            "$3\r\nlen\r\n:6\r\n");
  EXPECT_EQ(say("LCS a absent IDX"), "*4\r\n$7\r\nmatches\r\n*0\r\n$3\r\nlen\r\n:0\r\n");
}

TEST_F(SubsequenceCommands, words_that_make_no_sense_are_refused) {
  EXPECT_EQ(say("LCS a b LEN IDX"),
            "-ERR If you want both the length and indexes, please just use IDX.\r\n");
  EXPECT_EQ(say("LCS a b BOGUS"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("LCS a b IDX MINMATCHLEN"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("LCS a b IDX MINMATCHLEN x"), "-ERR value is not an integer or out of range\r\n");
  say("LPUSH l x");
  EXPECT_EQ(say("LCS a l"), "-ERR The specified keys must contain string values\r\n");
}

TEST_F(SubsequenceCommands, strings_too_long_to_be_compared_are_refused) {
  say("SETRANGE long 20000 x");
  EXPECT_EQ(say("LCS long long"),
            "-ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len\r\n");
  EXPECT_EQ(say("LCS long a LEN"), ":1\r\n");
}

}  // namespace
}  // namespace quartz::server
