#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class VerbDemo : public testing::Test {
 protected:
  ScratchDirectory scratch_;
  std::string work_ = (scratch_ / "work").string();
};

TEST_F(VerbDemo, shows_every_step_on_a_cut_of_the_data) {
  const ToolRun run = run_tool({"demo", "--data", test_data("").string(), "--directory", work_});
  ASSERT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out, AllOf(HasSubstr("1. Load"), HasSubstr("2. Look"), HasSubstr("3. Scan"),
                             HasSubstr("4. Read a snapshot"), HasSubstr("5. Kill"),
                             HasSubstr("6. Beside RocksDB")));
  EXPECT_THAT(run.out, AllOf(HasSubstr("☃  SNOWMAN (So)"), HasSubstr("names[BANG] = 0021"),
                             HasSubstr("← ↑ → ↓"), HasSubstr("PUDDLE"), HasSubstr("↓ → ↑ ←")));
  EXPECT_THAT(run.out, ContainsRegex("all [0-9,]+ acknowledged records are back"));
  EXPECT_THAT(run.out, ContainsRegex("scan, a row +[0-9.]+ µs +[0-9.]+ µs +[0-9.]+x"));
  EXPECT_THAT(run.out, Not(HasSubstr("\033")));
  EXPECT_FALSE(std::filesystem::exists(work_));
}

TEST_F(VerbDemo, keeps_its_databases_when_told) {
  const ToolRun run = run_tool({"demo", "--data", test_data("").string(), "--directory", work_,
                                "--keep", "--measured-rows", "0"});
  ASSERT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out, Not(HasSubstr("RocksDB")));
  EXPECT_EQ(run_tool({"get", work_ + "/unicode", "BANG", "-k", "names"}).out, "0021\n");
  EXPECT_THAT(run_tool({"verify", work_ + "/unicode"}), ExitsWith(0));
}

TEST_F(VerbDemo, names_the_package_when_the_data_is_missing) {
  const ToolRun run = run_tool({"demo", "--data", scratch_.path().string()});
  EXPECT_THAT(run, ExitsWith(1));
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("UnicodeData.txt"), HasSubstr("apt-get install unicode-data")));
}

TEST_F(VerbDemo, does_not_work_in_a_directory_with_something_in_it) {
  write_file(scratch_ / "mine", "precious");
  const ToolRun run =
      run_tool({"demo", "--data", test_data("").string(), "--directory", scratch_.path().string()});
  EXPECT_THAT(run, ExitsWith(7));
  EXPECT_EQ(file_text(scratch_ / "mine"), "precious");
}

TEST_F(VerbDemo, loads_the_installed_database) {
  if (!std::filesystem::exists("/usr/share/unicode/NamesList.txt")) GTEST_SKIP();
  const ToolRun run = run_tool({"demo", "--directory", work_, "--measured-rows", "640"});
  ASSERT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out, ContainsRegex("names[[]BLOCK Arrows[]] = 2190..21FF: 112 rows"));
}

}  // namespace
}  // namespace quartz
