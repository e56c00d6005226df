#include <filesystem>
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

// A database with a thousand rows in the levels.
class VerbSalvage : public testing::Test {
 protected:
  void SetUp() override {
    std::string rows;
    for (int row = 0; row < 1000; ++row) rows += "key" + std::to_string(row) + "\tvalue of a row\n";
    ASSERT_THAT(run_tool({"load", data_, "-", "-q"}, rows), ExitsWith(0));
    ASSERT_THAT(run_tool({"compact", data_, "-q"}), ExitsWith(0));
  }

  // Flips a bit in the middle of the largest table file; its path within the database.
  std::string damage_a_table() {
    std::filesystem::path largest;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data_)) {
      if (entry.path().extension() != ".sst") continue;
      if (largest.empty() || entry.file_size() > std::filesystem::file_size(largest)) {
        largest = entry.path();
      }
    }
    std::string bytes = file_text(largest);
    bytes[bytes.size() / 4] = static_cast<char>(bytes[bytes.size() / 4] ^ 1);
    write_file(largest, bytes);
    return largest.filename().string();
  }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

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
