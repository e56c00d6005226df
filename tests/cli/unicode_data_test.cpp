#include "cli/unicode_data.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::HasSubstr;

// What a name leads to; empty if there is no such name.
std::string leads_to(const UnicodeData& data, std::string_view name) {
  for (const auto& [code_point, entry] : data.entries) {
    for (const UnicodeName& candidate : entry.names) {
      if (candidate.name == name) return candidate.code_points;
    }
  }
  return {};
}

TEST(UnicodeData, characters_names_aliases_references_and_blocks_are_read) {
  const UnicodeData data = read_unicode_data(test_data("")).value();
  EXPECT_EQ(field_of(data.entries.at(0x2603).record, 0), "SNOWMAN");
  EXPECT_EQ(field_of(data.entries.at(0x2603).record, 1), "So");
  EXPECT_EQ(leads_to(data, "SNOWMAN"), "2603");
  EXPECT_EQ(leads_to(data, "SNOWY WEATHER"), "2603");
  EXPECT_EQ(leads_to(data, "DOT"), "002E");
  EXPECT_EQ(leads_to(data, "INTERROBANG -> EXCLAMATION MARK"), "0021");
  EXPECT_EQ(leads_to(data, "BLOCK Arrows"), "2190..21FF");
  EXPECT_EQ(leads_to(data, "NULL"), "0000");
  EXPECT_EQ(leads_to(data, "<control>"), "");
}

TEST(UnicodeData, counts_agree_with_what_was_read) {
  const UnicodeData data = read_unicode_data(test_data("")).value();
  std::size_t names = 0;
  std::size_t records = 0;
  for (const auto& [code_point, entry] : data.entries) {
    names += entry.names.size();
    if (!entry.record.empty()) ++records;
  }
  EXPECT_EQ(names, data.name_count);
  EXPECT_EQ(records, data.character_count);
  const std::string file = file_text(test_data("UnicodeData.txt"));
  EXPECT_EQ(records, static_cast<std::size_t>(std::count(file.begin(), file.end(), '\n')));
}

TEST(UnicodeData, a_name_that_several_characters_share_lists_them_all) {
  ScratchDirectory scratch;
  write_file(scratch / "UnicodeData.txt", "0041;A;Lu;\n0042;B;Lu;\n");
  write_file(scratch / "NamesList.txt", "0041\tA\n\t= twin\n0042\tB\n\t= twin\n\t= twin\n");
  const UnicodeData data = read_unicode_data(scratch.path()).value();
  EXPECT_EQ(leads_to(data, "TWIN"), "0041 0042");
  EXPECT_EQ(data.name_count, 3u);
}

TEST(UnicodeData, a_missing_file_and_a_broken_line_are_named) {
  ScratchDirectory scratch;
  EXPECT_THAT(read_unicode_data(scratch.path()),
              FailsWith(Errc::not_found, HasSubstr("UnicodeData.txt")));
  write_file(scratch / "UnicodeData.txt", "0041;A;Lu;\nnonsense\n");
  EXPECT_THAT(read_unicode_data(scratch.path()),
              FailsWith(Errc::invalid_argument, HasSubstr("UnicodeData.txt:2")));
  write_file(scratch / "UnicodeData.txt", "110000;BEYOND;Lu;\n");
  EXPECT_THAT(read_unicode_data(scratch.path()),
              FailsWith(Errc::invalid_argument, HasSubstr("UnicodeData.txt:1")));
}

TEST(UnicodeData, glyphs_are_utf8_and_never_disturb_the_terminal) {
  EXPECT_EQ(glyph_of(0x41, "LATIN CAPITAL LETTER A;Lu;"), "A");
  EXPECT_EQ(glyph_of(0x3C0, "GREEK SMALL LETTER PI;Ll;"), "π");
  EXPECT_EQ(glyph_of(0x2603, "SNOWMAN;So;"), "☃");
  EXPECT_EQ(glyph_of(0x1F980, "CRAB;So;"), "🦀");
  EXPECT_EQ(glyph_of(0x1B, "<control>;Cc;"), "·");
  EXPECT_EQ(glyph_of(0x301, "COMBINING ACUTE ACCENT;Mn;"), "◌\xCC\x81");
}

TEST(UnicodeData, keys_sort_as_code_points_do) {
  EXPECT_EQ(character_key(0x2603), "002603");
  EXPECT_LT(character_key(0xFFFF), character_key(0x10000));
}

TEST(UnicodeData, the_installed_database_has_some_forty_thousand_records) {
  if (!std::filesystem::exists("/usr/share/unicode/NamesList.txt")) GTEST_SKIP();
  const UnicodeData data = read_unicode_data("/usr/share/unicode").value();
  EXPECT_GT(data.record_count, 35'000u);
  EXPECT_GT(data.name_count, 35'000u);
}

}  // namespace
}  // namespace quartz::cli
