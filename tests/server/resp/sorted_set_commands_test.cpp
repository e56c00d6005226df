#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kWrongType =
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

class SortedSetCommands : public RespConversation {};

TEST_F(SortedSetCommands, zadd_counts_new_members_and_with_ch_changed_ones_too) {
  EXPECT_EQ(say("ZADD z 1 a 2 b"), ":2\r\n");
  EXPECT_EQ(say("ZADD z 3 a 4 c"), ":1\r\n");
  EXPECT_EQ(say("ZADD z CH 5 a 4 c 1 d"), ":2\r\n");
  EXPECT_EQ(say("ZCARD z"), ":4\r\n");
  EXPECT_EQ(say("TYPE z"), "+zset\r\n");
}

TEST_F(SortedSetCommands, zadd_has_conditions) {
  say("ZADD z 5 a");
  EXPECT_EQ(say("ZADD z NX CH 1 a"), ":0\r\n");
  EXPECT_EQ(say("ZADD z XX CH 1 b"), ":0\r\n");
  EXPECT_EQ(say("ZADD z GT CH 4 a"), ":0\r\n");
  EXPECT_EQ(say("ZADD z LT CH 4 a"), ":1\r\n");
  EXPECT_EQ(say("ZADD none XX 1 a"), ":0\r\n");
  EXPECT_EQ(say("EXISTS none"), ":0\r\n");
  EXPECT_EQ(say("ZADD z GT INCR -1 a"), "$-1\r\n");
  EXPECT_EQ(say("ZADD z INCR 1.5 a"), "$3\r\n5.5\r\n");
}

