#include "cli/neighbour_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.hpp"

namespace quartz::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(NeighbourRows, are_the_numbers_that_ids_spell) {
  EXPECT_THAT(rows_of({{.id = "00042"}, {.id = "7"}, {.id = "0"}}).value(), ElementsAre(42, 7, 0));
  for (const char* id : {"", "x", "4x", "-1", "99999999999999999999"}) {
    EXPECT_THAT(rows_of({{.id = id}}), FailsWith(Errc::corruption, HasSubstr(id)));
  }
}

TEST(NeighbourRows, recall_is_the_share_of_the_exact_ones_in_any_order) {
  EXPECT_DOUBLE_EQ(recall_of({{1, 2, 3, 4}}, {{4, 3, 2, 1}}), 1);
  EXPECT_DOUBLE_EQ(recall_of({{1, 2, 9, 8}}, {{1, 2, 3, 4}}), 0.5);
  EXPECT_DOUBLE_EQ(recall_of({{1, 2}, {}}, {{1, 2}, {3, 4}}), 0.5);
  EXPECT_DOUBLE_EQ(recall_of({{7}}, {{1}}), 0);
  EXPECT_DOUBLE_EQ(recall_of({}, {}), 1);
}

}  // namespace
}  // namespace quartz::cli
