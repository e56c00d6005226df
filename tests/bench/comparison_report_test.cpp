#include "bench/report/comparison_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_run.hpp"

namespace quartz::bench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

RunResult run_of(std::vector<Series> series) {
  RunResult run;
  run.series = std::move(series);
  return run;
}

/// Compares one category, of which the builds are called as the caller of the table might do.
std::string comparison_of(std::initializer_list<double> before,
                          std::initializer_list<double> after) {
  return comparison_table(run_of({series_of("put_process", "before", before)}),
                          run_of({series_of("put_process", "after", after)}));
}

TEST(ComparisonTable, has_both_medians_and_the_ratio_of_the_pairs) {
  EXPECT_EQ(comparison_of({1'000, 1'100, 1'200}, {800, 1'000, 800}),
            "                                      before     after   ratio (min–max)     pairs\n"
            "put_process                          1.10 µs    800 ns   1.25x (1.10–1.50)       3"
            "  faster\n"
            "\n"
            "1 faster and 0 slower in every pair by more than 5 %, 0 without a clear difference\n");
}

TEST(ComparisonTable, marks_what_became_slower) {
  EXPECT_THAT(comparison_of({100, 100}, {106, 120}),
              AllOf(HasSubstr("  slower\n"), HasSubstr("0 faster and 1 slower")));
}

TEST(ComparisonTable, marks_nothing_if_a_single_pair_disagrees) {
  EXPECT_THAT(comparison_of({100, 100, 100}, {50, 50, 101}),
              HasSubstr("0 faster and 0 slower in every pair by more than 5 %, 1 without"));
}

TEST(ComparisonTable, marks_nothing_if_a_pair_agrees_by_less_than_five_per_cent) {
  EXPECT_THAT(comparison_of({104, 150}, {100, 100}), Not(HasSubstr("  faster\n")));
  EXPECT_THAT(comparison_of({100, 100}, {104, 150}), Not(HasSubstr("  slower\n")));
}

TEST(ComparisonTable, measures_both_directions_by_the_same_factor) {
  EXPECT_THAT(comparison_of({106}, {100}), HasSubstr("1 faster"));
  EXPECT_THAT(comparison_of({100}, {106}), HasSubstr("1 slower"));
}

TEST(ComparisonTable, pairs_repetitions_that_drift_together) {
  // The machine became slower and slower, under both builds alike.
  EXPECT_THAT(comparison_of({100, 200, 400}, {90, 180, 360}),
              AllOf(HasSubstr("1.11x (1.11–1.11)"), HasSubstr("1 faster")));
}

TEST(ComparisonTable, keeps_numbers_of_threads_apart) {
  const std::string table = comparison_table(
      run_of({series_of("put_disk", "quartz", {100}), series_of("put_disk", "quartz", {300}, 8)}),
      run_of(
          {series_of("put_disk", "quartz", {300}, 8), series_of("put_disk", "quartz", {50}, 1)}));
  EXPECT_THAT(table, HasSubstr("put_disk                              100 ns     50 ns    2.0x"));
  EXPECT_THAT(table, HasSubstr("put_disk, 8 threads                   300 ns    300 ns   1.00x"));
}

TEST(ComparisonTable, counts_the_pairs_that_both_have) {
  EXPECT_THAT(comparison_of({100, 100, 100}, {100, 100}), HasSubstr("(1.00–1.00)       2\n"));
}

TEST(ComparisonTable, names_what_only_one_of_them_measured) {
  const std::string table = comparison_table(
      run_of({series_of("delete", "quartz", {100}), series_of("batch_10", "quartz", {100})}),
      run_of({series_of("batch_10", "quartz", {100}), series_of("put_disk", "quartz", {100}, 8)}));
  EXPECT_THAT(table, HasSubstr("\ndelete was measured before only\n"
                               "put_disk, 8 threads was measured after only\n"));
}

TEST(ComparisonTable, names_what_has_no_times) {
  EXPECT_THAT(comparison_of({0}, {100}), HasSubstr("\nput_process has no times\n"));
}

TEST(ComparisonTable, takes_quartz_where_a_run_has_others_too) {
  const std::string table = comparison_table(
      run_of({series_of("delete", "rocksdb", {900}), series_of("delete", "quartz", {200})}),
      run_of({series_of("delete", "rocksdb", {900}), series_of("delete", "quartz", {100})}));
  EXPECT_THAT(table, AllOf(HasSubstr("200 ns    100 ns"), Not(HasSubstr("900 ns"))));
}

}  // namespace
}  // namespace quartz::bench
