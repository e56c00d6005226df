#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class VerbKeyspace : public testing::Test {
 protected:
  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

TEST_F(VerbKeyspace, creates_lists_and_drops) {
  EXPECT_THAT(run_tool({"keyspace", "create", data_, "orders"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"keyspace", "create", data_, "archive"}), ExitsWith(0));
  EXPECT_EQ(run_tool({"keyspace", "list", data_}).out, "default\narchive\norders\n");
  EXPECT_EQ(run_tool({"keyspace", "list", data_, "--json"}).out,
            "[\"default\",\"archive\",\"orders\"]\n");
  const ToolRun run = run_tool({"keyspace", "drop", data_, "archive", "-q"});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out + run.err, IsEmpty());
  EXPECT_EQ(run_tool({"keyspace", "list", data_}).out, "default\norders\n");
}

TEST_F(VerbKeyspace, has_a_status_for_each_mistake) {
  ASSERT_THAT(run_tool({"keyspace", "create", data_, "orders"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"keyspace", "create", data_, "orders"}), ExitsWith(7));
  EXPECT_THAT(run_tool({"keyspace", "create", data_, "no/slash"}), ExitsWith(2));
  EXPECT_THAT(run_tool({"keyspace", "drop", data_, "missing"}), ExitsWith(1));
  EXPECT_THAT(run_tool({"keyspace", "drop", data_, "default"}), ExitsWith(2));
  EXPECT_EQ(run_tool({"keyspace", "list", data_}).out, "default\norders\n");
}

TEST_F(VerbKeyspace, drops_rows_with_their_keyspace) {
  ASSERT_THAT(run_tool({"put", data_, "key", "old", "-k", "orders"}), ExitsWith(0));
  ASSERT_THAT(run_tool({"keyspace", "drop", data_, "orders"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"get", data_, "key", "-k", "orders"}).err, HasSubstr("orders"));
  ASSERT_THAT(run_tool({"keyspace", "create", data_, "orders"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"scan", data_, "-k", "orders"}).out, IsEmpty());
}

}  // namespace
}  // namespace quartz
