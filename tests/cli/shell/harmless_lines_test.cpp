#include "cli/shell/harmless_lines.hpp"

#include <gtest/gtest.h>

namespace quartz::cli {
namespace {

TEST(HarmlessLines, have_escapes_for_what_a_terminal_obeys_and_keep_the_rest) {
  EXPECT_EQ(harmless_lines("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(harmless_lines("a\r\nb\n"), "a\nb");
  EXPECT_EQ(harmless_lines("one \\ two"), "one \\ two");
  EXPECT_EQ(harmless_lines(""), "");
}

}  // namespace
}  // namespace quartz::cli
