#include "base/try.hpp"

#include <memory>

#include "support/result_matchers.hpp"

namespace quartz {
namespace {

Result<std::unique_ptr<int>> boxed(int number) {
  if (number < 0) return Error(Errc::invalid_argument, "negative");
  return std::make_unique<int>(number);
}

Result<int> sum(int a, int b) {
  QUARTZ_ASSIGN(const auto left, boxed(a));
  QUARTZ_ASSIGN(const auto right, boxed(b));
  return *left + *right;
}

Result<void> check_both(int a, int b, int& steps) {
  QUARTZ_TRY(boxed(a));
  ++steps;
  QUARTZ_TRY(boxed(b));
  ++steps;
  return {};
}

TEST(Try, assign_unwraps_values_that_only_move) { EXPECT_EQ(*sum(2, 3), 5); }

TEST(Try, assign_returns_the_error_of_either_operand) {
  EXPECT_THAT(sum(-1, 3), FailsWith(Errc::invalid_argument, "negative"));
  EXPECT_THAT(sum(2, -1), FailsWith(Errc::invalid_argument, "negative"));
}

TEST(Try, stops_at_the_first_error) {
  int steps = 0;
  EXPECT_THAT(check_both(1, 2, steps), Succeeds());
  EXPECT_EQ(steps, 2);
  EXPECT_THAT(check_both(1, -2, steps), FailsWith(Errc::invalid_argument));
  EXPECT_EQ(steps, 3);
}

}  // namespace
}  // namespace quartz
