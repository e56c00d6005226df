#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/decode_png.hpp"
#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// While it lives, programs with ThreadSanitizer do not look for deadlocks: hnswlib has a lock for
/// each row and holds two at a time, over which that search takes minutes. Our own locks are looked
/// at by all other tests.
class NoSearchForDeadlocks {
 public:
  NoSearchForDeadlocks() {
    if (const char* const options = std::getenv(kName)) before_ = options;
    if (before_) ::setenv(kName, (*before_ + ":detect_deadlocks=0").c_str(), 1);
  }
  NoSearchForDeadlocks(const NoSearchForDeadlocks&) = delete;
  NoSearchForDeadlocks& operator=(const NoSearchForDeadlocks&) = delete;
  ~NoSearchForDeadlocks() {
    if (before_) ::setenv(kName, before_->c_str(), 1);
  }

 private:
  static constexpr const char* kName = "TSAN_OPTIONS";
  std::optional<std::string> before_;
};

class VerbDemo : public testing::Test {
 protected:
  // The whole of MNIST would take minutes.
  VerbDemo() { ::unsetenv("QUARTZ_DATA_DIR"); }

  NoSearchForDeadlocks options_;
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

TEST_F(VerbDemo, searches_the_sample_of_pictures_and_draws_what_it_finds) {
  const std::filesystem::path sheet = scratch_ / "sheet.png";
  const ToolRun run = run_tool({"demo", "--data", test_data("").string(), "--directory", work_,
                                "--picture", sheet.string()});
  ASSERT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out, ContainsRegex("2,500 pictures of 28 x 28 pixels, a sample of MNIST"));
  EXPECT_THAT(run.out, HasSubstr("10 pictures that are not in the collection"));
  EXPECT_THAT(run.out, ContainsRegex("recall@10 = (0[.]9|1[.])"));
  EXPECT_THAT(run.out, HasSubstr("10. Beside hnswlib"));
  EXPECT_THAT(run.out, AnyOf(ContainsRegex("hnswlib +(0[.]9|1[.])[0-9]+ +[0-9]+ +[0-9,]+\n"),
                             HasSubstr("libhnswlib-dev")));
  EXPECT_THAT(run.out, ContainsRegex("@@@@@@"));  // The frame of a query, in a page of text.
  const cli::GreyPicture picture = cli::decode_png(file_text(sheet));
  // Eleven columns and ten rows of doubled pictures, with margins.
  EXPECT_GT(picture.width, 11u * 56u);
  EXPECT_GT(picture.height, 10u * 56u);
  EXPECT_GT(std::ranges::max(picture.pixels), 250);
}

TEST_F(VerbDemo, names_what_is_missing_where_it_was_told_to_find_pictures) {
  const ToolRun run = run_tool({"demo", "--data", test_data("").string(), "--picture-data",
                                scratch_.path().string(), "--directory", work_});
  EXPECT_THAT(run, ExitsWith(1));
  EXPECT_THAT(run.err, AllOf(HasSubstr("mnist-784.base.u8bin"), HasSubstr("--picture-data")));
  EXPECT_FALSE(std::filesystem::exists(work_));
}

TEST_F(VerbDemo, keeps_its_databases_when_told) {
  const ToolRun run = run_tool({"demo", "--data", test_data("").string(), "--directory", work_,
                                "--keep", "--measured-rows", "0"});
  ASSERT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out, AllOf(Not(HasSubstr("RocksDB")), Not(HasSubstr("hnswlib"))));
  EXPECT_EQ(run_tool({"get", work_ + "/unicode", "BANG", "-k", "names"}).out, "0021\n");
  EXPECT_THAT(run_tool({"verify", work_ + "/unicode"}), ExitsWith(0));
  EXPECT_EQ(run_tool({"vector", "list", work_ + "/pictures"}).out, "digits\n");
  EXPECT_TRUE(std::filesystem::exists(work_ + "/neighbours.png"));
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