TEST_F(SortedSetCommands, zadd_refuses_what_makes_no_sense_and_adds_nothing) {
  EXPECT_EQ(say("ZADD z NX XX 1 a"),
            "-ERR XX and NX options at the same time are not compatible\r\n");
  EXPECT_EQ(say("ZADD z GT LT 1 a"),
            "-ERR GT, LT, and/or NX options at the same time are not compatible\r\n");
  EXPECT_EQ(say("ZADD z INCR 1 a 2 b"),
            "-ERR INCR option supports a single increment-element pair\r\n");
  EXPECT_EQ(say("ZADD z 1 a 2"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("ZADD z 1 a nan b"), "-ERR value is not a valid float\r\n");
  EXPECT_EQ(say("EXISTS z"), ":0\r\n");
  say("ZADD z inf a");
  EXPECT_EQ(say("ZINCRBY z -inf a"), "-ERR resulting score is not a number (NaN)\r\n");
}

TEST_F(SortedSetCommands, scores_are_written_with_seventeen_digits) {
  say("ZADD z 0.1 a 3 b 1e300 c -inf d");
  EXPECT_EQ(say("ZMSCORE z a b c d e"),
            "*5\r\n$19\r\n0.10000000000000001\r\n$1\r\n3\r\n$23\r\n1.0000000000000001e+300\r\n"
            "$4\r\n-inf\r\n$-1\r\n");
  say("HELLO 3");
  EXPECT_EQ(say("ZSCORE z a"), ",0.10000000000000001\r\n");
  EXPECT_EQ(say("ZSCORE z d"), ",-inf\r\n");
  EXPECT_EQ(say("ZSCORE z e"), "_\r\n");
}

TEST_F(SortedSetCommands, zrange_tells_members_by_position_score_and_bytes) {
  say("ZADD z 1 a 2 b 3 c");
  EXPECT_EQ(say("ZRANGE z 0 -1"), "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n");
  EXPECT_EQ(say("ZRANGE z 0 0 REV"), "*1\r\n$1\r\nc\r\n");
  EXPECT_EQ(say("ZRANGE z (1 +inf BYSCORE LIMIT 0 1"), "*1\r\n$1\r\nb\r\n");
  EXPECT_EQ(say("ZRANGE z +inf -inf BYSCORE REV LIMIT 1 1"), "*1\r\n$1\r\nb\r\n");
  EXPECT_EQ(say("ZRANGE z [b + BYLEX"), "*2\r\n$1\r\nb\r\n$1\r\nc\r\n");
  EXPECT_EQ(say("ZRANGE z 5 9"), "*0\r\n");
  EXPECT_EQ(say("ZREVRANGEBYSCORE z 2 1 WITHSCORES"),
            "*4\r\n$1\r\nb\r\n$1\r\n2\r\n$1\r\na\r\n$1\r\n1\r\n");
  EXPECT_EQ(say("ZREVRANGEBYLEX z (c -"), "*2\r\n$1\r\nb\r\n$1\r\na\r\n");
}

TEST_F(SortedSetCommands, members_with_scores_are_pairs_in_resp3) {
  say("ZADD z 1 a 2 b");
  say("HELLO 3");
  EXPECT_EQ(say("ZRANGE z 0 0 WITHSCORES"), "*1\r\n*2\r\n$1\r\na\r\n,1\r\n");
  EXPECT_EQ(say("ZPOPMIN z"), "*2\r\n$1\r\na\r\n,1\r\n");
  EXPECT_EQ(say("ZPOPMAX z 5"), "*1\r\n*2\r\n$1\r\nb\r\n,2\r\n");
}

TEST_F(SortedSetCommands, ranges_that_make_no_sense_are_refused) {
  EXPECT_EQ(say("ZRANGE z 0 x"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(say("ZRANGE z a b BYSCORE"), "-ERR min or max is not a float\r\n");
  EXPECT_EQ(say("ZCOUNT z nan 1"), "-ERR min or max is not a float\r\n");
  EXPECT_EQ(say("ZLEXCOUNT z a b"), "-ERR min or max not valid string range item\r\n");
  EXPECT_EQ(say("ZRANGE z 0 1 LIMIT 0 1"),
            "-ERR syntax error, LIMIT is only supported in combination with either BYSCORE or "
            "BYLEX\r\n");
  EXPECT_EQ(say("ZRANGE z - + BYLEX WITHSCORES"),
            "-ERR syntax error, WITHSCORES not supported in combination with BYLEX\r\n");
  EXPECT_EQ(say("ZRANGESTORE t z 0 1 WITHSCORES"), "-ERR syntax error\r\n");
}

TEST_F(SortedSetCommands, ranks_are_counted_from_either_end) {
  say("ZADD z 1 a 2 b 3 c 4 d");
  EXPECT_EQ(say("ZRANK z b"), ":1\r\n");
  EXPECT_EQ(say("ZRANK z d"), ":3\r\n");
  EXPECT_EQ(say("ZREVRANK z b"), ":2\r\n");
  EXPECT_EQ(say("ZRANK z e"), "$-1\r\n");
  EXPECT_EQ(say("ZRANK none a"), "$-1\r\n");
}

TEST_F(SortedSetCommands, ranges_are_removed) {
  say("ZADD z 0 a 0 b 0 c 1 d 2 e 3 f");
  EXPECT_EQ(say("ZREMRANGEBYRANK z -1 -1"), ":1\r\n");
  EXPECT_EQ(say("ZREMRANGEBYSCORE z (1 2"), ":1\r\n");
  EXPECT_EQ(say("ZREMRANGEBYLEX z [b (d"), ":2\r\n");
  EXPECT_EQ(say("ZRANGE z 0 -1"), "*2\r\n$1\r\na\r\n$1\r\nd\r\n");
  EXPECT_EQ(say("ZREMRANGEBYRANK z 0 -1"), ":2\r\n");
  EXPECT_EQ(say("EXISTS z"), ":0\r\n");
}

TEST_F(SortedSetCommands, the_outermost_members_are_popped_from_the_first_key_that_has_any) {
  say("ZADD z 1 a 2 b 3 c");
  EXPECT_EQ(say("ZPOPMAX z"), "*2\r\n$1\r\nc\r\n$1\r\n3\r\n");
  EXPECT_EQ(say("ZMPOP 2 none z MIN COUNT 5"),
            "*2\r\n$1\r\nz\r\n*2\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_EQ(say("ZMPOP 1 z MIN"), "*-1\r\n");
  EXPECT_EQ(say("ZPOPMIN z"), "*0\r\n");
  EXPECT_EQ(say("ZPOPMIN z -1"), "-ERR value is out of range, must be positive\r\n");
  EXPECT_EQ(say("ZMPOP 0 z MIN"), "-ERR numkeys should be greater than 0\r\n");
  EXPECT_EQ(say("ZMPOP 1 z MIN COUNT 0"), "-ERR count should be greater than 0\r\n");
  EXPECT_EQ(say("ZMPOP 1 z FIRST"), "-ERR syntax error\r\n");
}

TEST_F(SortedSetCommands, sets_are_united_intersected_and_subtracted) {
  say("ZADD x 1 a 2 b");
  say("ZADD y 10 b 20 c");
  EXPECT_EQ(say("ZUNION 2 x y WITHSCORES"),
            "*6\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$2\r\n12\r\n$1\r\nc\r\n$2\r\n20\r\n");
  EXPECT_EQ(say("ZINTERSTORE t 2 x y WEIGHTS 2 1 AGGREGATE MAX"), ":1\r\n");
  EXPECT_EQ(say("ZRANGE t 0 -1 WITHSCORES"), "*2\r\n$1\r\nb\r\n$2\r\n10\r\n");
  EXPECT_EQ(say("ZDIFF 2 x y"), "*1\r\n$1\r\na\r\n");
  EXPECT_EQ(say("ZINTERCARD 2 x y LIMIT 1"), ":1\r\n");
  EXPECT_EQ(say("ZDIFFSTORE t 2 x x"), ":0\r\n");
  EXPECT_EQ(say("EXISTS t"), ":0\r\n");
}

TEST_F(SortedSetCommands, members_of_plain_sets_count_as_one) {
  say("ZADD x 5 a 7 b");
  say("SADD y b c");
  EXPECT_EQ(say("ZUNION 2 x y WITHSCORES"),
            "*6\r\n$1\r\nc\r\n$1\r\n1\r\n$1\r\na\r\n$1\r\n5\r\n$1\r\nb\r\n$1\r\n8\r\n");
  EXPECT_EQ(say("ZINTER 2 x y WEIGHTS 1 10 WITHSCORES"), "*2\r\n$1\r\nb\r\n$2\r\n17\r\n");
  EXPECT_EQ(say("ZDIFF 2 y x"), "*1\r\n$1\r\nc\r\n");
  EXPECT_EQ(say("ZUNIONSTORE y 1 y"), ":2\r\n");
  EXPECT_EQ(say("TYPE y"), "+zset\r\n");
}

TEST_F(SortedSetCommands, opposite_infinities_add_up_to_zero) {
  say("ZADD x inf a");
  say("ZADD y -inf a");
  EXPECT_EQ(say("ZUNION 2 x y WITHSCORES"), "*2\r\n$1\r\na\r\n$1\r\n0\r\n");
  EXPECT_EQ(say("ZUNION 1 x WEIGHTS 0 WITHSCORES"), "*2\r\n$1\r\na\r\n$1\r\n0\r\n");
}

TEST_F(SortedSetCommands, operations_on_several_refuse_what_makes_no_sense) {
  EXPECT_EQ(say("ZUNION 0 x"), "-ERR at least 1 input key is needed for 'zunion' command\r\n");
  EXPECT_EQ(say("ZUNION 2 x"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("ZUNION 1 x WEIGHTS a"), "-ERR weight value is not a float\r\n");
  EXPECT_EQ(say("ZUNION 1 x AGGREGATE AVG"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("ZDIFF 1 x WEIGHTS 1"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("ZINTERCARD 1 x LIMIT -1"), "-ERR LIMIT can't be negative\r\n");
}

TEST_F(SortedSetCommands, a_key_of_another_kind_is_refused) {
  say("SET s v");
  for (const char* line : {"ZADD s 1 a", "ZSCORE s a", "ZCARD s", "ZRANGE s 0 1", "ZPOPMIN s",
                           "ZRANK s a", "ZUNION 1 s", "ZINCRBY s 1 a", "ZREM s a", "ZRANDMEMBER s",
                           "ZSCAN s 0", "ZMPOP 1 s MIN", "ZRANGESTORE t s 0 1", "ZCOUNT s 0 1"}) {
    EXPECT_EQ(say(line), kWrongType) << line;
  }
}

TEST_F(SortedSetCommands, pages_hold_members_and_scores) {
  say("ZADD z 1.5 a 2 b");
  EXPECT_EQ(say("ZSCAN z 0"),
            "*2\r\n$1\r\n0\r\n*4\r\n$1\r\na\r\n$3\r\n1.5\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_EQ(say("ZSCAN z 0 MATCH b*"), "*2\r\n$1\r\n0\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_EQ(say("ZSCAN z 0 COUNT 1"), say("ZSCAN z 0"));
  say("CONFIG SET zset-max-listpack-entries 1");
  EXPECT_THAT(say("ZSCAN z 0 COUNT 1"), HasSubstr("*2\r\n$1\r\na\r\n"));
  EXPECT_EQ(say("ZSCAN z 77"), "-ERR invalid cursor\r\n");
}

TEST_F(SortedSetCommands, a_transaction_sees_the_members_that_it_added) {
  say("MULTI");
  say("ZADD z 1 a");
  say("ZADD z 2 b");
  say("ZRANGE z 0 -1");
  say("ZPOPMIN z");
  EXPECT_EQ(say("EXEC"),
            "*4\r\n:1\r\n:1\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n");
}

TEST_F(SortedSetCommands, a_watched_sorted_set_that_changes_lets_exec_do_nothing) {
  RespPeer other(server(), "127.0.0.1:2");
  say("ZADD z 1 a 1 b");
  say("WATCH z");
  other.say("ZINCRBY z 1 a");
  say("MULTI");
  say("ZREM z b");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
  EXPECT_EQ(say("ZCARD z"), ":2\r\n");
}

TEST_F(SortedSetCommands, an_expiry_outlives_changes_of_members) {
  say("ZADD z 1 a");
  say("EXPIRE z 100");
  say("ZADD z 2 b");
  EXPECT_EQ(say("TTL z"), ":100\r\n");
}

TEST_F(SortedSetCommands, events_tell_what_happened) {
  say("CONFIG SET notify-keyspace-events Kzg");
  RespPeer listener(server(), "127.0.0.1:2");
  listener.say("PSUBSCRIBE *");
  say("ZADD z 1 a");
  EXPECT_THAT(listener.pushed(), HasSubstr("$4\r\nzadd\r\n"));
  say("ZINCRBY z 1 a");
  EXPECT_THAT(listener.pushed(), HasSubstr("$5\r\nzincr\r\n"));
  say("ZPOPMIN z");
  const std::string pushed = listener.pushed();
  EXPECT_THAT(pushed, HasSubstr("$7\r\nzpopmin\r\n"));
  EXPECT_THAT(pushed, HasSubstr("$3\r\ndel\r\n"));
}

TEST_F(SortedSetCommands, members_outlive_a_restart) {
  say("ZADD z 2 b 1 a");
  reopen();
  EXPECT_EQ(say("ZRANGE z 0 -1"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
}

}  // namespace
}  // namespace quartz::server
