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

class VerbDelete : public testing::Test {
 protected:
  void SetUp() override {
    const std::string rows = "a\t1\nb:1\t2\nb:2\t3\nc\t4\n\\xff\t5\n\\xff\\xff\t6\n";
    ASSERT_THAT(run_tool({"load", data_, "-", "-q"}, rows), ExitsWith(0));
  }
  std::string keys() { return run_tool({"scan", data_, "--keys-only"}).out; }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

TEST_F(VerbDelete, removes_the_keys_that_are_named) {
  const ToolRun run = run_tool({"delete", data_, "a", "c"});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out + run.err, IsEmpty());
  EXPECT_EQ(keys(), "b:1\nb:2\n\\xff\n\\xff\\xff\n");
}

TEST_F(VerbDelete, removes_the_rest_and_exits_with_1_when_one_key_is_missing) {
  const ToolRun run = run_tool({"delete", data_, "a", "missing"});
  EXPECT_THAT(run, ExitsWith(1));
  EXPECT_THAT(run.err, AllOf(HasSubstr("not_found"), HasSubstr("missing")));
  EXPECT_EQ(keys(), "b:1\nb:2\nc\n\\xff\n\\xff\\xff\n");
}

TEST_F(VerbDelete, removes_a_prefix_and_nothing_beside_it) {
  EXPECT_THAT(run_tool({"delete", data_, "--prefix", "b:"}), ExitsWith(0));
  EXPECT_EQ(keys(), "a\nc\n\\xff\n\\xff\\xff\n");
}

TEST_F(VerbDelete, removes_a_prefix_that_no_key_can_follow) {
  EXPECT_THAT(run_tool({"delete", data_, "--prefix", "ff", "--key-format", "hex"}), ExitsWith(0));
  EXPECT_EQ(keys(), "a\nb:1\nb:2\nc\n");
}

TEST_F(VerbDelete, removes_a_range_with_its_start_and_without_its_end) {
  EXPECT_THAT(run_tool({"delete", data_, "--from", "b:1", "--to", "c"}), ExitsWith(0));
  EXPECT_EQ(keys(), "a\nc\n\\xff\n\\xff\\xff\n");
  EXPECT_THAT(run_tool({"delete", data_, "--from", "b"}), ExitsWith(0));
  EXPECT_EQ(keys(), "a\n");
}

TEST_F(VerbDelete, wants_keys_or_a_range_and_not_both) {
  EXPECT_THAT(run_tool({"delete", data_}), ExitsWith(2));
  EXPECT_THAT(run_tool({"delete", data_, "a", "--prefix", "b"}), ExitsWith(2));
  EXPECT_THAT(keys(), HasSubstr("a\nb:1"));
}

}  // namespace
}  // namespace quartz
