#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/component_bytes.hpp"
#include "server/resp/event_listener.hpp"
#include "server/resp/resp_conversation.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kKeyOfWrongType =
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

class VectorSetCommands : public RespConversation {
 protected:
  void add_colours() {
    EXPECT_EQ(say("VADD v VALUES 3 1 0 0 red SETATTR '{\"warm\":1}'"), ":1\r\n");
    EXPECT_EQ(say("VADD v VALUES 3 0 1 0 green"), ":1\r\n");
    EXPECT_EQ(say("VADD v VALUES 3 0 0 2 blue SETATTR '{\"warm\":0}'"), ":1\r\n");
  }
  std::vector<std::string> collections() { return service().collections().names(); }
  void sweep() { service().drop_abandoned_collections().value(); }
};

TEST_F(VectorSetCommands, elements_are_added_and_counted) {
  EXPECT_EQ(say("VCARD v"), ":0\r\n");
  add_colours();
  EXPECT_EQ(say("VCARD v"), ":3\r\n");
  EXPECT_EQ(say("VDIM v"), ":3\r\n");
  EXPECT_EQ(say("VISMEMBER v red"), ":1\r\n");
  EXPECT_EQ(say("VISMEMBER v absent"), ":0\r\n");
  EXPECT_EQ(say("VISMEMBER absent red"), ":0\r\n");
  EXPECT_EQ(say("TYPE v"), "+vectorset\r\n");
  EXPECT_EQ(say("OBJECT ENCODING v"), "$3\r\nraw\r\n");
  EXPECT_EQ(say("VDIM absent"), "-ERR key does not exist\r\n");
}

TEST_F(VectorSetCommands, truth_is_told_as_such_in_resp3) {
  say("HELLO 3");
  EXPECT_EQ(say("VADD v VALUES 2 1 0 a"), "#t\r\n");
  EXPECT_EQ(say("VADD v VALUES 2 0 1 a"), "#f\r\n");
  EXPECT_EQ(say("VISMEMBER v a"), "#t\r\n");
  EXPECT_EQ(say("VSETATTR v b {}"), "#f\r\n");
  EXPECT_EQ(say("VGETATTR v a"), "_\r\n");
  EXPECT_EQ(say("VEMB v a"), "*2\r\n,0\r\n,1\r\n");
  EXPECT_EQ(say("VEMB v b"), "_\r\n");
  EXPECT_EQ(say("VREM v a"), "#t\r\n");
  EXPECT_EQ(say("VREM v a"), "#f\r\n");
}

TEST_F(VectorSetCommands, a_vector_may_be_given_as_bytes) {
  EXPECT_EQ(say_words({"VADD", "v", "FP32", bytes_of({0.5F, -2}), "a"}), ":1\r\n");
  EXPECT_EQ(say("VEMB v a"), "*2\r\n$3\r\n0.5\r\n$2\r\n-2\r\n");
  EXPECT_EQ(say_words({"VADD", "v", "fp32", bytes_of({3, 4}), "a"}), ":0\r\n");
  const std::string raw = say("VEMB v a RAW");
  EXPECT_EQ(raw, "*3\r\n+f32\r\n$8\r\n" + bytes_of({0.6F, 0.8F}) + "\r\n$1\r\n5\r\n");
  EXPECT_EQ(say("VEMB v absent"), "*-1\r\n");
  EXPECT_EQ(say("VEMB v a COOKED"), "-ERR syntax error\r\n");
}

TEST_F(VectorSetCommands, another_vector_keeps_the_attributes_unless_others_are_given) {
  add_colours();
  EXPECT_EQ(say("VADD v VALUES 3 1 1 0 red"), ":0\r\n");
  EXPECT_EQ(say("VGETATTR v red"), "$10\r\n{\"warm\":1}\r\n");
  EXPECT_EQ(say("VADD v VALUES 3 1 1 0 red SETATTR '{\"warm\":2}'"), ":0\r\n");
  EXPECT_EQ(say("VGETATTR v red"), "$10\r\n{\"warm\":2}\r\n");
  EXPECT_EQ(say("VCARD v"), ":3\r\n");
}

