#include "cli/shell/table.hpp"

#include <string>

#include <gtest/gtest.h>

namespace quartz::cli {
namespace {

const Style kPlain(false);

Table keys() {
  return {.titles = {"key", "holds"}, .rows = {{"a", "12"}, {"user:1", "3"}}, .numbers = {1}};
}

TEST(ShellTable, stands_in_columns_with_numbers_to_the_right) {
  EXPECT_EQ(table_as_text(keys(), 80, kPlain),
            "key     holds\n"
            "------  -----\n"
            "a          12\n"
            "user:1      3\n");
}

TEST(ShellTable, cuts_the_widest_cells_to_the_terminal) {
  const Table table{.titles = {"key", "holds"}, .rows = {{"k", "0123456789"}}};
  EXPECT_EQ(table_as_text(table, 11, kPlain),
            "key  holds\n"
            "---  ------\n"
            "k    01234…\n");
}

TEST(ShellTable, counts_letters_and_not_bytes) {
  const Table table{.titles = {"key", "n"}, .rows = {{"äöü", "1"}, {"abc", "2"}}};
  EXPECT_EQ(table_as_text(table, 80, kPlain),
            "key  n\n"
            "---  -\n"
            "äöü  1\n"
            "abc  2\n");
}

TEST(ShellTable, escapes_what_would_break_its_lines) {
  const Table table{.titles = {"k"}, .rows = {{"a\n\x1b"}}};
  EXPECT_EQ(table_as_text(table, 80, kPlain), "k\n-------\na\\n\\x1b\n");
}

TEST(ShellTable, says_so_where_there_is_nothing) {
  EXPECT_EQ(table_as_text({.titles = {"key"}, .rows = {}}, 80, kPlain), "(nothing)\n");
}

TEST(ShellTable, stays_readable_on_the_narrowest_terminal) {
  const Table table{.titles = {"key", "holds"}, .rows = {{"abcdefgh", "ijklmnop"}}};
  EXPECT_EQ(table_as_text(table, 1, kPlain), "key   hol…\n----  ----\nabc…  ijk…\n");
}

TEST(ShellTable, has_tabs_for_other_programs) {
  EXPECT_EQ(table_as(ReplyForm::raw, keys(), 1, kPlain), "key\tholds\na\t12\nuser:1\t3\n");
  EXPECT_EQ(table_as(ReplyForm::json, keys(), 1, kPlain),
            "{\"key\":\"a\",\"holds\":\"12\"}\n{\"key\":\"user:1\",\"holds\":\"3\"}\n");
}

}  // namespace
}  // namespace quartz::cli
