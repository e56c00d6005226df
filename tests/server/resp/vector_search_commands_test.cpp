#include <cmath>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class VectorSearchCommands : public RespConversation {
 protected:
  VectorSearchCommands() {
    say("VADD v VALUES 2 1 0 east SETATTR '{\"year\":1990,\"name\":\"E\"}'");
    say("VADD v VALUES 2 0 3 north SETATTR '{\"year\":1970}'");
    say("VADD v VALUES 2 -2 0 west");
  }
};

TEST_F(VectorSearchCommands, the_nearest_come_first) {
  EXPECT_EQ(say("VSIM v VALUES 2 1 0.5"), "*3\r\n$4\r\neast\r\n$5\r\nnorth\r\n$4\r\nwest\r\n");
  EXPECT_EQ(say("VSIM v VALUES 2 -1 0.1 COUNT 1"), "*1\r\n$4\r\nwest\r\n");
  EXPECT_EQ(say("VSIM absent VALUES 2 1 0"), "*0\r\n");
}

TEST_F(VectorSearchCommands, an_element_is_nearest_to_itself) {
  EXPECT_EQ(say("VSIM v ELE north COUNT 1"), "*1\r\n$5\r\nnorth\r\n");
  EXPECT_EQ(say("VSIM v ELE absent"), "-ERR element not found in set\r\n");
  EXPECT_EQ(say("VSIM absent ELE absent"), "*0\r\n");
}

TEST_F(VectorSearchCommands, scores_go_from_one_to_zero) {
  EXPECT_EQ(say("VSIM v ELE east WITHSCORES"),
            "*6\r\n$4\r\neast\r\n$1\r\n1\r\n$5\r\nnorth\r\n$3\r\n0.5\r\n$4\r\nwest\r\n$1\r\n0\r\n");
  say("HELLO 3");
  EXPECT_EQ(say("VSIM v ELE east WITHSCORES"),
            "%3\r\n$4\r\neast\r\n,1\r\n$5\r\nnorth\r\n,0.5\r\n$4\r\nwest\r\n,0\r\n");
  EXPECT_EQ(say("VSIM absent ELE east WITHSCORES"), "%0\r\n");
}

TEST_F(VectorSearchCommands, attributes_are_told_where_there_are_some) {
  EXPECT_EQ(say("VSIM v ELE north WITHATTRIBS COUNT 1"),
            "*2\r\n$5\r\nnorth\r\n$13\r\n{\"year\":1970}\r\n");
  EXPECT_EQ(say("VSIM v ELE west WITHATTRIBS WITHSCORES COUNT 1"),
            "*3\r\n$4\r\nwest\r\n$1\r\n1\r\n$-1\r\n");
  say("HELLO 3");
  EXPECT_EQ(say("VSIM v ELE west WITHATTRIBS COUNT 1"), "%1\r\n$4\r\nwest\r\n_\r\n");
  EXPECT_EQ(say("VSIM v ELE north WITHSCORES WITHATTRIBS COUNT 1"),
            "%1\r\n$5\r\nnorth\r\n*2\r\n,1\r\n$13\r\n{\"year\":1970}\r\n");
}

TEST_F(VectorSearchCommands, a_filter_asks_the_attributes) {
  EXPECT_EQ(say("VSIM v VALUES 2 1 0.5 FILTER '.year > 1980'"), "*1\r\n$4\r\neast\r\n");
  EXPECT_EQ(say("VSIM v VALUES 2 1 0.5 FILTER '.year < 1980 or .name == \"E\"' FILTER-EF 500"),
            "*1\r\n$4\r\neast\r\n");
  EXPECT_EQ(say("VSIM v VALUES 2 1 0.5 FILTER '.year < 1980'"), "*1\r\n$5\r\nnorth\r\n");
  EXPECT_THAT(say("VSIM v VALUES 2 1 0.5 FILTER '.year >'"),
              StartsWith("-ERR syntax error in FILTER expression near"));
  EXPECT_THAT(say("VSIM v VALUES 2 1 0.5 FILTER '.year == .name'"), HasSubstr("not supported"));
}