TEST_F(VectorSetCommands, attributes_are_set_read_and_removed) {
  add_colours();
  EXPECT_EQ(say("VGETATTR v green"), "$-1\r\n");
  EXPECT_EQ(say("VSETATTR v green '{\"a\":1}'"), ":1\r\n");
  EXPECT_EQ(say("VGETATTR v green"), "$7\r\n{\"a\":1}\r\n");
  EXPECT_EQ(say_words({"VSETATTR", "v", "green", ""}), ":1\r\n");
  EXPECT_EQ(say("VGETATTR v green"), "$-1\r\n");
  EXPECT_EQ(say("VSETATTR v absent {}"), ":0\r\n");
  EXPECT_EQ(say("VSETATTR absent a {}"), ":0\r\n");
  EXPECT_EQ(say("VGETATTR absent a"), "$-1\r\n");
  EXPECT_THAT(say("VSETATTR v green nonsense"), AllOf(StartsWith("-ERR"), HasSubstr("payload")));
  EXPECT_THAT(say("VSETATTR v green [1]"), StartsWith("-ERR"));
  EXPECT_EQ(say("VGETATTR v green"), "$-1\r\n");
}

TEST_F(VectorSetCommands, the_key_goes_with_its_last_element) {
  add_colours();
  EXPECT_EQ(say("VREM v red"), ":1\r\n");
  EXPECT_EQ(say("VREM v red"), ":0\r\n");
  EXPECT_EQ(say("VREM v green"), ":1\r\n");
  EXPECT_EQ(say("EXISTS v"), ":1\r\n");
  EXPECT_EQ(say("VREM v blue"), ":1\r\n");
  EXPECT_EQ(say("EXISTS v"), ":0\r\n");
  EXPECT_EQ(say("VREM absent a"), ":0\r\n");
  sweep();
  EXPECT_THAT(collections(), IsEmpty());
}

TEST_F(VectorSetCommands, what_cannot_be_stored_is_refused_and_leaves_nothing_behind) {
  EXPECT_EQ(say("VADD v VALUES 2 1 nan a"), "-ERR invalid vector specification\r\n");
  EXPECT_THAT(say("VADD v VALUES 2 1 inf a"), AllOf(StartsWith("-ERR"), HasSubstr("finite")));
  EXPECT_THAT(say("VADD v VALUES 2 0 0 a"), StartsWith("-ERR"));
  EXPECT_EQ(say("VADD v VALUES 3 1 2 a"), "-ERR invalid vector specification\r\n");
  EXPECT_EQ(say("VADD v VALUES 0 1 2 a"), "-ERR invalid vector specification\r\n");
  EXPECT_EQ(say("VADD v VALUES -1 1 2 a"), "-ERR invalid vector specification\r\n");
  EXPECT_EQ(say("VADD v VALUES 5000 1 2 a"), "-ERR invalid vector specification\r\n");
  EXPECT_EQ(say("VADD v WORDS 2 1 2 a"), "-ERR invalid vector specification\r\n");
  EXPECT_EQ(say("VADD v VALUES 2 1 2"), "-ERR wrong number of arguments for 'vadd' command\r\n");
  EXPECT_EQ(say("VADD v FP32 abc a"), "-ERR invalid vector specification\r\n");
  EXPECT_EQ(say_words({"VADD", "v", "FP32", "", "a"}), "-ERR invalid vector specification\r\n");
  EXPECT_EQ(say_words({"VADD", "v", "FP32", std::string(4 * 4097, 'x'), "a"}),
            "-ERR invalid vector specification\r\n");
  const std::string not_a_number("\0\0\xC0\x7F", 4);
  EXPECT_THAT(say_words({"VADD", "v", "FP32", not_a_number, "a"}), HasSubstr("finite"));
  EXPECT_THAT(say_words({"VADD", "v", "VALUES", "1", "1", ""}), HasSubstr("1 to 1024"));
  EXPECT_THAT(say_words({"VADD", "v", "VALUES", "1", "1", std::string(1025, 'x')}),
              HasSubstr("1 to 1024"));
  EXPECT_THAT(say("VADD v VALUES 1 1 a SETATTR {"), HasSubstr("payload"));
  EXPECT_THAT(say("VADD v REDUCE 2 VALUES 3 1 2 3 a"), HasSubstr("REDUCE is not supported"));
  EXPECT_EQ(say("EXISTS v"), ":0\r\n");
  sweep();
  EXPECT_THAT(collections(), IsEmpty());
}

