#include "cli/shell/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/shell/parsed_reply.hpp"

namespace quartz::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Catalogue& catalogue() {
  static const Catalogue known(
      parsed_reply("*6\r\n+client\r\n+client|id\r\n+client|info\r\n+get\r\n+getdel\r\n+set\r\n"),
      parsed_reply("%1\r\n+get\r\n%2\r\n+summary\r\n+Reads a value\r\n+group\r\n+string\r\n"));
  return known;
}

Completion completion_of(std::string_view line) {
  return complete(catalogue(), {"\\help", "\\quit"}, line);
}

TEST(Catalogue, knows_what_the_server_has_told) {
  ASSERT_NE(catalogue().find("GET"), nullptr);
  EXPECT_EQ(catalogue().find("get")->summary, "Reads a value");
  EXPECT_EQ(catalogue().find("get")->group, "string");
  EXPECT_THAT(catalogue().find("client")->subcommands, ElementsAre("id", "info"));
  EXPECT_EQ(catalogue().find("absent"), nullptr);
}

TEST(Catalogue, of_a_server_that_tells_nothing_is_empty) {
  const Catalogue none(parsed_reply("-NOAUTH\r\n"), parsed_reply("-NOAUTH\r\n"));
  EXPECT_THAT(none.entries(), IsEmpty());
}

TEST(Completion, is_a_command_in_the_case_of_what_was_typed) {
  EXPECT_THAT(completion_of("ge").candidates, ElementsAre("get", "getdel"));
  EXPECT_THAT(completion_of("GE").candidates, ElementsAre("GET", "GETDEL"));
  EXPECT_THAT(completion_of("x").candidates, IsEmpty());
  EXPECT_THAT(completion_of("").candidates, SizeIs(4));
}

TEST(Completion, goes_as_far_as_all_candidates_agree) {
  EXPECT_EQ(completion_of("g").common_beginning(), "get");
  EXPECT_EQ(completion_of("s").common_beginning(), "set");
  EXPECT_EQ(completion_of("zz").common_beginning(), "");
}

TEST(Completion, of_a_second_word_is_a_subcommand) {
  EXPECT_THAT(completion_of("CLIENT I").candidates, ElementsAre("ID", "INFO"));
  EXPECT_EQ(completion_of("CLIENT I").from, 7u);
  EXPECT_THAT(completion_of("client in").candidates, ElementsAre("info"));
  EXPECT_THAT(completion_of("GET k").candidates, IsEmpty());
  EXPECT_THAT(completion_of("CLIENT ID ").candidates, IsEmpty());
}

TEST(Completion, behind_a_backslash_is_a_command_of_the_shell) {
  EXPECT_THAT(completion_of("\\q").candidates, ElementsAre("\\quit"));
  EXPECT_THAT(completion_of("\\help ge").candidates, ElementsAre("get", "getdel"));
  EXPECT_THAT(completion_of("\\quit g").candidates, IsEmpty());
}

}  // namespace
}  // namespace quartz::cli
