#include "protocol/resp_key_scout.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/resp_request_writer.hpp"

namespace quartz::protocol {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string requests(const std::vector<std::vector<std::string>>& all) {
  std::string bytes;
  for (const auto& words : all) append_request(bytes, words);
  return bytes;
}

std::vector<std::string> keys_in(std::string_view input) {
  RespKeyScout scout(input);
  std::vector<std::string> keys;
  while (const auto key = scout.next()) keys.emplace_back(*key);
  return keys;
}

TEST(RespKeyScout, finds_the_second_word_of_each_request) {
  EXPECT_THAT(keys_in(requests({{"GET", "a"}, {"SET", "b", "1", "EX", "5"}, {"GET", ""}})),
              ElementsAre("a", "b", ""));
}

TEST(RespKeyScout, takes_a_request_of_one_word_for_a_guess_as_good_as_any) {
  EXPECT_THAT(keys_in(requests({{"PING"}, {"GET", "a"}})), ElementsAre("PING", "a"));
}

TEST(RespKeyScout, does_not_take_what_words_contain_for_requests) {
  EXPECT_THAT(keys_in(requests({{"SET", "a", "*2\r\n$3\r\nGET\r\n$1\r\nx\r\n"}, {"GET", "b"}})),
              ElementsAre("a", "b"));
}

TEST(RespKeyScout, ends_before_a_request_that_has_not_arrived_whole) {
  const std::string whole = requests({{"GET", "a"}});
  const std::string both = whole + requests({{"SET", "b", "value"}});
  for (std::size_t size = whole.size(); size < both.size(); ++size) {
    EXPECT_THAT(keys_in(both.substr(0, size)), ElementsAre("a")) << size << " bytes";
  }
}

TEST(RespKeyScout, ends_where_it_does_not_understand) {
  const std::string whole = requests({{"GET", "a"}});
  for (const std::string_view strange :
       {"GET b\r\n", "*-1\r\n", "*0\r\n", "*x\r\n", "*2\r\n:3\r\n", "*1\r\n$-1\r\n",
        "*1\r\n$99999999999999999999\r\n", "*1\n$1\na\n", "*"}) {
    EXPECT_THAT(keys_in(whole + std::string(strange) + whole), ElementsAre("a")) << strange;
  }
  EXPECT_THAT(keys_in(""), IsEmpty());
}

}  // namespace
}  // namespace quartz::protocol
