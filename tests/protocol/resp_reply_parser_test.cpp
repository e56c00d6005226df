#include "protocol/resp_reply_parser.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/resp_reply.hpp"

namespace quartz::protocol {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

using Progress = RespReplyParser::Progress;

// A node with a copy of its text.
struct Node {
  RespType type;
  std::string text = {};
  std::size_t children = 0;
  std::uint32_t depth = 0;
  bool operator==(const Node&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const Node& node) {
    return out << static_cast<char>(node.type) << node.text << " (" << node.children << " at "
               << node.depth << ")";
  }
};

// All replies that `stream` holds, when it arrives in pieces of so many bytes.
std::vector<std::vector<Node>> replies_in(const std::string& stream, std::size_t piece) {
  RespReplyParser parser;
  std::vector<std::vector<Node>> replies;
  std::string buffer;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    buffer = std::string(buffer) + stream.substr(at, piece);
    while (!buffer.empty() && parser.advance(buffer) == Progress::complete) {
      std::vector<Node>& reply = replies.emplace_back();
      for (const RespNode& node : parser.nodes()) {
        reply.push_back({node.type, std::string(node.text), node.children, node.depth});
      }
      buffer.erase(0, parser.consumed());
    }
    EXPECT_EQ(parser.refusal(), "");
  }
  EXPECT_EQ(buffer, "");
  return replies;
}

// The same whole and in pieces of every length.
std::vector<std::vector<Node>> replies_in(const std::string& stream) {
  const auto whole = replies_in(stream, stream.size());
  for (std::size_t piece = 1; piece < stream.size(); ++piece) {
    EXPECT_EQ(replies_in(stream, piece), whole) << piece;
  }
  return whole;
}

std::vector<Node> reply_in(const std::string& stream) {
  const auto replies = replies_in(stream);
  EXPECT_THAT(replies, SizeIs(1)) << stream;
  return replies.empty() ? std::vector<Node>() : replies.front();
}

std::string refusal_of(const std::string& stream, const RespReplyLimits& limits = {}) {
  RespReplyParser parser(limits);
  EXPECT_EQ(parser.advance(stream), Progress::refused) << stream;
  return parser.refusal();
}

TEST(RespReplyParser, reads_a_value_of_each_type) {
  EXPECT_THAT(reply_in("+OK\r\n"), ElementsAre(Node{RespType::simple, "OK"}));
  EXPECT_THAT(reply_in("-ERR no\r\n"), ElementsAre(Node{RespType::error, "ERR no"}));
  EXPECT_THAT(reply_in(":-5\r\n"), ElementsAre(Node{RespType::integer, "-5"}));
  EXPECT_THAT(reply_in("$4\r\na\r\nb\r\n"), ElementsAre(Node{RespType::bulk, "a\r\nb"}));
  EXPECT_THAT(reply_in("$0\r\n\r\n"), ElementsAre(Node{RespType::bulk, ""}));
  EXPECT_THAT(reply_in("_\r\n"), ElementsAre(Node{RespType::null}));
  EXPECT_THAT(reply_in("#t\r\n"), ElementsAre(Node{RespType::boolean, "t"}));
  EXPECT_THAT(reply_in(",1.5\r\n"), ElementsAre(Node{RespType::real, "1.5"}));
  EXPECT_THAT(reply_in("(123\r\n"), ElementsAre(Node{RespType::big_number, "123"}));
  EXPECT_THAT(reply_in("!6\r\nERR no\r\n"), ElementsAre(Node{RespType::bulk_error, "ERR no"}));
  EXPECT_THAT(reply_in("=5\r\ntxt:a\r\n"), ElementsAre(Node{RespType::verbatim, "txt:a"}));
}

TEST(RespReplyParser, takes_what_resp2_calls_nothing_for_the_same) {
  EXPECT_THAT(reply_in("$-1\r\n"), ElementsAre(Node{RespType::null}));
  EXPECT_THAT(reply_in("*-1\r\n"), ElementsAre(Node{RespType::null}));
}

