#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/event_listener.hpp"
#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

class ListCommands : public RespConversation {
 protected:
  /// All of a list, with spaces between.
  std::string all(const std::string& key) {
    const std::string reply = say("LRANGE " + key + " 0 -1");
    std::string values;
    std::size_t at = reply.find("\r\n") + 2;
    while (at < reply.size()) {
      at = reply.find("\r\n", at) + 2;
      const std::size_t end = reply.find("\r\n", at);
      values += (values.empty() ? "" : " ") + reply.substr(at, end - at);
      at = end + 2;
    }
    return values;
  }
};

TEST_F(ListCommands, values_are_pushed_at_both_ends) {
  EXPECT_EQ(say("RPUSH l a b"), ":2\r\n");
  EXPECT_EQ(say("LPUSH l c d"), ":4\r\n");
  EXPECT_EQ(all("l"), "d c a b");
  EXPECT_EQ(say("LPUSHX l e"), ":5\r\n");
  EXPECT_EQ(say("RPUSHX l f"), ":6\r\n");
  EXPECT_EQ(say("LPUSHX absent e"), ":0\r\n");
  EXPECT_EQ(say("RPUSHX absent e"), ":0\r\n");
  EXPECT_EQ(say("EXISTS absent"), ":0\r\n");
  EXPECT_EQ(say("LLEN l"), ":6\r\n");
  EXPECT_EQ(say("TYPE l"), "+list\r\n");
}

TEST_F(ListCommands, values_are_popped_at_both_ends) {
  say("RPUSH l a b c d e");
  EXPECT_EQ(say("LPOP l"), "$1\r\na\r\n");
  EXPECT_EQ(say("RPOP l"), "$1\r\ne\r\n");
  EXPECT_EQ(say("LPOP l 0"), "*0\r\n");
  EXPECT_EQ(say("RPOP l 2"), "*2\r\n$1\r\nd\r\n$1\r\nc\r\n");
  EXPECT_EQ(say("LPOP l 9"), "*1\r\n$1\r\nb\r\n");
  EXPECT_EQ(say("EXISTS l"), ":0\r\n");
  EXPECT_EQ(say("LPOP l"), "$-1\r\n");
  EXPECT_EQ(say("LPOP l 1"), "*-1\r\n");
  EXPECT_EQ(say("LPOP l -1"), "-ERR value is out of range, must be positive\r\n");
  EXPECT_EQ(say("RPOP l x"), "-ERR value is out of range, must be positive\r\n");
  EXPECT_EQ(say("RPOP l 1 1"), "-ERR wrong number of arguments for 'rpop' command\r\n");
  EXPECT_THAT(say("HELLO 3"), StartsWith("%"));
  EXPECT_EQ(say("LPOP l"), "_\r\n");
  EXPECT_EQ(say("LPOP l 1"), "_\r\n");
}

