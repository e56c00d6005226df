#include "cli/progress.hpp"

#include <gtest/gtest.h>

namespace quartz::cli {
namespace {

TEST(Progress, digits_are_grouped_by_three) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(100000), "100,000");
}

TEST(Progress, sizes_have_a_unit_that_fits) {
  EXPECT_EQ(readable_bytes(0), "0 B");
  EXPECT_EQ(readable_bytes(1023), "1023 B");
  EXPECT_EQ(readable_bytes(1536), "1.5 KiB");
  EXPECT_EQ(readable_bytes((1u << 20) - 1), "1.0 MiB");
  EXPECT_EQ(readable_bytes(std::uint64_t{3} << 40), "3.0 TiB");
  EXPECT_EQ(readable_bytes(~std::uint64_t{0}), "16.0 EiB");
}

TEST(Progress, durations_have_a_unit_that_fits) {
  EXPECT_EQ(readable_nanoseconds(7), "7 ns");
  EXPECT_EQ(readable_nanoseconds(4200), "4.2 µs");
  EXPECT_EQ(readable_nanoseconds(420'000), "420 µs");
  EXPECT_EQ(readable_nanoseconds(17'000'000), "17.0 ms");
  EXPECT_EQ(readable_nanoseconds(999'600'000), "1.00 s");
}

}  // namespace
}  // namespace quartz::cli
