#include "server/oracle/allowed_differences.hpp"

#include <gtest/gtest.h>

namespace quartz::server {
namespace {

TEST(AllowedDifferences, a_set_sorted_by_what_leads_nowhere_has_an_order_of_its_own) {
  EXPECT_TRUE(
      is_allowed_difference({"SORT", "s", "BY", "x", "DESC"}, "*2 $1:a $1:b ", "*2 $1:b $1:a "));
  EXPECT_TRUE(is_allowed_difference({"sort_ro", "s", "LIMIT", "0", "1", "by", "x"}, "*1 $1:a ",
                                    "*1 $1:b "));
  EXPECT_FALSE(is_allowed_difference({"SORT", "s", "BY", "x"}, "*2 $1:a $1:b ", "*1 $1:b "));
  EXPECT_FALSE(is_allowed_difference({"SORT", "s", "BY", "x"}, "-6:ERR no ", "*1 $1:b "));
  EXPECT_FALSE(is_allowed_difference({"SORT", "s", "BY", "x*"}, "*2 $1:a $1:b ", "*2 $1:b $1:a "));
  EXPECT_FALSE(is_allowed_difference({"SORT", "s", "BY", "x", "STORE", "t"}, ":1:2 ", ":1:3 "));
}

}  // namespace
}  // namespace quartz::server
