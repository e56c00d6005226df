#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

constexpr int kNotBuilt = 2;  // Usage: a build without the server does not know the verb.

class VerbKeys : public testing::Test {
 protected:
  void SetUp() override {
    if (run_tool({"keys", "--help"}).status == kNotBuilt)
      GTEST_SKIP() << "built without the server";
  }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

TEST_F(VerbKeys, prints_a_secret_once_and_lists_users_without_it) {
  const ToolRun created =
      run_tool({"keys", "create", data_, "shop", "kv:read", "kv:write:orders/"});
  EXPECT_THAT(created, ExitsWith(0));
  EXPECT_THAT(created.out, MatchesRegex("[A-Za-z0-9_-]{43}\n"));
  const ToolRun listed = run_tool({"keys", "list", data_});
  EXPECT_EQ(listed.out, "shop kv:read kv:write:orders/\n");
  const ToolRun json = run_tool({"keys", "list", data_, "--json"});
  EXPECT_EQ(json.out,
            "[{\"name\":\"shop\",\"secrets\":1,\"scopes\":[\"kv:read\",\"kv:write:orders/\"]}]\n");
}

TEST_F(VerbKeys, rotates_to_another_secret_and_keeps_two) {
  const std::string first = run_tool({"keys", "create", data_, "a", "admin"}).out;
  const ToolRun second = run_tool({"keys", "rotate", data_, "a", "-q"});
  EXPECT_THAT(second, ExitsWith(0));
  EXPECT_NE(second.out, first);
  EXPECT_THAT(second.err, IsEmpty());
  EXPECT_THAT(run_tool({"keys", "rotate", data_, "a"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"keys", "list", data_, "--json"}).out, HasSubstr("\"secrets\":2"));
}

TEST_F(VerbKeys, says_that_a_secret_was_not_received) {
  // A pipe whose only reader has gone, for certain.
  const std::string pipe = (scratch_ / "pipe").string();
  const std::string without_reader =
      "mkfifo '" + pipe + "' && exec 3<>'" + pipe + "' 4>'" + pipe + "' 3<&- && \"$QUARTZ\" keys ";
  const ToolRun created = run_shell(without_reader + "create '" + data_ + "' shop admin >&4");
  EXPECT_THAT(created, ExitsWith(5));
  EXPECT_THAT(created.err, AllOf(HasSubstr("not received"), HasSubstr("keys rotate"),
                                 Not(HasSubstr("the only time"))));
  const ToolRun rotated = run_shell("\"$QUARTZ\" keys rotate '" + data_ + "' shop >/dev/full");
  EXPECT_THAT(rotated, ExitsWith(5));
  EXPECT_THAT(rotated.err, HasSubstr("not received"));
}

TEST_F(VerbKeys, a_mistyped_scope_makes_no_database) {
  EXPECT_THAT(run_tool({"keys", "create", data_, "shop", "kv:read", "kv:fly"}), ExitsWith(2));
  EXPECT_FALSE(std::filesystem::exists(data_));
}

TEST_F(VerbKeys, revokes) {
  ASSERT_THAT(run_tool({"keys", "create", data_, "a", "pubsub"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"keys", "revoke", data_, "a"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"keys", "list", data_}).out, IsEmpty());
  EXPECT_EQ(run_tool({"keys", "list", data_, "--json"}).out, "[]\n");
}

TEST_F(VerbKeys, has_a_status_for_each_mistake) {
  ASSERT_THAT(run_tool({"keys", "create", data_, "a", "admin"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"keys", "create", data_, "a", "admin"}), ExitsWith(7));
  EXPECT_THAT(run_tool({"keys", "create", data_, "no/slash", "admin"}), ExitsWith(2));
  EXPECT_THAT(run_tool({"keys", "create", data_, "b"}), ExitsWith(2));
  const ToolRun unknown = run_tool({"keys", "create", data_, "b", "kv:fly"});
  EXPECT_THAT(unknown, ExitsWith(2));
  EXPECT_THAT(unknown.err, HasSubstr("kv:fly"));
  EXPECT_THAT(run_tool({"keys", "rotate", data_, "nobody"}), ExitsWith(1));
  EXPECT_THAT(run_tool({"keys", "revoke", data_, "nobody"}), ExitsWith(1));
  EXPECT_THAT(run_tool({"keys", "list", data_}).out, Not(HasSubstr("nobody")));
}

}  // namespace
}  // namespace quartz