TEST_F(ListCommands, positions_are_read_and_set) {
  say("RPUSH l a b c");
  EXPECT_EQ(say("LINDEX l 0"), "$1\r\na\r\n");
  EXPECT_EQ(say("LINDEX l -1"), "$1\r\nc\r\n");
  EXPECT_EQ(say("LINDEX l 3"), "$-1\r\n");
  EXPECT_EQ(say("LINDEX l x"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(say("LINDEX absent x"), "$-1\r\n");
  EXPECT_EQ(say("LSET l 1 B"), "+OK\r\n");
  EXPECT_EQ(say("LSET l -1 C"), "+OK\r\n");
  EXPECT_EQ(all("l"), "a B C");
  EXPECT_EQ(say("LSET l 3 D"), "-ERR index out of range\r\n");
  EXPECT_EQ(say("LSET l -4 D"), "-ERR index out of range\r\n");
  EXPECT_EQ(say("LSET l x D"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(say("LSET absent x D"), "-ERR no such key\r\n");
}

TEST_F(ListCommands, ranges_are_read_and_cut_out) {
  say("RPUSH l a b c d e");
  EXPECT_EQ(say("LRANGE l 1 2"), "*2\r\n$1\r\nb\r\n$1\r\nc\r\n");
  EXPECT_EQ(say("LRANGE l -2 100"), "*2\r\n$1\r\nd\r\n$1\r\ne\r\n");
  EXPECT_EQ(say("LRANGE l -100 0"), "*1\r\n$1\r\na\r\n");
  EXPECT_EQ(say("LRANGE l 3 2"), "*0\r\n");
  EXPECT_EQ(say("LRANGE l 9223372036854775807 -9223372036854775808"), "*0\r\n");
  EXPECT_EQ(say("LRANGE absent 0 -1"), "*0\r\n");
  EXPECT_EQ(say("LRANGE l 0 x"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(say("LTRIM l 1 -2"), "+OK\r\n");
  EXPECT_EQ(all("l"), "b c d");
  EXPECT_EQ(say("LPUSH l a"), ":4\r\n");
  EXPECT_EQ(all("l"), "a b c d");
  EXPECT_EQ(say("LTRIM l 5 9"), "+OK\r\n");
  EXPECT_EQ(say("EXISTS l"), ":0\r\n");
  EXPECT_EQ(say("LTRIM l 0 1"), "+OK\r\n");
}

TEST_F(ListCommands, values_are_inserted_and_removed_by_what_they_are) {
  say("RPUSH l a b a c a");
  EXPECT_EQ(say("LINSERT l BEFORE b x"), ":6\r\n");
  EXPECT_EQ(say("LINSERT l after c y"), ":7\r\n");
  EXPECT_EQ(all("l"), "a x b a c y a");
  EXPECT_EQ(say("LINSERT l BEFORE absent x"), ":-1\r\n");
  EXPECT_EQ(say("LINSERT absent BEFORE a x"), ":0\r\n");
  EXPECT_EQ(say("LINSERT l BESIDE a x"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("LREM l 1 a"), ":1\r\n");
  EXPECT_EQ(all("l"), "x b a c y a");
  EXPECT_EQ(say("LREM l -1 a"), ":1\r\n");
  EXPECT_EQ(all("l"), "x b a c y");
  EXPECT_EQ(say("RPUSH l a"), ":6\r\n");
  EXPECT_EQ(say("LREM l 0 a"), ":2\r\n");
  EXPECT_EQ(all("l"), "x b c y");
  EXPECT_EQ(say("LREM l 0 a"), ":0\r\n");
  EXPECT_EQ(say("LREM l -9223372036854775808 b"), ":1\r\n");
  EXPECT_EQ(say("LREM l x b"), "-ERR value is not an integer or out of range\r\n");
  say("DEL l");
  say("RPUSH l a a a");
  EXPECT_EQ(say("LREM l 5 a"), ":3\r\n");
  EXPECT_EQ(say("EXISTS l"), ":0\r\n");
}

TEST_F(ListCommands, positions_of_a_value_are_found) {
  say("RPUSH l a b c 1 2 3 c c");
  EXPECT_EQ(say("LPOS l c"), ":2\r\n");
  EXPECT_EQ(say("LPOS l c RANK 2"), ":6\r\n");
  EXPECT_EQ(say("LPOS l c RANK -1"), ":7\r\n");
  EXPECT_EQ(say("LPOS l c RANK -9223372036854775808"), ":7\r\n");
  EXPECT_EQ(say("LPOS l c COUNT 2"), "*2\r\n:2\r\n:6\r\n");
  EXPECT_EQ(say("LPOS l c COUNT 0 RANK -1"), "*3\r\n:7\r\n:6\r\n:2\r\n");
  EXPECT_EQ(say("LPOS l c COUNT 0 MAXLEN 3"), "*1\r\n:2\r\n");
  EXPECT_EQ(say("LPOS l absent"), "$-1\r\n");
  EXPECT_EQ(say("LPOS l absent COUNT 1"), "*0\r\n");
  EXPECT_EQ(say("LPOS absent c COUNT 1"), "*0\r\n");
  EXPECT_EQ(say("LPOS l c RANK 0"),
            "-ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... "
            "or use negative to start from the end of the list\r\n");
  EXPECT_EQ(say("LPOS l c COUNT -1"), "-ERR COUNT can't be negative\r\n");
  EXPECT_EQ(say("LPOS l c MAXLEN x"), "-ERR MAXLEN can't be negative\r\n");
  EXPECT_EQ(say("LPOS l c RANK x"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(say("LPOS l c RANK"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("LPOS l c BOGUS 1"), "-ERR syntax error\r\n");
}

TEST_F(ListCommands, values_are_moved_between_lists) {
  say("RPUSH a 1 2 3");
  EXPECT_EQ(say("RPOPLPUSH a b"), "$1\r\n3\r\n");
  EXPECT_EQ(say("LMOVE a b LEFT RIGHT"), "$1\r\n1\r\n");
  EXPECT_EQ(all("b"), "3 1");
  EXPECT_EQ(say("LMOVE a b right left"), "$1\r\n2\r\n");
  EXPECT_EQ(say("EXISTS a"), ":0\r\n");
  EXPECT_EQ(say("LMOVE a b LEFT LEFT"), "$-1\r\n");
  EXPECT_EQ(say("LMOVE b b LEFT RIGHT"), "$1\r\n2\r\n");
  EXPECT_EQ(all("b"), "3 1 2");
  EXPECT_EQ(say("LMOVE b b LEFT LEFT"), "$1\r\n3\r\n");
  EXPECT_EQ(all("b"), "3 1 2");
  EXPECT_EQ(say("LMOVE b c UP DOWN"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("SET text x"), "+OK\r\n");
  EXPECT_THAT(say("RPOPLPUSH b text"), StartsWith("-WRONGTYPE"));
  EXPECT_EQ(all("b"), "3 1 2");
}

TEST_F(ListCommands, the_first_list_with_values_is_popped) {
  say("RPUSH b 1 2 3");
  EXPECT_EQ(say("LMPOP 2 a b LEFT"), "*2\r\n$1\r\nb\r\n*1\r\n$1\r\n1\r\n");
  EXPECT_EQ(say("LMPOP 2 a b RIGHT COUNT 9"), "*2\r\n$1\r\nb\r\n*2\r\n$1\r\n3\r\n$1\r\n2\r\n");
  EXPECT_EQ(say("LMPOP 2 a b LEFT"), "*-1\r\n");
  EXPECT_EQ(say("LMPOP 0 a LEFT"), "-ERR numkeys should be greater than 0\r\n");
  EXPECT_EQ(say("LMPOP 2 a LEFT"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("LMPOP 1 a BOGUS"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("LMPOP 1 a LEFT COUNT"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("LMPOP 1 a LEFT COUNT 0"), "-ERR count should be greater than 0\r\n");
}

TEST_F(ListCommands, keys_of_another_kind_are_refused) {
  say("SADD s a");
  say("RPUSH l a");
  for (const char* command :
       {"LPUSH s a", "RPUSH s a", "LPUSHX s a", "RPUSHX s a", "LPOP s", "RPOP s 2", "LLEN s",
        "LRANGE s 0 1", "LINDEX s 0", "LSET s 0 a", "LINSERT s BEFORE a b", "LREM s 0 a",
        "LTRIM s 0 0", "LPOS s a", "LMOVE s l LEFT LEFT", "LMOVE l s LEFT LEFT", "RPOPLPUSH s l",
        "LMPOP 1 s LEFT"}) {
    EXPECT_EQ(say(command),
              "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
        << command;
  }
  EXPECT_EQ(all("l"), "a");
}

TEST_F(ListCommands, what_happens_is_announced) {
  EventListeningPeer listener(server());
  say("RPUSH l a b c");
  say("LPUSH l a");
  say("LPUSHX absent a");
  say("LSET l 0 x");
  say("LINSERT l AFTER x y");
  say("LINSERT l AFTER absent y");
  say("LREM l 0 y");
  say("LTRIM l 0 1");
  EXPECT_THAT(listener.heard(),
              ElementsAre("rpush l", "lpush l", "lset l", "linsert l", "lrem l", "ltrim l"));
  say("LMOVE l m RIGHT LEFT");
  say("LMOVE l m LEFT RIGHT");
  EXPECT_THAT(listener.heard(), ElementsAre("lpush m", "rpop l", "rpush m", "lpop l", "del l"));
  say("LPOP m 0");
  say("LPOP m");
  say("RPOP m");
  EXPECT_THAT(listener.heard(), ElementsAre("lpop m", "rpop m", "del m"));
  say("RPUSH l a");
  say("LREM l 0 a");
  say("RPUSH l a");
  say("LTRIM l 1 0");
  EXPECT_THAT(listener.heard(),
              ElementsAre("rpush l", "lrem l", "del l", "rpush l", "ltrim l", "del l"));
  say("LRANGE l 0 -1");
  EXPECT_THAT(listener.heard(), IsEmpty());
}

TEST_F(ListCommands, a_transaction_sees_its_own_values_and_an_error_in_it_changes_nothing) {
  say("MULTI");
  say("RPUSH l a b c");
  say("LREM l 0 b");
  say("LSET l 9 x");
  say("LRANGE l 0 -1");
  say("LTRIM l 1 0");
  say("LPUSH l d");
  say("LRANGE l 0 -1");
  EXPECT_EQ(say("EXEC"),
            "*7\r\n:3\r\n:1\r\n-ERR index out of range\r\n*2\r\n$1\r\na\r\n$1\r\nc\r\n+OK\r\n"
            ":1\r\n*1\r\n$1\r\nd\r\n");
  reopen();
  EXPECT_EQ(all("l"), "d");
}

TEST_F(ListCommands, a_copy_has_values_of_its_own) {
  say("RPUSH l a b");
  say("LPUSH l c");
  EXPECT_EQ(say("COPY l m"), ":1\r\n");
  EXPECT_EQ(say("LPUSH m d"), ":4\r\n");
  EXPECT_EQ(all("m"), "d c a b");
  EXPECT_EQ(all("l"), "c a b");
}

}  // namespace
}  // namespace quartz::server
