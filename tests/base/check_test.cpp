#include "base/check.hpp"

#include <gtest/gtest.h>

namespace quartz {
namespace {

TEST(Check, a_true_condition_is_evaluated_once_and_goes_unnoticed) {
  int evaluated = 0;
  QUARTZ_CHECK(++evaluated == 1);
  EXPECT_EQ(evaluated, 1);
}

TEST(CheckDeathTest, a_false_condition_stops_the_process_and_says_where) {
  const int apples = 3;
  EXPECT_DEATH(QUARTZ_CHECK(apples == 4), "check_test.cpp:[0-9]+: check failed: apples == 4");
}

TEST(Check, is_one_statement_in_a_branch_without_braces) {
  bool otherwise = false;
  if (false)
    QUARTZ_CHECK(false);
  else
    otherwise = true;
  EXPECT_TRUE(otherwise);
}

}  // namespace
}  // namespace quartz
