#include "server/http/request_parser.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartz::server {
namespace {

using testing::HasSubstr;
using State = RequestParser::State;

constexpr std::string_view kChunked =
    "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: dropped\r\n\r\n";
constexpr std::string_view kOnlyLastChunk =
    "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
constexpr std::string_view kWithBody =
    "POST /a?b=c HTTP/1.1\r\nHost: h\r\nX-One:  two \r\nContent-Length: 5\r\n\r\nhello";
constexpr std::string_view kPlain = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

// Feeds `text` in pieces that end at `cuts`; unread bytes come again, as a session brings them.
std::size_t feed_in_pieces(RequestParser& parser, std::string_view text,
                           const std::vector<std::size_t>& cuts, const RequestLimits& limits = {}) {
  std::size_t begin = 0;
  for (const std::size_t end : cuts) {
    if (parser.state() == State::complete || parser.state() == State::failed) break;
    begin += parser.feed(text.substr(begin, end - begin), limits);
  }
  return begin;
}

// The parser's status for a request that is given in one piece; 0 if it is whole, -1 if unfinished.
int status_for(std::string_view text, const RequestLimits& limits = {}) {
  RequestParser parser;
  std::size_t begin = 0;
  // A body comes after its head even if both were there at once.
  for (int turn = 0; turn < 3 && begin < text.size(); ++turn) {
    begin += parser.feed(text.substr(begin), limits);
    if (parser.state() == State::failed) return parser.failure_status();
    if (parser.state() == State::complete) return 0;
  }
  return -1;
}

std::string with_headers(std::string_view headers) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n";
}

TEST(RequestParser, reads_the_parts_of_a_request) {
  RequestParser parser;
  EXPECT_EQ(parser.feed(kWithBody, {}), kWithBody.size());
  ASSERT_EQ(parser.state(), State::complete);
  const Request& request = parser.request();
  EXPECT_EQ(request.method, Method::post);
  EXPECT_EQ(request.target, "/a?b=c");
  EXPECT_EQ(request.path, "/a");
  EXPECT_EQ(request.query, "b=c");
  EXPECT_EQ(request.header("x-ONE"), "two");
  EXPECT_EQ(request.body, "hello");
  EXPECT_TRUE(request.keep_alive);
}

TEST(RequestParser, a_request_may_be_cut_at_every_byte) {
  for (const std::string_view text : {kWithBody, kChunked, kOnlyLastChunk, kPlain}) {
    RequestParser whole;
    whole.feed(text, {});
    ASSERT_EQ(whole.state(), State::complete) << text;
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      RequestParser parser;
      EXPECT_EQ(feed_in_pieces(parser, text, {cut, text.size()}), text.size()) << cut;
      ASSERT_EQ(parser.state(), State::complete) << text << cut;
      EXPECT_EQ(parser.request().body, whole.request().body) << cut;
      EXPECT_EQ(parser.request().target, whole.request().target) << cut;
      EXPECT_EQ(parser.request().headers.size(), whole.request().headers.size()) << cut;
    }
  }
}

TEST(RequestParser, a_request_may_come_byte_by_byte) {
  for (const std::string_view text : {kWithBody, kChunked, kOnlyLastChunk, kPlain}) {
    RequestParser parser;
    std::vector<std::size_t> cuts;
    for (std::size_t cut = 1; cut <= text.size(); ++cut) cuts.push_back(cut);
    EXPECT_EQ(feed_in_pieces(parser, text, cuts), text.size());
    EXPECT_EQ(parser.state(), State::complete);
  }
}

TEST(RequestParser, what_looks_like_a_last_chunk_may_be_a_part_of_a_body) {
  const std::string head = "PUT / HTTP/1.1\r\nHost: h\r\n";
  const std::string body = "0\r\n";
  for (const std::string& text :
       {head + "Content-Length: 3\r\n\r\n" + body,
        head + "Transfer-Encoding: chunked\r\n\r\n3\r\n" + body + "\r\n0\r\n\r\n"}) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      RequestParser parser;
      EXPECT_EQ(feed_in_pieces(parser, text, {cut, text.size(), text.size()}), text.size());
      ASSERT_EQ(parser.state(), State::complete) << text << cut;
      EXPECT_EQ(parser.request().body, body) << text << cut;
    }
  }
}

TEST(RequestParser, may_be_shown_the_same_bytes_again) {
  const std::string head = "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string_view chunks : {"0\r\n\r\n", "00\r\n\r\n", "0\r\nA: b\r\n\r\n"}) {
    RequestParser parser;
    parser.feed(head, {});
    for (std::size_t end = 1; end < chunks.size(); ++end) {
      for (int again = 0; again < 2; ++again) {
        ASSERT_EQ(parser.feed(chunks.substr(0, end), {}), 0u) << chunks << end;
      }
      ASSERT_EQ(parser.state(), State::body) << chunks << end;
    }
    EXPECT_EQ(parser.feed(chunks, {}), chunks.size()) << chunks;
    EXPECT_EQ(parser.state(), State::complete) << chunks;
  }
}