TEST_F(VectorSetCommands, options_of_the_index_are_those_of_the_first_element) {
  EXPECT_EQ(say("VADD v VALUES 2 1 0 a CAS NOQUANT EF 50 M 8"), ":1\r\n");
  EXPECT_EQ(say("VADD v VALUES 2 1 0 b"), ":1\r\n");
  EXPECT_EQ(say("VADD v VALUES 2 1 0 c NOQUANT M 8 EF 77"), ":1\r\n");
  EXPECT_EQ(say("VADD v VALUES 3 1 0 0 d"),
            "-ERR Vector dimension mismatch - got 3 but set has 2\r\n");
  EXPECT_EQ(say("VADD v VALUES 2 1 0 d Q8"),
            "-ERR asked quantization mismatch with existing vector set\r\n");
  EXPECT_EQ(say("VADD v VALUES 2 1 0 d M 16"),
            "-ERR asked M value mismatch with existing vector set\r\n");
  EXPECT_EQ(say("VADD v VALUES 2 1 0 d M 3"), "-ERR invalid M: it must be within 4 and 128\r\n");
  EXPECT_EQ(say("VADD v VALUES 2 1 0 d EF 0"),
            "-ERR invalid EF: it must be within 1 and 10000\r\n");
  EXPECT_EQ(say("VADD v VALUES 2 1 0 d NONSENSE"), "-ERR invalid option after element\r\n");
  EXPECT_EQ(say("VADD v VALUES 2 1 0 d SETATTR"), "-ERR invalid option after element\r\n");
  EXPECT_EQ(say("VCARD v"), ":3\r\n");
  EXPECT_EQ(say("VADD w VALUES 2 1 0 a BIN"), ":1\r\n");
  EXPECT_THAT(say("VINFO w"), HasSubstr("$10\r\nquant-type\r\n+bin\r\n"));
}

TEST_F(VectorSetCommands, a_vector_set_tells_what_it_is) {
  add_colours();
  const std::string info = say("VINFO v");
  EXPECT_THAT(info, StartsWith("*16\r\n$10\r\nquant-type\r\n+int8\r\n$6\r\nhnsw-m\r\n:16\r\n"));
  EXPECT_THAT(info, HasSubstr("$10\r\nvector-dim\r\n:3\r\n"));
  EXPECT_THAT(info, HasSubstr("$4\r\nsize\r\n:3\r\n"));
  ASSERT_EQ(collections().size(), 1U);
  EXPECT_THAT(info, HasSubstr("$10\r\ncollection\r\n$" + std::to_string(collections()[0].size()) +
                              "\r\n" + collections()[0] + "\r\n"));
  EXPECT_EQ(say("VINFO absent"), "*-1\r\n");
  say("HELLO 3");
  EXPECT_THAT(say("VINFO v"), StartsWith("%8\r\n"));
}

TEST_F(VectorSetCommands, any_elements_are_drawn) {
  add_colours();
  EXPECT_THAT(say("VRANDMEMBER v"),
              testing::AnyOf("$3\r\nred\r\n", "$5\r\ngreen\r\n", "$4\r\nblue\r\n"));
  EXPECT_THAT(say("VRANDMEMBER v 2"), StartsWith("*2\r\n"));
  EXPECT_THAT(say("VRANDMEMBER v 9"),
              AllOf(StartsWith("*3\r\n"), HasSubstr("red"), HasSubstr("green"), HasSubstr("blue")));
  EXPECT_THAT(say("VRANDMEMBER v -9"), StartsWith("*9\r\n"));
  EXPECT_EQ(say("VRANDMEMBER v 0"), "*0\r\n");
  EXPECT_EQ(say("VRANDMEMBER absent"), "$-1\r\n");
  EXPECT_EQ(say("VRANDMEMBER absent 2"), "*0\r\n");
  EXPECT_THAT(say("VRANDMEMBER v x"), StartsWith("-ERR value is not an integer"));
  EXPECT_THAT(say("VRANDMEMBER v 1 2"), StartsWith("-ERR wrong number of arguments"));
}

TEST_F(VectorSetCommands, no_more_are_drawn_than_an_answer_may_hold) {
  say_words({"VADD", "v", "VALUES", "1", "1", std::string(1024, 'x')});
  EXPECT_THAT(say("VRANDMEMBER v -1000"), StartsWith("*1000\r\n$1024\r\n"));
  EXPECT_EQ(say("VRANDMEMBER v -300000"), "-ERR value is out of range\r\n");
  EXPECT_EQ(say("VRANDMEMBER v -9000000000"), "-ERR value is out of range\r\n");
}

