#include "protocol/resp_request.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartz::protocol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The words of all requests that `stream` holds, when it arrives in pieces of so many bytes. A
// refusal ends it, as a request of one word that begins with '!'.
std::vector<std::vector<std::string>> requests_of(const std::string& stream, std::size_t piece,
                                                  const RespLimits& limits = {}) {
  RespRequestParser parser(limits);
  std::vector<std::vector<std::string>> requests;
  std::string buffer;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    // Somewhere else each time, as a buffer that grows.
    buffer = std::string(buffer) + stream.substr(at, piece);
    while (true) {
      const RespRequestParser::Progress progress = parser.advance(buffer);
      if (progress == RespRequestParser::Progress::incomplete) {
        EXPECT_GT(parser.bytes_needed(), buffer.size());
        break;
      }
      if (progress == RespRequestParser::Progress::refused) {
        requests.push_back({"!" + parser.refusal()});
        return requests;
      }
      requests.emplace_back(parser.arguments().begin(), parser.arguments().end());
      buffer.erase(0, parser.consumed());
    }
  }
  return requests;
}

// The same whole and in pieces of every length up to the stream's.
std::vector<std::vector<std::string>> requests_of(const std::string& stream,
                                                  const RespLimits& limits = {}) {
  const auto whole = requests_of(stream, stream.size(), limits);
  for (std::size_t piece = 1; piece < stream.size(); ++piece) {
    EXPECT_EQ(requests_of(stream, piece, limits), whole) << piece;
  }
  return whole;
}

std::string refusal_of_request(const std::string& stream, const RespLimits& limits = {}) {
  const auto requests = requests_of(stream, limits);
  return requests.empty() ? "" : requests.back().front();
}

TEST(RespRequest, is_an_array_of_words) {
  EXPECT_THAT(requests_of("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\n"),
              ElementsAre(ElementsAre("SET", "k", "value")));
  EXPECT_THAT(requests_of("*1\r\n$0\r\n\r\n"), ElementsAre(ElementsAre("")));
}

TEST(RespRequest, words_hold_any_bytes) {
  const std::string bytes("\0\r\n$*\xFF", 6);
  EXPECT_THAT(requests_of("*1\r\n$6\r\n" + bytes + "\r\n"), ElementsAre(ElementsAre(bytes)));
}

TEST(RespRequest, several_follow_each_other) {
  EXPECT_THAT(requests_of("*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\nPING\r\n"),
              ElementsAre(ElementsAre("PING"), ElementsAre("GET", "a"), ElementsAre("PING")));
}

TEST(RespRequest, may_be_a_line_that_somebody_types) {
  EXPECT_THAT(requests_of("SET key \"a b\"\r\nPING\n"),
              ElementsAre(ElementsAre("SET", "key", "a b"), ElementsAre("PING")));
}

TEST(RespRequest, of_nothing_has_no_words) {
  EXPECT_THAT(requests_of("\r\n*0\r\n*-1\r\n"), ElementsAre(IsEmpty(), IsEmpty(), IsEmpty()));
}

TEST(RespRequest, tells_how_much_a_long_word_needs) {
  RespRequestParser parser;
  EXPECT_EQ(parser.advance("*1\r\n$1000\r\nabc"), RespRequestParser::Progress::incomplete);
  EXPECT_EQ(parser.bytes_needed(), 4u + 7u + 1000u + 2u);
}

TEST(RespRequest, is_refused_with_the_words_that_clients_know) {
  EXPECT_EQ(refusal_of_request("*x\r\n"), "!Protocol error: invalid multibulk length");
  EXPECT_EQ(refusal_of_request("*03\r\n"), "!Protocol error: invalid multibulk length");
  EXPECT_EQ(refusal_of_request("*\r\n"), "!Protocol error: invalid multibulk length");
  EXPECT_EQ(refusal_of_request("*99999999999999999999\r\n"),
            "!Protocol error: invalid multibulk length");
  EXPECT_EQ(refusal_of_request("*1\r\nPING\r\n"), "!Protocol error: expected '$', got 'P'");
  EXPECT_EQ(refusal_of_request("*1\r\n$-1\r\n"), "!Protocol error: invalid bulk length");
  EXPECT_EQ(refusal_of_request("*1\r\n$4x\r\n"), "!Protocol error: invalid bulk length");
  EXPECT_EQ(refusal_of_request("SET \"k\r\n"), "!Protocol error: unbalanced quotes in request");
}

TEST(RespRequest, is_refused_where_a_word_is_longer_than_it_says) {
  EXPECT_EQ(refusal_of_request("*1\r\n$3\r\nPING\r\n"),
            "!Protocol error: expected an end of line behind a bulk string");
}

TEST(RespRequest, is_refused_beyond_its_limits_before_they_are_there) {
  const RespLimits limits = {.arguments_max = 2, .argument_bytes_max = 5, .request_bytes_max = 23};
  EXPECT_THAT(requests_of("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", limits),
              ElementsAre(ElementsAre("GET", "k")));
  EXPECT_EQ(refusal_of_request("*3\r\n", limits), "!Protocol error: invalid multibulk length");
  EXPECT_EQ(refusal_of_request("*1\r\n$6\r\n", limits), "!Protocol error: invalid bulk length");
  EXPECT_EQ(refusal_of_request("*2\r\n$5\r\naaaaa\r\n$5\r\n", limits),
            "!Protocol error: a request of more than 23 bytes");
  EXPECT_EQ(refusal_of_request("a b c\r\n", limits), "!Protocol error: invalid multibulk length");
}

TEST(RespRequest, is_refused_if_a_line_does_not_end) {
  const std::string long_line((std::size_t{64} << 10) - 8, '1');
  for (const char* begin : {"*", "*1\r\n$", ""}) {
    RespRequestParser parser;
    EXPECT_EQ(parser.advance(begin + long_line), RespRequestParser::Progress::incomplete) << begin;
    EXPECT_EQ(parser.advance(begin + long_line + "1234567890"),
              RespRequestParser::Progress::refused)
        << begin;
  }
}

TEST(RespRequest, behind_a_refusal_nothing_means_anything) {
  RespRequestParser parser;
  EXPECT_EQ(parser.advance("*x\r\n"), RespRequestParser::Progress::refused);
  EXPECT_EQ(parser.advance("PING\r\n"), RespRequestParser::Progress::refused);
}

TEST(RespRequest, limits_change_when_a_peer_has_said_who_it_is) {
  const std::string many = "*11\r\n";
  EXPECT_EQ(RespRequestParser(RespLimits::unauthenticated()).advance(many),
            RespRequestParser::Progress::refused);
  RespRequestParser parser(RespLimits::unauthenticated());
  EXPECT_EQ(parser.advance("PING\r\n"), RespRequestParser::Progress::complete);
  parser.set_limits({});
  EXPECT_EQ(parser.advance(many), RespRequestParser::Progress::incomplete);
}

}  // namespace
}  // namespace quartz::protocol
