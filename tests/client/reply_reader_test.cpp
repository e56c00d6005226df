#include "client/reply_reader.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "client/server_error.hpp"

namespace quartz::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

/// Reads bytes of the wire as a `T`.
template <class T>
ClientResult<T> read(std::string_view bytes) {
  protocol::RespReplyParser parser;
  EXPECT_EQ(parser.advance(bytes), protocol::RespReplyParser::Progress::complete);
  return read_reply<T>(parser.nodes());
}

template <class T>
std::string refusal(std::string_view bytes) {
  const auto result = read<T>(bytes);
  if (result) return "none";
  EXPECT_EQ(result.error().code(), ClientErrc::unexpected_reply);
  EXPECT_EQ(result.error().executed(), Executed::yes);
  return result.error().message();
}

TEST(ReplyReader, reads_what_commands_promise) {
  EXPECT_TRUE(read<void>("+OK\r\n"));
  EXPECT_EQ(read<std::string>("$3\r\nabc\r\n").value(), "abc");
  EXPECT_EQ(read<std::string>("=7\r\ntxt:abc\r\n").value(), "abc");
  EXPECT_EQ(read<std::optional<std::string>>("_\r\n").value(), std::nullopt);
  EXPECT_EQ(read<std::optional<std::string>>("$-1\r\n").value(), std::nullopt);
  EXPECT_EQ(read<std::int64_t>(":-9223372036854775808\r\n").value(), INT64_MIN);
  EXPECT_EQ(read<std::optional<std::int64_t>>(":3\r\n").value(), 3);
  EXPECT_EQ(read<std::optional<std::int64_t>>("_\r\n").value(), std::nullopt);
  EXPECT_EQ(read<double>(",1.5\r\n").value(), 1.5);
  EXPECT_EQ(read<double>("$3\r\n1.5\r\n").value(), 1.5);
  EXPECT_EQ(read<double>(":2\r\n").value(), 2.0);
  EXPECT_EQ(read<std::optional<double>>("_\r\n").value(), std::nullopt);
}

TEST(ReplyReader, reads_yes_and_no_however_it_is_said) {
  for (const char* yes : {":1\r\n", "#t\r\n", "+OK\r\n"}) EXPECT_TRUE(read<bool>(yes).value());
  for (const char* no : {":0\r\n", "#f\r\n", "_\r\n", "$-1\r\n"}) {
    EXPECT_FALSE(read<bool>(no).value());
  }
}

TEST(ReplyReader, reads_several) {
  EXPECT_THAT(read<std::vector<std::string>>("*2\r\n$1\r\na\r\n+b\r\n").value(),
              ElementsAre("a", "b"));
  EXPECT_THAT(read<std::vector<std::string>>("~1\r\n$1\r\na\r\n").value(), ElementsAre("a"));
  EXPECT_THAT(read<std::vector<std::optional<std::string>>>("*2\r\n$1\r\na\r\n_\r\n").value(),
              ElementsAre("a", std::nullopt));
  EXPECT_THAT(read<NamedValues>("%1\r\n+a\r\n+1\r\n").value(), ElementsAre(Pair("a", "1")));
  EXPECT_THAT(read<NamedValues>("*2\r\n+a\r\n+1\r\n").value(), ElementsAre(Pair("a", "1")));
}

TEST(ReplyReader, reads_scores_in_pairs_and_in_turn) {
  const ScoredMember a{.member = "a", .score = 1.5};
  const ScoredMember b{.member = "b", .score = 2};
  EXPECT_THAT(
      read<std::vector<ScoredMember>>("*2\r\n*2\r\n+a\r\n,1.5\r\n*2\r\n+b\r\n,2\r\n").value(),
      ElementsAre(a, b));
  EXPECT_THAT(read<std::vector<ScoredMember>>("*4\r\n+a\r\n,1.5\r\n+b\r\n,2\r\n").value(),
              ElementsAre(a, b));
}

TEST(ReplyReader, reads_times_to_live) {
  EXPECT_FALSE(read<TimeToLive>(":-2\r\n").value().exists);
  EXPECT_EQ(read<TimeToLive>(":-1\r\n").value(), (TimeToLive{.exists = true, .left = {}}));
  EXPECT_EQ(read<TimeToLive>(":7\r\n").value().left, std::chrono::milliseconds(7));
}

TEST(ReplyReader, makes_trees_of_anything) {
  EXPECT_EQ(read<Reply>("*4\r\n:1\r\n~1\r\n#t\r\n%1\r\n+k\r\n,0.5\r\n_\r\n").value().to_string(),
            R"([1, {true}, {"k": 0.5}, null])");
  EXPECT_EQ(read<Reply>("*1\r\n-ERR no\r\n").value().elements()[0], Reply::of_error("ERR no"));
  EXPECT_EQ(read<Reply>("(12345678901234567890\r\n").value(),
            Reply::of_string("12345678901234567890"));
}

TEST(ReplyReader, looks_past_what_is_said_about_a_reply) {
  constexpr std::string_view kAbout = "|1\r\n+ttl\r\n*2\r\n:1\r\n%1\r\n+x\r\n:2\r\n";
  EXPECT_EQ(read<std::int64_t>(std::string(kAbout) + ":5\r\n").value(), 5);
  EXPECT_THAT(
      read<std::vector<std::string>>("*2\r\n+a\r\n" + std::string(kAbout) + "+b\r\n").value(),
      ElementsAre("a", "b"));
}

TEST(ReplyReader, refuses_other_types_than_promised) {
  EXPECT_THAT(refusal<std::int64_t>("+1\r\n"), HasSubstr("whole number"));
  EXPECT_THAT(refusal<std::int64_t>(":1x\r\n"), HasSubstr("whole number"));
  EXPECT_THAT(refusal<std::string>(":1\r\n"), HasSubstr("a string"));
  EXPECT_THAT(refusal<std::string>("_\r\n"), HasSubstr("a string"));
  EXPECT_THAT(refusal<void>(":1\r\n"), HasSubstr("OK"));
  EXPECT_THAT(refusal<bool>("*0\r\n"), HasSubstr("yes or no"));
  EXPECT_THAT(refusal<double>("+x\r\n"), HasSubstr("a number"));
  EXPECT_THAT(refusal<std::vector<std::string>>("+x\r\n"), HasSubstr("an array"));
  EXPECT_THAT(refusal<std::vector<std::string>>("*1\r\n*1\r\n+x\r\n"), HasSubstr("a string"));
  EXPECT_THAT(refusal<NamedValues>("*1\r\n+x\r\n"), HasSubstr("names with values"));
  EXPECT_THAT(refusal<std::vector<ScoredMember>>("*1\r\n*1\r\n+a\r\n"), HasSubstr("score"));
  EXPECT_THAT(refusal<std::vector<ScoredMember>>("*1\r\n+a\r\n"), HasSubstr("a number"));
}

TEST(ServerErrors, say_what_to_do) {
  EXPECT_EQ(read_server_error("WRONGTYPE Operation").code, ClientErrc::wrong_kind);
  EXPECT_EQ(read_server_error("NOPERM this user").code, ClientErrc::not_permitted);
  EXPECT_EQ(read_server_error("LOADING soon").kind, FailureKind::refused);
  EXPECT_EQ(read_server_error("ERR rate limit exceeded").kind, FailureKind::throttled);
  EXPECT_EQ(read_server_error("ERR no such key").kind, FailureKind::rejected);
  EXPECT_EQ(read_server_error("LOADINGS").kind, FailureKind::rejected);
  EXPECT_EQ(read_server_error("").code, ClientErrc::rejected);
}

}  // namespace
}  // namespace quartz::client
