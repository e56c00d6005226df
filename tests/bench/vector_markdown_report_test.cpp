#include "bench/vector/vector_markdown_report.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_vector_run.hpp"

namespace quartz::bench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string sample_report() { return vector_markdown_report(sample_vector_run(), "plots"); }

TEST(VectorMarkdownReport, says_where_and_on_what_it_was_measured) {
  EXPECT_THAT(
      sample_report(),
      AllOf(HasSubstr("# Benchmarks of vectors\n"), HasSubstr("Example CPU @ 3.00GHz"),
            HasSubstr("2024-05-01T12:00:00Z"), HasSubstr("| Neighbours asked for | 10 |"),
            HasSubstr("- hnswlib 0.6.2: compiled with -O3\n"), HasSubstr("- Faiss IVF 1.7.3\n")));
}

TEST(VectorMarkdownReport, has_a_row_of_rates_for_each_peer) {
  EXPECT_THAT(sample_report(), HasSubstr("| Quartz graph | 29,698 | | 21,000 | |"));
  EXPECT_THAT(sample_report(),
              HasSubstr("| hnswlib | 7,425 | 4.0x (4.0–4.0) | 5,250 | 4.0x (4.0–4.0) |"));
}

TEST(VectorMarkdownReport, marks_losses_and_what_is_not_known) {
  const std::string report = sample_report();
  EXPECT_THAT(report, HasSubstr("| Faiss IVF | 4.2 s | **0.20x loss** (0.20–0.20) | 2.1 s | "
                                "**0.20x loss** (0.20–0.20) | – |"));
  EXPECT_THAT(report, HasSubstr("| – | – |\n")) << "a recall that it does not reach";
  EXPECT_THAT(report, HasSubstr("| hnswlib | 84.0 s | 4.0x (4.0–4.0) | 42.0 s | 4.0x (4.0–4.0) | "
                                "660 |"));
}

TEST(VectorMarkdownReport, has_what_a_collection_did) {
  EXPECT_THAT(
      sample_report(),
      AllOf(HasSubstr("| boolean | 10 % | filtered walk | 0.961 | 10,500 | 0.50x (0.50–0.50) |"),
            HasSubstr("| upsert | 6.00 µs | 22.0 µs |"),
            HasSubstr("| search beside 1,995 upserts a second | 50.0 µs | 180 µs | 2.0x"),
            HasSubstr("| open after a close, and search | 65.0 ms |")));
}

TEST(VectorMarkdownReport, shows_the_plot_of_each_set) {
  EXPECT_THAT(sample_report(), HasSubstr("](plots/recall_example-128.svg)\n"));
}

TEST(VectorMarkdownReport, of_nothing_has_no_sets) {
  const std::string report = vector_markdown_report({}, "plots");
  EXPECT_THAT(report, HasSubstr("## Method\n"));
  EXPECT_THAT(report, Not(HasSubstr("plots/")));
}

}  // namespace
}  // namespace quartz::bench
