#include <csignal>
#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/numbered_records.hpp"
#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::EndsWith;

class VerbDemoWriter : public testing::Test {
 protected:
  std::string value_of(std::uint64_t number) {
    return run_tool({"get", data_, numbered_key(number), "-k", std::string(kNumberedKeyspace)}).out;
  }
  std::uint64_t row_count() {
    return std::stoull(
        run_tool({"scan", data_, "--count", "-k", std::string(kNumberedKeyspace)}).out);
  }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

TEST_F(VerbDemoWriter, says_each_number_after_it_was_written) {
  const ToolRun run = run_tool({"demo-writer", data_, "--first", "5", "--count", "3"});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_EQ(run.out, "5\n6\n7\n");
  EXPECT_EQ(value_of(7), numbered_value(7) + "\n");
  EXPECT_EQ(row_count(), 3u);
}

TEST_F(VerbDemoWriter, loses_nothing_it_has_said_when_it_is_killed_again_and_again) {
  std::uint64_t last = 0;
  for (int cycle = 0; cycle < 5; ++cycle) {
    RunningTool writer({"demo-writer", data_, "--first", std::to_string(last + 1)});
    std::string line;
    for (int lines = 0; lines < 500; ++lines) line = writer.read_line();
    ASSERT_EQ(line, std::to_string(last + 500));
    writer.signal(SIGKILL);
    const ToolRun run = writer.finish();
    EXPECT_THAT(run, ExitsWith(128 + SIGKILL));
    // What was still in the pipe was acknowledged as well; a torn last line was not.
    const std::size_t end = run.out.rfind('\n');
    last += 500;
    if (end != std::string::npos) {
      const std::size_t begin = end == 0 ? 0 : run.out.rfind('\n', end - 1) + 1;
      last = std::stoull(run.out.substr(begin, end - begin));
    }
    EXPECT_GE(row_count(), last);
    EXPECT_EQ(value_of(last), numbered_value(last) + "\n");
  }
}

TEST_F(VerbDemoWriter, ends_when_nobody_listens) {
  const ToolRun run = run_shell("\"$QUARTZ\" demo-writer '" + data_ + "' | head -n 1");
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_EQ(run.out, "1\n");
}

TEST(NumberedRecords, differ_and_sort_by_their_number) {
  EXPECT_LT(numbered_key(9), numbered_key(10));
  EXPECT_NE(numbered_value(1), numbered_value(2));
  EXPECT_EQ(numbered_value(3), numbered_value(3));
  EXPECT_GE(numbered_value(1).size(), 96u);
}

}  // namespace
}  // namespace quartz::cli