TEST(RespReplyParser, puts_what_an_aggregate_holds_behind_it) {
  EXPECT_THAT(reply_in("*3\r\n:1\r\n*1\r\n+a\r\n$1\r\nb\r\n"),
              ElementsAre(Node{RespType::array, "", 3}, Node{RespType::integer, "1", 0, 1},
                          Node{RespType::array, "", 1, 1}, Node{RespType::simple, "a", 0, 2},
                          Node{RespType::bulk, "b", 0, 1}));
  EXPECT_THAT(reply_in("%1\r\n+k\r\n~0\r\n"),
              ElementsAre(Node{RespType::map, "", 2}, Node{RespType::simple, "k", 0, 1},
                          Node{RespType::set, "", 0, 1}));
  EXPECT_THAT(reply_in("*0\r\n"), ElementsAre(Node{RespType::array}));
  EXPECT_THAT(reply_in(">1\r\n+a\r\n"),
              ElementsAre(Node{RespType::push, "", 1}, Node{RespType::simple, "a", 0, 1}));
}

TEST(RespReplyParser, an_attribute_stands_before_what_it_is_about) {
  EXPECT_THAT(reply_in("|1\r\n+ttl\r\n:9\r\n$1\r\nv\r\n"),
              ElementsAre(Node{RespType::attribute, "", 2}, Node{RespType::simple, "ttl", 0, 1},
                          Node{RespType::integer, "9", 0, 1}, Node{RespType::bulk, "v"}));
  EXPECT_THAT(reply_in("*2\r\n:1\r\n|0\r\n:2\r\n"),
              ElementsAre(Node{RespType::array, "", 2}, Node{RespType::integer, "1", 0, 1},
                          Node{RespType::attribute, "", 0, 1}, Node{RespType::integer, "2", 0, 1}));
}

TEST(RespReplyParser, several_replies_follow_each_other) {
  EXPECT_THAT(replies_in("+a\r\n*1\r\n:1\r\n$1\r\nb\r\n"), SizeIs(3));
}

TEST(RespReplyParser, reads_what_the_writer_writes) {
  for (const RespVersion version : {RespVersion::resp2, RespVersion::resp3}) {
    std::string stream;
    RespReplyWriter to(stream, version);
    to.map(1);
    to.bulk("scores");
    to.array(5);
    to.real(0.1);
    to.boolean(true);
    to.null();
    to.null_array();
    to.verbatim("text");
    EXPECT_THAT(reply_in(stream), SizeIs(8));
  }
}

TEST(RespReplyParser, refuses_what_is_no_reply_and_says_where) {
  EXPECT_EQ(refusal_of("HTTP/1.1 400\r\n"), "unknown type 'H' at byte 0");
  EXPECT_EQ(refusal_of("*2\r\n:1\r\n\r\n"), "an empty line at byte 8");
  EXPECT_THAT(refusal_of("$x\r\n"), HasSubstr("a length that is none"));
  EXPECT_THAT(refusal_of("*-2\r\n"), HasSubstr("a length that is none"));
  EXPECT_THAT(refusal_of("*?\r\n"), HasSubstr("a length that is none"));
  EXPECT_THAT(refusal_of("$1\r\nab\r\n"), HasSubstr("bytes beyond their length"));
}

TEST(RespReplyParser, refuses_beyond_its_limits_before_the_bytes_are_there) {
  const RespReplyLimits limits = {.nodes_max = 3, .bytes_max = 10, .depth_max = 2};
  EXPECT_THAT(refusal_of("*4\r\n", limits), HasSubstr("more values"));
  EXPECT_THAT(refusal_of("$11\r\n", limits), HasSubstr("longer"));
  EXPECT_THAT(refusal_of("+aaaaaaaaaaaaa", limits), HasSubstr("longer"));
  EXPECT_THAT(refusal_of("*1\r\n*1\r\n*1\r\n", limits), HasSubstr("deeper"));
  EXPECT_THAT(refusal_of("*3\r\n*1\r\n_\r\n_\r\n", limits), HasSubstr("more values"));
  RespReplyParser parser(limits);
  EXPECT_EQ(parser.advance("x\r\n"), Progress::refused);
  EXPECT_EQ(parser.advance("+OK\r\n"), Progress::refused);
}

}  // namespace
}  // namespace quartz::protocol
