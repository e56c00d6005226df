#include "bench/report/number_text.hpp"

#include <gtest/gtest.h>

namespace quartz::bench {
namespace {

TEST(DurationText, has_as_many_digits_as_say_something) {
  EXPECT_EQ(duration_text(0.4321), "0.43 ns");
  EXPECT_EQ(duration_text(8.74), "8.7 ns");
  EXPECT_EQ(duration_text(87.4), "87 ns");
  EXPECT_EQ(duration_text(871.4), "871 ns");
  EXPECT_EQ(duration_text(1'240), "1.24 µs");
  EXPECT_EQ(duration_text(12'440), "12.4 µs");
  EXPECT_EQ(duration_text(124'400), "124 µs");
  EXPECT_EQ(duration_text(3'120'000), "3.12 ms");
  EXPECT_EQ(duration_text(12.5e9), "12.5 s");
  EXPECT_EQ(duration_text(4321e9), "4321 s");
}

TEST(DurationText, keeps_zeros_that_were_measured) {
  EXPECT_EQ(duration_text(4'000), "4.00 µs");
  EXPECT_EQ(duration_text(31e6), "31.0 ms");
}

TEST(DurationText, of_nothing_is_zero) { EXPECT_EQ(duration_text(0), "0 ns"); }

TEST(DurationText, changes_the_unit_where_rounding_would_make_a_thousand) {
  EXPECT_EQ(duration_text(999.4), "999 ns");
  EXPECT_EQ(duration_text(999.6), "1.00 µs");
  EXPECT_EQ(duration_text(999'600), "1.00 ms");
  EXPECT_EQ(duration_text(9'996), "10.0 µs");
  EXPECT_EQ(duration_text(99'960), "100 µs");
}

TEST(DurationText, of_a_spread_has_one_unit_for_all_three) {
  EXPECT_EQ(duration_text({.least = 1'200, .median = 1'240, .most = 1'310}), "1.24 µs (1.20–1.31)");
  EXPECT_EQ(duration_text({.least = 980, .median = 1'240, .most = 12'900}), "1.24 µs (0.98–12.9)");
  EXPECT_EQ(duration_text({.least = 6, .median = 87.2, .most = 102}), "87 ns (6.0–102)");
}

TEST(RoundDurationText, has_no_zeros_behind_the_point) {
  EXPECT_EQ(round_duration_text(1), "1 ns");
  EXPECT_EQ(round_duration_text(200), "200 ns");
  EXPECT_EQ(round_duration_text(1e3), "1 µs");
  EXPECT_EQ(round_duration_text(5e8), "500 ms");
  EXPECT_EQ(round_duration_text(0.5), "0.5 ns");
}

TEST(RatioText, has_more_digits_where_engines_are_close) {
  EXPECT_EQ(ratio_text(1.04), "1.04x");
  EXPECT_EQ(ratio_text(1), "1.00x");
  EXPECT_EQ(ratio_text(1.994), "1.99x");
  EXPECT_EQ(ratio_text(1.996), "2.0x");
  EXPECT_EQ(ratio_text(7.53), "7.5x");
  EXPECT_EQ(ratio_text(12.08), "12.1x");
  EXPECT_EQ(ratio_text(99.96), "100x");
  EXPECT_EQ(ratio_text(128.4), "128x");
}

TEST(RatioText, never_rounds_a_loss_away) {
  EXPECT_EQ(ratio_text(0.9999), "0.99x");
  EXPECT_EQ(ratio_text(0.83), "0.83x");
  EXPECT_EQ(ratio_text(0.5), "0.50x");
  EXPECT_EQ(ratio_text(0.0421), "0.042x");
}

TEST(RatioText, of_a_range_has_a_dash_between) {
  EXPECT_EQ(ratio_range_text({.least = 0.9, .median = 1, .most = 12.3}), "0.90–12.3");
}

TEST(FactorText, has_three_digits) {
  EXPECT_EQ(factor_text(0.98), "0.98");
  EXPECT_EQ(factor_text(1.318), "1.32");
  EXPECT_EQ(factor_text(12.51), "12.5");
  EXPECT_EQ(factor_text(0), "0.00");
}

TEST(BytesText, counts_in_powers_of_two) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(812), "812 B");
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(3.1 * 1024), "3.10 KiB");
  EXPECT_EQ(bytes_text(256.0 * 1024 * 1024), "256 MiB");
  EXPECT_EQ(bytes_text(16.0 * 1024 * 1024 * 1024), "16.0 GiB");
}

TEST(CountText, parts_thousands) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1'000), "1,000");
  EXPECT_EQ(count_text(12'345'678), "12,345,678");
}

}  // namespace
}  // namespace quartz::bench