TEST(RequestParser, leaves_what_belongs_to_the_next_request) {
  RequestParser parser;
  const std::string two = std::string(kWithBody) + std::string(kPlain);
  EXPECT_EQ(parser.feed(two, {}), kWithBody.size());
  EXPECT_EQ(parser.state(), State::complete);
  parser.reset();
  EXPECT_EQ(parser.state(), State::idle);
  EXPECT_EQ(parser.feed(std::string_view(two).substr(kWithBody.size()), {}), kPlain.size());
  EXPECT_EQ(parser.state(), State::complete);
  EXPECT_TRUE(parser.request().body.empty());
}

TEST(RequestParser, chunks_become_one_body_and_trailers_are_dropped) {
  RequestParser parser;
  EXPECT_EQ(parser.feed(kChunked, {}), kChunked.size());
  ASSERT_EQ(parser.state(), State::complete);
  EXPECT_EQ(parser.request().body, "abcdefg");
  EXPECT_FALSE(parser.request().has_header("Trailer"));
}

TEST(RequestParser, an_empty_line_before_a_request_is_overlooked) {
  RequestParser parser;
  const std::string text = "\r\n" + std::string(kPlain);
  EXPECT_EQ(parser.feed(text, {}), text.size());
  EXPECT_EQ(parser.state(), State::complete);
}

TEST(RequestParser, a_second_empty_line_before_a_request_is_refused_however_it_is_cut) {
  const std::string text = "\r\n\r\n" + std::string(kPlain);
  for (std::size_t cut = 0; cut <= 5; ++cut) {
    RequestParser parser;
    feed_in_pieces(parser, text, {cut, text.size(), text.size()});
    ASSERT_EQ(parser.state(), State::failed) << cut;
    EXPECT_EQ(parser.failure_status(), 400) << cut;
  }
}

TEST(RequestParser, what_a_proxy_would_be_sent_is_understood) {
  RequestParser parser;
  parser.feed("GET http://h:3000/x?y HTTP/1.1\r\nHost: h\r\n\r\n", {});
  ASSERT_EQ(parser.state(), State::complete);
  EXPECT_EQ(parser.request().path, "/x");
  EXPECT_EQ(parser.request().query, "y");
}

TEST(RequestParser, connection_headers_decide_whether_it_is_kept) {
  const std::vector<std::pair<std::string, bool>> cases = {
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true}};
  for (const auto& [text, kept] : cases) {
    RequestParser parser;
    parser.feed(text, {});
    ASSERT_EQ(parser.state(), State::complete) << text;
    EXPECT_EQ(parser.request().keep_alive, kept) << text;
  }
}

TEST(RequestParser, malformed_heads_are_refused_with_400) {
  for (const std::string& text : std::vector<std::string>{
           "GET / HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\r\nHost: h\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /\r\nHost: h\r\n\r\n", "GET / H\r\n\r\n", "G\r\n\r\n",
           "G@T / HTTP/1.1\r\nHost: h\r\n\r\n", "GET x HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n", std::string("GET / HTTP/1.1\r\nHost: \0h\r\n\r\n", 29),
           with_headers("Host: other\r\n"), with_headers("Folded: a\r\n b\r\n"),
           with_headers("Space : a\r\n"), with_headers(": a\r\n"), with_headers("NoColon\r\n")}) {
    const int status = status_for(text);
    EXPECT_TRUE(status == 400 || status == 505) << status << " for " << text;
  }
}

TEST(RequestParser, other_versions_are_refused_with_505) {
  EXPECT_EQ(status_for("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505);
}

TEST(RequestParser, a_length_that_could_be_read_in_two_ways_is_refused) {
  const std::vector<std::pair<std::string, int>> cases = {
      {"Content-Length: 1\r\nContent-Length: 1\r\n", 400},
      {"Content-Length: 1, 1\r\n", 400},
      {"Content-Length: +1\r\n", 400},
      {"Content-Length: 0x1\r\n", 400},
      {"Content-Length: -1\r\n", 400},
      {"Content-Length:\r\n", 400},
      {"Content-Length: 99999999999999999999999\r\n", 400},
      {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400},
      {"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", 400},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
      {"Transfer-Encoding: gzip, chunked\r\n", 501},
      {"Transfer-Encoding: chunked, gzip\r\n", 501},
      {"Transfer-Encoding: xchunked\r\n", 501},
      {"Transfer-Encoding: identity\r\n", 501},
      {"Transfer-Encoding: \"chunked\"\r\n", 501}};
  for (const auto& [headers, status] : cases) {
    EXPECT_EQ(status_for(with_headers(headers)), status) << headers;
  }
  EXPECT_EQ(status_for("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(RequestParser, malformed_chunks_are_refused) {
  const std::string head = "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string_view chunks : {"x\r\n", "-1\r\n", "1\r\nab\r\n0\r\n\r\n", "3 4\r\nabc\r\n",
                                        "3\nabc\r\n0\r\n\r\n", "fffffffffffffffff\r\n"}) {
    const int status = status_for(head + std::string(chunks));
    EXPECT_TRUE(status == 400 || status == 413) << status << " for " << chunks;
  }
}

TEST(RequestParser, line_feeds_hide_nowhere_between_chunks) {
  const std::string head = "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& chunks : std::vector<std::string>{
           "3;a=\"\n\"\r\nabc\r\n0\r\n\r\n", "3;a=\"\\\n\"\r\nabc\r\n0\r\n\r\n",
           std::string("3;a=\"\0\"\r\nabc\r\n0\r\n\r\n", 19), "0;a=\"\n\"\r\n\r\n",
           "0\r\nA: b\nC: d\r\n\r\n", "0\r\nA: b\r\n c\r\n\r\n", "0\r\nA: b\r\n\tc\r\n\r\n"}) {
    EXPECT_EQ(status_for(head + chunks), 400) << chunks;
  }
  EXPECT_EQ(status_for(head + "3 ; a=\"\t;\" ;b\r\nabc\r\n0\r\nA: b\r\n\r\n"), 0);
}

