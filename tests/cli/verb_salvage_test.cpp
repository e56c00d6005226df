#include <string>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/damageable_database.hpp"
#include "cli/tool.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class VerbSalvage : public DamageableDatabase {};

TEST_F(VerbSalvage, copies_a_whole_database) {
  const std::string target = (scratch_ / "target").string();
  const ToolRun run = run_tool({"salvage", data_, target, "--json"});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_EQ(boost::json::parse(run.out).at("rows_from_levels"), 1000);
  EXPECT_EQ(run_tool({"scan", target}).out, run_tool({"scan", data_}).out);
}

TEST_F(VerbSalvage, leaves_out_what_is_damaged_and_names_it) {
  const std::string file = damage_a_table();
  const std::string target = (scratch_ / "target").string();
  const ToolRun run = run_tool({"salvage", data_, target});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out, AllOf(HasSubstr("damaged"), HasSubstr(file)));
  EXPECT_THAT(run_tool({"verify", target}), ExitsWith(0));
}

TEST_F(VerbSalvage, does_not_touch_a_target_that_exists) {
  EXPECT_THAT(run_tool({"salvage", data_, scratch_.path().string()}), ExitsWith(7));
}

}  // namespace
}  // namespace quartz
