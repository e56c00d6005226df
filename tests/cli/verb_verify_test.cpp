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
using testing::IsEmpty;

class VerbVerify : public DamageableDatabase {};

TEST_F(VerbVerify, finds_nothing_wrong_with_a_whole_database) {
  const ToolRun run = run_tool({"verify", data_});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out, AllOf(HasSubstr("1,000 rows"), HasSubstr("no damage")));
  EXPECT_THAT(run_tool({"verify", data_, "-q"}).out, IsEmpty());
}

TEST_F(VerbVerify, reports_as_json) {
  const auto report = boost::json::parse(run_tool({"verify", data_, "--json"}).out).as_object();
  EXPECT_EQ(report.at("rows"), 1000);
  EXPECT_GT(report.at("files_checked").as_int64(), 0);
  EXPECT_THAT(report.at("damage").as_array(), IsEmpty());
}

TEST_F(VerbVerify, names_a_damaged_file_and_exits_with_3) {
  const std::string file = damage_a_table();
  const ToolRun run = run_tool({"verify", data_});
  EXPECT_THAT(run, ExitsWith(3));
  EXPECT_THAT(run.out, AllOf(HasSubstr("damaged"), HasSubstr(file)));
  EXPECT_THAT(run.err, AllOf(HasSubstr("corruption"), HasSubstr("salvage")));
  const ToolRun json = run_tool({"verify", data_, "--json"});
  EXPECT_THAT(json, ExitsWith(3));
  EXPECT_FALSE(boost::json::parse(json.out).at("damage").as_array().empty());
}

}  // namespace
}  // namespace quartz
