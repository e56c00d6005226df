#include <algorithm>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// A database with every byte in keys and values, an empty key, three keyspaces, one empty, and a
// row that is a set which expires.
class VerbDump : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string rows = "\t\n";
    const auto hex = [](int byte) {
      constexpr const char* kDigits = "0123456789abcdef";
      return std::string("\\x") + kDigits[byte / 16] + kDigits[byte % 16];
    };
    for (int byte = 0; byte < 256; ++byte) {
      rows += hex(byte) + "\t" + hex(255 - byte) + hex(byte) + "\n";
    }
    rows += "\\keyspace\tempty\n\\keyspace\torders\nkey\tvalue\n";
    rows += "\\keyspace\tsets\n\\attributes\texpires_at=9000000000000,kind=3\nkey\tvalue\n";
    ASSERT_THAT(run_tool({"load", data_, "-", "-q"}, rows), ExitsWith(0));
  }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
  std::string copy_ = (scratch_ / "copy").string();
  std::string file_ = (scratch_ / "dump").string();
};

TEST_P(VerbDump, and_load_give_the_same_database) {
  ASSERT_THAT(run_tool({"dump", data_, file_, "--format", GetParam()}), ExitsWith(0));
  ASSERT_THAT(run_tool({"load", copy_, file_, "--format", GetParam(), "--batch", "7"}),
              ExitsWith(0));
  EXPECT_EQ(run_tool({"keyspace", "list", copy_}).out, "default\nempty\norders\nsets\n");
  for (const char* keyspace : {"default", "empty", "orders", "sets"}) {
    EXPECT_EQ(run_tool({"scan", copy_, "-k", keyspace, "--json"}).out,
              run_tool({"scan", data_, "-k", keyspace, "--json"}).out);
  }
  EXPECT_EQ(
      run_tool({"get", copy_, "key", "-k", "sets", "--json"}).out,
      "{\"keyspace\":\"sets\",\"key\":\"key\",\"value\":\"value\",\"expires_at\":9000000000000,"
      "\"kind\":3}\n");
  EXPECT_EQ(run_tool({"scan", copy_, "--count"}).out, "257\n");
}

TEST_P(VerbDump, goes_to_standard_output_and_into_a_pipe) {
  const std::string format = std::string(" --format ") + GetParam();
  const ToolRun run = run_shell("set -o pipefail; \"$QUARTZ\" dump -q '" + data_ + "'" + format +
                                " | \"$QUARTZ\" load -q '" + copy_ + "' -" + format);
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out + run.err, IsEmpty());
  EXPECT_EQ(run_tool({"scan", copy_}).out, run_tool({"scan", data_}).out);
}

INSTANTIATE_TEST_SUITE_P(Formats, VerbDump, testing::Values("tsv", "jsonl", "binary"));

using VerbDumpOfOne = VerbDump;

TEST_P(VerbDumpOfOne, keyspace_can_be_loaded_into_another) {
  ASSERT_THAT(run_tool({"dump", data_, file_, "-q", "-k", "orders", "--format", GetParam()}),
              ExitsWith(0));
  ASSERT_THAT(run_tool({"load", copy_, file_, "-q", "-k", "renamed", "--format", GetParam()}),
              ExitsWith(0));
  EXPECT_EQ(run_tool({"scan", copy_, "-k", "renamed"}).out, "key\tvalue\n");
}

TEST_P(VerbDumpOfOne, missing_keyspace_leaves_no_file) {
  const ToolRun run = run_tool({"dump", data_, file_, "-k", "nowhere"});
  EXPECT_THAT(run, ExitsWith(1));
  EXPECT_THAT(run.err, HasSubstr("nowhere"));
  const auto entries = std::filesystem::directory_iterator(scratch_.path());
  EXPECT_EQ(std::count_if(begin(entries), end(entries), [](const auto&) { return true; }), 1);
}

TEST_P(VerbDumpOfOne, full_device_is_an_error) {
  const ToolRun run = run_tool({"dump", data_, "/dev/full", "--format", GetParam()});
  EXPECT_THAT(run, ExitsWith(5));
  EXPECT_THAT(run.err, HasSubstr("no_space"));
}

INSTANTIATE_TEST_SUITE_P(Formats, VerbDumpOfOne, testing::Values("tsv", "binary"));

}  // namespace
}  // namespace quartz
