#include "bench/vector/collection_measurement.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/small_data_set.hpp"

namespace quartz::bench {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::Gt;
using testing::SizeIs;

TEST(CollectionMeasurement, has_a_figure_for_each_repetition) {
  const DataSet set = small_data_set(3000, 8);
  const CollectionPlan plan = {.repetitions = 2,
                               .neighbours = 5,
                               .filtered_queries = 10,
                               .upserts = 50,
                               .upserts_per_second = 1000,
                               .busy_seconds = 0.05,
                               .progress = [](const std::string&) {}};
  const CollectionResult result = measure_collection(set, plan);
  const auto figures = AllOf(SizeIs(2), Each(Gt(0)));
  const auto latencies = AllOf(
      SizeIs(2), Each(AllOf(Field(&Latencies::p50_ns, Gt(0)), Field(&Latencies::p99_ns, Gt(0)))));
  EXPECT_GT(result.recall, 0.8);
  EXPECT_THAT(result.queries_per_second, figures);
  EXPECT_THAT(result.filtered, SizeIs(10));
  EXPECT_THAT(result.filtered, Each(Field(&FilteredRate::queries_per_second, figures)));
  EXPECT_THAT(result.filtered, Each(Field(&FilteredRate::recall, Gt(0.8))));
  EXPECT_THAT(result.upserts, latencies);
  EXPECT_THAT(result.idle_searches, latencies);
  EXPECT_THAT(result.busy_searches, latencies);
  EXPECT_THAT(result.upserts_per_second, figures);
  EXPECT_THAT(result.clean_open_ns, figures);
  EXPECT_THAT(result.indexed_open_ns, figures);
  EXPECT_THAT(result.crash_open_ns, figures);
}

TEST(CollectionMeasurement, says_how_the_points_of_a_filter_were_searched) {
  const DataSet set = small_data_set(3000, 8);
  const CollectionResult result = measure_collection(set, {.repetitions = 1,
                                                           .filtered_queries = 1,
                                                           .upserts = 1,
                                                           .busy_seconds = 0.01,
                                                           .progress = [](const std::string&) {}});
  EXPECT_THAT(result.filtered, Contains(AllOf(Field(&FilteredRate::share, 0.001),
                                              Field(&FilteredRate::plan, "exact scan"))));
}

}  // namespace
}  // namespace quartz::bench
