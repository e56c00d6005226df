#include "protocol/resp_reply.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace quartz::protocol {
namespace {

template <class Write>
std::string reply(RespVersion version, const Write& write) {
  std::string buffer;
  RespReplyWriter writer(buffer, version);
  write(writer);
  return buffer;
}

// In both versions.
template <class Write>
void expect_replies(const Write& write, const std::string& resp2, const std::string& resp3) {
  EXPECT_EQ(reply(RespVersion::resp2, write), resp2);
  EXPECT_EQ(reply(RespVersion::resp3, write), resp3);
}
template <class Write>
void expect_reply(const Write& write, const std::string& both) {
  expect_replies(write, both, both);
}

TEST(RespReply, texts_numbers_and_errors_are_the_same_in_both_versions) {
  expect_reply([](auto& to) { to.simple("OK"); }, "+OK\r\n");
  expect_reply([](auto& to) { to.integer(-42); }, ":-42\r\n");
  expect_reply([](auto& to) { to.bulk(std::string_view("a\r\n\0b", 5)); },
               std::string("$5\r\na\r\n\0b\r\n", 11));
  expect_reply([](auto& to) { to.bulk(""); }, "$0\r\n\r\n");
  expect_reply([](auto& to) { to.error("WRONGTYPE Operation"); }, "-WRONGTYPE Operation\r\n");
}

TEST(RespReply, an_error_has_a_code_and_stays_on_its_line) {
  expect_reply([](auto& to) { to.error("syntax error"); }, "-ERR syntax error\r\n");
  expect_reply([](auto& to) { to.error("EXEC without MULTI"); }, "-ERR EXEC without MULTI\r\n");
  expect_reply([](auto& to) { to.error("ERR a\r\n+OK"); }, "-ERR a  +OK\r\n");
  expect_reply([](auto& to) { to.error("ERR a\r\n"); }, "-ERR a\r\n");
  expect_reply([](auto& to) { to.simple("a\nb"); }, "+a b\r\n");
}

TEST(RespReply, nothing_is_one_thing_in_resp3_and_two_in_resp2) {
  expect_replies([](auto& to) { to.null(); }, "$-1\r\n", "_\r\n");
  expect_replies([](auto& to) { to.null_array(); }, "*-1\r\n", "_\r\n");
}

TEST(RespReply, real_numbers_have_the_digits_to_be_read_back) {
  expect_replies([](auto& to) { to.real(2.5); }, "$3\r\n2.5\r\n", ",2.5\r\n");
  expect_replies([](auto& to) { to.real(3.1); }, "$18\r\n3.1000000000000001\r\n",
                 ",3.1000000000000001\r\n");
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  expect_replies([](auto& to) { to.real(-kInfinity); }, "$4\r\n-inf\r\n", ",-inf\r\n");
}

TEST(RespReply, truth_values_are_numbers_in_resp2) {
  expect_replies([](auto& to) { to.boolean(true); }, ":1\r\n", "#t\r\n");
  expect_replies([](auto& to) { to.boolean(false); }, ":0\r\n", "#f\r\n");
}

TEST(RespReply, collections_are_arrays_in_resp2) {
  expect_reply([](auto& to) { to.array(2); }, "*2\r\n");
  expect_replies([](auto& to) { to.map(2); }, "*4\r\n", "%2\r\n");
  expect_replies([](auto& to) { to.set(3); }, "*3\r\n", "~3\r\n");
  expect_replies([](auto& to) { to.push(3); }, "*3\r\n", ">3\r\n");
}

TEST(RespReply, a_text_for_people_says_so_in_resp3) {
  expect_replies([](auto& to) { to.verbatim("a\nb"); }, "$3\r\na\nb\r\n", "=7\r\ntxt:a\nb\r\n");
}

TEST(RespReply, replies_are_appended) {
  expect_reply(
      [](auto& to) {
        to.array(2);
        to.integer(1);
        to.bulk("x");
      },
      "*2\r\n:1\r\n$1\r\nx\r\n");
}

}  // namespace
}  // namespace quartz::protocol