TEST_F(VectorSetCommands, other_kinds_of_keys_are_refused_both_ways) {
  say("SET s x");
  add_colours();
  for (const char* line :
       {"VADD s VALUES 1 1 a", "VREM s a", "VCARD s", "VDIM s", "VEMB s a", "VGETATTR s a",
        "VSETATTR s a {}", "VINFO s", "VLINKS s a", "VRANDMEMBER s", "VISMEMBER s a",
        "VSIM s ELE a", "GET v", "HGET v a", "LPUSH v a", "SADD v a", "ZADD v 1 a", "INCR v"}) {
    EXPECT_EQ(say(line), kKeyOfWrongType) << line;
  }
  EXPECT_EQ(say("VCARD v"), ":3\r\n");
  EXPECT_EQ(say("SET v x"), "+OK\r\n");
  EXPECT_EQ(say("GET v"), "$1\r\nx\r\n");
  sweep();
  EXPECT_THAT(collections(), IsEmpty());
}

TEST_F(VectorSetCommands, a_removed_key_takes_its_collection_along) {
  add_colours();
  ASSERT_EQ(collections().size(), 1U);
  EXPECT_EQ(say("DEL v"), ":1\r\n");
  EXPECT_EQ(say("VCARD v"), ":0\r\n");
  // A new one does not wait for the old one to go, and has nothing of it.
  EXPECT_EQ(say("VADD v VALUES 2 1 0 other"), ":1\r\n");
  EXPECT_EQ(say("VCARD v"), ":1\r\n");
  EXPECT_EQ(say("VISMEMBER v red"), ":0\r\n");
  EXPECT_EQ(collections().size(), 2U);
  sweep();
  EXPECT_EQ(collections().size(), 1U);
  EXPECT_EQ(say("VCARD v"), ":1\r\n");
}

TEST_F(VectorSetCommands, a_flushed_database_has_no_collections) {
  add_colours();
  say("SELECT 3");
  add_colours();
  say("FLUSHDB");
  EXPECT_EQ(say("EXISTS v"), ":0\r\n");
  sweep();
  EXPECT_THAT(collections(), ElementsAre(StartsWith("vset.0.")));
  say("FLUSHALL");
  sweep();
  EXPECT_THAT(collections(), IsEmpty());
}

TEST_F(VectorSetCommands, a_key_that_has_expired_takes_its_collection_along) {
  add_colours();
  EXPECT_EQ(say("EXPIRE v 10"), ":1\r\n");
  EXPECT_EQ(say("VADD v VALUES 3 1 1 1 grey"), ":1\r\n");
  EXPECT_EQ(say("TTL v"), ":10\r\n");
  time_.pass(std::chrono::seconds(11));
  EXPECT_EQ(say("VCARD v"), ":0\r\n");
  EXPECT_EQ(service().remove_expired(100).value(), 1U);
  sweep();
  EXPECT_THAT(collections(), IsEmpty());
}

TEST_F(VectorSetCommands, a_renamed_key_holds_the_same_elements) {
  add_colours();
  EXPECT_EQ(say("RENAME v w"), "+OK\r\n");
  EXPECT_EQ(say("VCARD v"), ":0\r\n");
  EXPECT_EQ(say("VCARD w"), ":3\r\n");
  EXPECT_EQ(say("VSIM w VALUES 3 0 0 1 COUNT 1"), "*1\r\n$4\r\nblue\r\n");
  EXPECT_EQ(say("VADD v VALUES 1 1 a"), ":1\r\n");
  sweep();
  EXPECT_EQ(say("VCARD w"), ":3\r\n");
  EXPECT_EQ(say("VCARD v"), ":1\r\n");
}

TEST_F(VectorSetCommands, copies_are_refused) {
  add_colours();
  EXPECT_EQ(say("COPY v w"), "-ERR vector sets cannot be copied or moved\r\n");
  EXPECT_EQ(say("MOVE v 1"), "-ERR vector sets cannot be copied or moved\r\n");
  EXPECT_EQ(say("SWAPDB 0 1"), "-ERR vector sets cannot be copied or moved\r\n");
  EXPECT_EQ(say("DUMP v"), "-ERR vector sets cannot be copied or moved\r\n");
  EXPECT_THAT(say("MEMORY USAGE v"), StartsWith(":"));
  EXPECT_EQ(say("EXISTS v w"), ":1\r\n");
}

TEST_F(VectorSetCommands, scans_find_them_by_their_type) {
  add_colours();
  say("SET s x");
  EXPECT_EQ(say("SCAN 0 TYPE vectorset"), "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nv\r\n");
  EXPECT_EQ(say("DBSIZE"), ":2\r\n");
  EXPECT_EQ(say("KEYS *"), "*2\r\n$1\r\ns\r\n$1\r\nv\r\n");
}

