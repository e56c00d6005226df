#include "server/statistics/error_counts.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartz::server {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(ErrorCounts, count_each_code) {
  ErrorCounts counts;
  for (const char* code : {"ERR", "WRONGTYPE", "ERR"}) counts.add(code);
  EXPECT_THAT(counts.all(), ElementsAre(Pair("ERR", 2), Pair("WRONGTYPE", 1)));
  counts.reset();
  EXPECT_TRUE(counts.all().empty());
}

TEST(ErrorCounts, one_code_stands_for_those_that_are_too_many) {
  ErrorCounts counts;
  for (std::size_t i = 0; i < ErrorCounts::kCodesMax + 10; ++i) counts.add(std::to_string(i));
  EXPECT_EQ(counts.all().size(), ErrorCounts::kCodesMax + 1);
  EXPECT_EQ(counts.all().at("other"), 10u);
}

}  // namespace
}  // namespace quartz::server