TEST_F(VectorSearchCommands, epsilon_bounds_the_distance) {
  EXPECT_EQ(say("VSIM v ELE east EPSILON 0.2"), "*1\r\n$4\r\neast\r\n");
  EXPECT_EQ(say("VSIM v ELE east EPSILON 0.6"), "*2\r\n$4\r\neast\r\n$5\r\nnorth\r\n");
  EXPECT_EQ(say("VSIM v ELE east EPSILON 0"), "-ERR invalid EPSILON\r\n");
  EXPECT_EQ(say("VSIM v ELE east EPSILON x"), "-ERR invalid EPSILON\r\n");
}

TEST_F(VectorSearchCommands, the_ways_to_search_find_the_same) {
  for (const char* how : {"", " TRUTH", " EF 200", " NOTHREAD", " EF 1"}) {
    EXPECT_EQ(say(std::string("VSIM v ELE west COUNT 2") + how),
              "*2\r\n$4\r\nwest\r\n$5\r\nnorth\r\n")
        << how;
  }
}

TEST_F(VectorSearchCommands, requests_that_make_no_sense_are_refused) {
  EXPECT_EQ(say("VSIM v VALUES 3 1 0 0"),
            "-ERR Vector dimension mismatch - got 3 but set has 2\r\n");
  EXPECT_EQ(say("VSIM v VALUES 2 1 x"), "-ERR invalid vector specification\r\n");
  EXPECT_EQ(say("VSIM v FP32 abc"), "-ERR invalid vector specification\r\n");
  EXPECT_EQ(say("VSIM v NAME east"), "-ERR invalid vector specification\r\n");
  EXPECT_THAT(say("VSIM v VALUES 2 0 0"), StartsWith("-ERR"));
  EXPECT_EQ(say("VSIM v ELE east COUNT 0"),
            "-ERR invalid COUNT: it must be within 1 and 10000\r\n");
  EXPECT_EQ(say("VSIM v ELE east COUNT 10001"),
            "-ERR invalid COUNT: it must be within 1 and 10000\r\n");
  EXPECT_EQ(say("VSIM v ELE east EF 100001"),
            "-ERR invalid EF: it must be within 1 and 100000\r\n");
  EXPECT_EQ(say("VSIM v ELE east FILTER-EF -1"),
            "-ERR invalid FILTER-EF: it must be within 0 and 9223372036854775807\r\n");
  EXPECT_EQ(say("VSIM v ELE east COUNT"), "-ERR syntax error\r\n");
  EXPECT_EQ(say("VSIM v ELE east NONSENSE"), "-ERR syntax error\r\n");
}

TEST_F(VectorSearchCommands, links_are_told_level_by_level) {
  for (int i = 0; i < 40; ++i) {
    say(fmt::format("VADD g VALUES 2 {} {} point:{} NOQUANT M 4", std::cos(i), std::sin(i), i));
  }
  const auto name = service().collections().names().back();
  service().collections().open(name)->wait_until_indexed().value();
  const std::string links = say("VLINKS g point:7");
  EXPECT_THAT(links, AllOf(StartsWith("*"), HasSubstr("point:"), Not(HasSubstr("point:7\r\n"))));
  const std::string scored = say("VLINKS g point:7 WITHSCORES");
  EXPECT_THAT(scored, HasSubstr("$"));
  EXPECT_GT(scored.size(), links.size());
  EXPECT_EQ(say("VLINKS g point:7 NONSENSE"), "-ERR syntax error\r\n");
}

TEST_F(VectorSearchCommands, without_a_graph_there_are_no_links) {
  // With quantization there is none before there are enough points to learn from.
  EXPECT_EQ(say("VLINKS v east"), "*1\r\n*0\r\n");
  EXPECT_EQ(say("VLINKS v absent"), "*-1\r\n");
  EXPECT_EQ(say("VLINKS absent a"), "*-1\r\n");
  say("HELLO 3");
  EXPECT_EQ(say("VLINKS v east WITHSCORES"), "*1\r\n%0\r\n");
  EXPECT_EQ(say("VLINKS v absent"), "_\r\n");
}

}  // namespace
}  // namespace quartz::server