TEST(RequestParser, heads_beyond_the_limits_are_refused_with_431) {
  RequestLimits limits{.header_bytes_max = 256, .header_count_max = 3};
  EXPECT_EQ(status_for(with_headers("X: " + std::string(300, 'x') + "\r\n"), limits), 431);
  EXPECT_EQ(status_for(with_headers("A: 1\r\nB: 2\r\n"), limits), 0);
  EXPECT_EQ(status_for(with_headers("A: 1\r\nB: 2\r\nC: 3\r\n"), limits), 431);
  // It need not end to be too long.
  EXPECT_EQ(status_for("GET /" + std::string(300, 'x'), limits), 431);
}

TEST(RequestParser, the_largest_head_is_one_of_exactly_the_limit) {
  const std::string text = with_headers("X: " + std::string(100, 'x') + "\r\n");
  EXPECT_EQ(status_for(text, {.header_bytes_max = text.size()}), 0);
  EXPECT_EQ(status_for(text, {.header_bytes_max = text.size() - 2}), 431);
}

TEST(RequestParser, bodies_beyond_the_limit_are_refused_with_413) {
  const RequestLimits limits{.body_bytes_max = 4};
  EXPECT_EQ(status_for(kWithBody, limits), 413);
  EXPECT_EQ(status_for(kChunked, limits), 413);
  EXPECT_EQ(status_for(kWithBody, {.body_bytes_max = 5}), 0);
  EXPECT_EQ(status_for(kChunked, {.body_bytes_max = 7}), 0);
}

TEST(RequestParser, a_body_that_is_only_announced_takes_no_memory) {
  RequestParser parser;
  parser.feed("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 67108864\r\n\r\nx", {});
  EXPECT_EQ(parser.state(), State::body);
  EXPECT_LT(parser.request().body.capacity(), std::size_t{1} << 20);
}

TEST(RequestParser, trailers_and_extensions_are_bounded) {
  const RequestLimits limits{.header_bytes_max = 256};
  const std::string head = "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(status_for(head + "1;" + std::string(400, 'x'), limits), 431);
  EXPECT_EQ(status_for(head + "0\r\nX: " + std::string(400, 'x'), limits), 431);
  // Also if they are there as a whole at once.
  EXPECT_EQ(status_for(head + "1;" + std::string(400, 'x') + "\r\na\r\n0\r\n\r\n", limits), 431);
  EXPECT_EQ(status_for(head + "0\r\nX: " + std::string(400, 'x') + "\r\n\r\n", limits), 431);
  // So much is no more than one has to take; that there are many of them changes nothing.
  std::string many = head;
  for (int i = 0; i < 10; ++i) many += "1;" + std::string(200, 'x') + "\r\na\r\n";
  EXPECT_EQ(status_for(many + "0\r\nX: " + std::string(200, 'x') + "\r\n\r\n", limits), 0);
}

TEST(RequestParser, stops_behind_the_head_of_a_request_that_waits_to_be_asked_for_its_body) {
  const std::string head =
      "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  RequestParser parser;
  EXPECT_EQ(parser.feed(head, {}), head.size());
  EXPECT_EQ(parser.state(), State::body);
  EXPECT_TRUE(parser.request().expects_continue);
  EXPECT_EQ(parser.feed("ok", {}), 2u);
  EXPECT_EQ(parser.state(), State::complete);
  EXPECT_EQ(status_for(with_headers("Expect: miracles\r\n")), 417);
}

TEST(RequestParser, given_up_it_says_what_it_was_told) {
  RequestParser parser;
  parser.feed("GET / HT", {});
  EXPECT_EQ(parser.state(), State::head);
  parser.give_up(408, "too slow");
  EXPECT_EQ(parser.state(), State::failed);
  EXPECT_EQ(parser.failure_status(), 408);
  EXPECT_EQ(parser.failure_reason(), "too slow");
  EXPECT_FALSE(parser.request().keep_alive);
}

}  // namespace
}  // namespace quartz::server