TEST_F(VectorSetCommands, elements_outlive_a_restart) {
  add_colours();
  say("RENAME v w");
  reopen();
  sweep();
  EXPECT_EQ(say("VCARD w"), ":3\r\n");
  EXPECT_EQ(say("VSIM w ELE red COUNT 1"), "*1\r\n$3\r\nred\r\n");
  EXPECT_EQ(say("VADD w VALUES 3 1 1 1 grey"), ":1\r\n");
  EXPECT_EQ(say("VCARD w"), ":4\r\n");
}

TEST_F(VectorSetCommands, whoever_watches_the_key_learns_of_new_elements) {
  add_colours();
  RespPeer other(server());
  say("WATCH v");
  other.say("VSETATTR v red {}");
  say("MULTI");
  say("VCARD v");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
}

TEST_F(VectorSetCommands, a_transaction_sees_what_it_has_added) {
  EXPECT_EQ(say("MULTI"), "+OK\r\n");
  for (const char* line : {"VADD v VALUES 2 1 0 a", "VADD v VALUES 2 0 1 b", "VCARD v",
                           "VADD v VALUES 2 1 1 a SETATTR '{\"n\":1}'", "VGETATTR v a", "VREM v b",
                           "VISMEMBER v b", "VCARD v", "TYPE v", "VADD v VALUES 1 1 c"}) {
    EXPECT_EQ(say(line), "+QUEUED\r\n") << line;
  }
  EXPECT_EQ(say("EXEC"),
            "*10\r\n:1\r\n:1\r\n:2\r\n:0\r\n$7\r\n{\"n\":1}\r\n:1\r\n:0\r\n:1\r\n+vectorset\r\n"
            "-ERR Vector dimension mismatch - got 1 but set has 2\r\n");
  EXPECT_EQ(say("VCARD v"), ":1\r\n");
  EXPECT_EQ(say("VSIM v VALUES 2 1 0"), "*1\r\n$1\r\na\r\n");
}

TEST_F(VectorSetCommands, a_transaction_does_not_search_what_it_has_written) {
  add_colours();
  say("MULTI");
  for (const char* line : {"VSIM v ELE red COUNT 1", "VADD v VALUES 3 1 1 1 grey", "VSIM v ELE red",
                           "VLINKS v red", "VRANDMEMBER v"}) {
    EXPECT_EQ(say(line), "+QUEUED\r\n");
  }
  const std::string refused =
      "-ERR a transaction cannot search a vector set that it has written to\r\n";
  EXPECT_EQ(say("EXEC"), "*5\r\n*1\r\n$3\r\nred\r\n:1\r\n" + refused + refused + refused);
  EXPECT_EQ(say("VCARD v"), ":4\r\n");
}

TEST_F(VectorSetCommands, a_discarded_transaction_leaves_no_collection) {
  RespPeer other(server());
  say("WATCH w");
  other.say("SET w 1");
  say("MULTI");
  say("VADD v VALUES 2 1 0 a");
  EXPECT_EQ(say("EXEC"), "*-1\r\n");
  EXPECT_EQ(say("EXISTS v"), ":0\r\n");
  // A transaction that made one, and removed it again.
  say("MULTI");
  say("VADD v VALUES 2 1 0 a");
  say("DEL v");
  EXPECT_EQ(say("EXEC"), "*2\r\n:1\r\n:1\r\n");
  sweep();
  EXPECT_THAT(collections(), IsEmpty());
}

TEST_F(VectorSetCommands, a_set_whose_collection_was_dropped_past_it_is_empty) {
  add_colours();
  ASSERT_EQ(collections().size(), 1U);
  service().collections().drop(collections()[0]).value();
  EXPECT_EQ(say("VCARD v"), ":0\r\n");
  EXPECT_EQ(say("VSIM v ELE red"), "*0\r\n");
  EXPECT_EQ(say("VADD v VALUES 2 1 0 a"), ":1\r\n");
  EXPECT_EQ(say("VCARD v"), ":1\r\n");
  sweep();
  EXPECT_EQ(collections().size(), 1U);
}

TEST_F(VectorSetCommands, events_tell_of_elements) {
  EventListeningPeer listener(server());
  say("VADD v VALUES 2 1 0 a");
  say("VSETATTR v a {}");
  say("VREM v a");
  EXPECT_THAT(listener.heard(), ElementsAre("vadd v", "vsetattr v", "vrem v", "del v"));
}

}  // namespace
}  // namespace quartz::server
