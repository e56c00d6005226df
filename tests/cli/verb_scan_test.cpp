#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::IsEmpty;

class VerbScan : public testing::Test {
 protected:
  void SetUp() override {
    const std::string rows = "a\t1\nuser:1\tAl\\tice\nuser:2\tBob\nuser:3\tCarol\nz\\x00\t\\xff\n";
    ASSERT_THAT(run_tool({"load", data_, "-", "-q"}, rows), ExitsWith(0));
  }
  std::string scan(std::vector<std::string> options) {
    options.insert(options.begin(), {"scan", data_});
    const ToolRun run = run_tool(options);
    EXPECT_THAT(run, ExitsWith(0));
    return run.out;
  }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

TEST_F(VerbScan, prints_rows_in_order_with_escapes) {
  EXPECT_EQ(scan({}), "a\t1\nuser:1\tAl\\tice\nuser:2\tBob\nuser:3\tCarol\nz\\x00\t\\xff\n");
}

TEST_F(VerbScan, stays_within_a_prefix_forward_and_back) {
  EXPECT_EQ(scan({"--prefix", "user:", "--keys-only"}), "user:1\nuser:2\nuser:3\n");
  EXPECT_EQ(scan({"--prefix", "user:", "--keys-only", "--reverse"}), "user:3\nuser:2\nuser:1\n");
}

TEST_F(VerbScan, includes_its_start_and_excludes_its_end) {
  EXPECT_EQ(scan({"--from", "user:1", "--to", "user:3", "--keys-only"}), "user:1\nuser:2\n");
  EXPECT_EQ(scan({"--from", "user:2", "--keys-only"}), "user:2\nuser:3\nz\\x00\n");
  EXPECT_THAT(scan({"--from", "b", "--to", "b"}), IsEmpty());
  EXPECT_THAT(scan({"--to", ""}), IsEmpty());
}

TEST_F(VerbScan, counts_a_limit_from_the_end_it_starts_at) {
  EXPECT_EQ(scan({"--limit", "2", "--keys-only"}), "a\nuser:1\n");
  EXPECT_EQ(scan({"--limit", "2", "--keys-only", "--reverse"}), "z\\x00\nuser:3\n");
}

TEST_F(VerbScan, counts_rows_without_printing_them) {
  EXPECT_EQ(scan({"--count"}), "5\n");
  EXPECT_EQ(scan({"--count", "--prefix", "user:", "--json"}), "{\"rows\":3}\n");
}

TEST_F(VerbScan, prints_lines_of_json_with_base64_where_needed) {
  EXPECT_EQ(scan({"--from", "z", "--json"}), "{\"key\":\"z\\u0000\",\"value_base64\":\"/w==\"}\n");
  for (const char* line : {"--json"})
    EXPECT_FALSE(boost::json::parse(scan({line, "--limit", "1"})).as_object().empty());
}

TEST_F(VerbScan, leaves_values_out_of_json_as_well) {
  EXPECT_EQ(scan({"--from", "user:3", "--keys-only", "--json"}),
            "{\"key\":\"user:3\"}\n{\"key\":\"z\\u0000\"}\n");
}

TEST_F(VerbScan, prints_hex) {
  EXPECT_EQ(scan({"--from", "7a", "--key-format", "hex", "--value-format", "hex"}), "7a00\tff\n");
}

TEST_F(VerbScan, ends_quietly_when_its_reader_has_enough) {
  std::string rows;
  for (int row = 0; row < 60'000; ++row) rows += "key" + std::to_string(row) + "\tsome value\n";
  ASSERT_THAT(run_tool({"load", data_, "-", "-q"}, rows), ExitsWith(0));
  const ToolRun run =
      run_shell("\"$QUARTZ\" scan '" + data_ + "' | head -n 1; echo ${PIPESTATUS[0]}");
  EXPECT_EQ(run.out, "a\t1\n0\n");
  EXPECT_THAT(run.err, IsEmpty());
}

}  // namespace
}  // namespace quartz
