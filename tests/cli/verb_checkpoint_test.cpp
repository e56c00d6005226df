#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::HasSubstr;

TEST(VerbCheckpoint, makes_a_copy_that_stands_on_its_own) {
  ScratchDirectory scratch;
  const std::string data = (scratch / "data").string();
  const std::string copy = (scratch / "copy").string();
  ASSERT_THAT(run_tool({"put", data, "key", "old"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"checkpoint", data, copy}), ExitsWith(0));
  ASSERT_THAT(run_tool({"put", data, "key", "new"}), ExitsWith(0));
  EXPECT_EQ(run_tool({"get", copy, "key"}).out, "old\n");
  EXPECT_EQ(run_tool({"get", data, "key"}).out, "new\n");
}

TEST(VerbCheckpoint, does_not_touch_a_target_that_exists) {
  ScratchDirectory scratch;
  const std::string data = (scratch / "data").string();
  ASSERT_THAT(run_tool({"put", data, "key", "value"}), ExitsWith(0));
  const std::string target = (scratch / "target").string();
  ASSERT_THAT(run_tool({"put", target, "key", "mine"}), ExitsWith(0));
  const ToolRun run = run_tool({"checkpoint", data, target});
  EXPECT_THAT(run, ExitsWith(7));
  EXPECT_THAT(run.err, HasSubstr("already_exists"));
  EXPECT_EQ(run_tool({"get", target, "key"}).out, "mine\n");
}

}  // namespace
}  // namespace quartz
