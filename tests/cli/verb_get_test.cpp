#include <string>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class VerbGet : public testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(run_tool({"put", data_, "key", "-"}, "a\tb"), ExitsWith(0)); }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

TEST_F(VerbGet, prints_the_value_and_a_newline) {
  EXPECT_EQ(run_tool({"get", data_, "key"}).out, "a\tb\n");
}

TEST_F(VerbGet, prints_nothing_but_the_bytes_when_raw) {
  EXPECT_EQ(run_tool({"get", data_, "key", "--raw"}).out, "a\tb");
}

TEST_F(VerbGet, prints_values_in_hex_and_with_escapes) {
  EXPECT_EQ(run_tool({"get", data_, "key", "--value-format", "hex"}).out, "610962\n");
  EXPECT_EQ(run_tool({"get", data_, "key", "--value-format", "escaped"}).out, "a\\tb\n");
}

TEST_F(VerbGet, prints_a_row_of_json) {
  const ToolRun run = run_tool({"get", data_, "key", "--json"});
  const auto row = boost::json::parse(run.out).as_object();
  EXPECT_EQ(row.at("key"), "key");
  EXPECT_EQ(row.at("value"), "a\tb");
}

TEST_F(VerbGet, exits_with_1_and_names_a_key_that_is_not_there) {
  const ToolRun run = run_tool({"get", data_, "\x01missing"});
  EXPECT_THAT(run, ExitsWith(1));
  EXPECT_THAT(run.err, AllOf(HasSubstr("not_found"), HasSubstr("\\x01missing"), HasSubstr("hint")));
  EXPECT_THAT(run.out, IsEmpty());
}

TEST_F(VerbGet, says_nothing_about_a_missing_key_when_quiet) {
  const ToolRun run = run_tool({"get", data_, "missing", "--quiet"});
  EXPECT_THAT(run, ExitsWith(1));
  EXPECT_THAT(run.out + run.err, IsEmpty());
}

TEST_F(VerbGet, names_a_keyspace_that_is_not_there) {
  const ToolRun run = run_tool({"get", data_, "key", "-k", "nowhere"});
  EXPECT_THAT(run, ExitsWith(1));
  EXPECT_THAT(run.err, HasSubstr("nowhere"));
}

}  // namespace
}  // namespace quartz
