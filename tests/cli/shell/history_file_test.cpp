#include "cli/shell/history_file.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(HistoryFile, gives_back_what_was_appended_by_whomever) {
  const ScratchDirectory scratch;
  const fs::path path = scratch / "state" / "quartz" / "history";
  HistoryFile one(path);
  HistoryFile other(path);
  EXPECT_THAT(one.load(), IsEmpty());
  one.append("SET a 1");
  other.append("GET a");
  EXPECT_THAT(HistoryFile(path).load(), ElementsAre("SET a 1", "GET a"));
}

TEST(HistoryFile, is_its_owners_alone) {
  const ScratchDirectory scratch;
  const fs::path path = scratch / "quartz" / "history";
  HistoryFile(path).append("GET a");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(path.parent_path()).permissions(), fs::perms::owner_all);
}

TEST(HistoryFile, is_cut_to_the_newest_lines) {
  const ScratchDirectory scratch;
  const fs::path path = scratch / "history";
  std::string text;
  for (int i = 0; i < 2'001; ++i) text += "GET " + std::to_string(i) + "\n";
  write_file(path, text);
  const auto lines = HistoryFile(path).load();
  ASSERT_THAT(lines, SizeIs(1'000));
  EXPECT_EQ(lines.back(), "GET 2000");
  EXPECT_LT(file_text(path).size(), text.size());
}

TEST(HistoryFile, that_cannot_be_written_is_no_obstacle) {
  const ScratchDirectory scratch;
  write_file(scratch / "file", "");
  HistoryFile nowhere(scratch / "file" / "history");
  nowhere.append("GET a");
  EXPECT_THAT(nowhere.load(), IsEmpty());
  HistoryFile none(std::nullopt);
  none.append("GET a");
  EXPECT_THAT(none.load(), IsEmpty());
}

TEST(HistoryFile, keeps_nothing_secret) {
  for (const char* const line :
       {"AUTH secret", "auth user secret", "HELLO 3 AUTH user secret", "ACL SETUSER a >secret",
        "CONFIG SET requirepass secret", "\"AUTH\" secret", "AUTH \"secret", " GET a"}) {
    EXPECT_TRUE(is_confidential(line)) << line;
  }
  for (const char* const line : {"GET auth", "HELLO 3", "ACL LIST", "CONFIG SET timeout 1", ""}) {
    EXPECT_FALSE(is_confidential(line)) << line;
  }
}

}  // namespace
}  // namespace quartz::cli
