#include <string>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::HasSubstr;

TEST(VerbCompact, moves_everything_into_the_levels_and_keeps_it) {
  ScratchDirectory scratch;
  const std::string data = (scratch / "data").string();
  ASSERT_THAT(run_tool({"load", data, "-", "-q"}, "a\t1\nb\t2\n\\keyspace\torders\nc\t3\n"),
              ExitsWith(0));
  const ToolRun run = run_tool({"compact", data, "--json"});
  EXPECT_THAT(run, ExitsWith(0));
  const auto summary = boost::json::parse(run.out).as_object();
  EXPECT_GE(summary.at("files_after").as_int64(), 2);
  EXPECT_GT(summary.at("bytes_after").as_int64(), 0);
  const auto statistics = boost::json::parse(run_tool({"stats", data, "--json"}).out).as_object();
  EXPECT_EQ(statistics.at("applied_sequence"), statistics.at("visible_sequence"));
  EXPECT_EQ(run_tool({"scan", data}).out, "a\t1\nb\t2\n");
  EXPECT_EQ(run_tool({"scan", data, "-k", "orders"}).out, "c\t3\n");
}

TEST(VerbCompact, names_a_keyspace_that_is_not_there) {
  ScratchDirectory scratch;
  const std::string data = (scratch / "data").string();
  ASSERT_THAT(run_tool({"put", data, "key", "value"}), ExitsWith(0));
  const ToolRun run = run_tool({"compact", data, "-k", "nowhere"});
  EXPECT_THAT(run, ExitsWith(1));
  EXPECT_THAT(run.err, HasSubstr("nowhere"));
}

}  // namespace
}  // namespace quartz
