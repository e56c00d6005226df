#include "bench/client/client_report.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_client_run.hpp"

namespace quartz::bench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(ClientReport, a_peer_is_compared_with_quartz_repetition_by_repetition) {
  EXPECT_THAT(client_text_table(sample_client_run()),
              AllOf(HasSubstr("| quartz::Client, 50 coroutines | 1.00 µs (0.90–1.10) | 500,000 | "
                              "0.00 | |\n"),
                    HasSubstr("| hiredis, pipelines of 50 | 2.00 µs (1.80–2.20) | 250,000 | 3.00 "
                              "| 2.0x (2.0–2.0) |\n")));
}

TEST(ClientReport, a_peer_that_takes_less_is_marked) {
  ClientRunResult run = sample_client_run();
  run.rows[1].series.cpu_ns_per_operation = {450, 500, 550};
  EXPECT_THAT(client_text_table(run), HasSubstr("| **loss** 0.50x (0.50–0.50) |"));
}

TEST(ClientReport, another_way_of_quartz_to_wait_is_no_loss) {
  ClientRunResult run = sample_client_run();
  run.rows[1].client = "quartz::Client, 50 coroutines, use_awaitable";
  run.rows[1].series.cpu_ns_per_operation = {450, 500, 550};
  EXPECT_THAT(client_text_table(run), AllOf(HasSubstr("| 0.50x ("), Not(HasSubstr("loss"))));
}

TEST(ClientReport, a_category_without_quartz_has_no_ratios) {
  ClientRunResult run = sample_client_run();
  run.rows.erase(run.rows.begin());
  EXPECT_THAT(client_text_table(run), HasSubstr("| 250,000 | 3.00 | |\n"));
}

TEST(ClientReport, allocations_that_were_not_counted_are_not_shown) {
  ClientRunResult run = sample_client_run();
  run.rows[1].series.allocations_per_operation.clear();
  EXPECT_THAT(client_text_table(run), HasSubstr("| 250,000 | | 2.0x (2.0–2.0) |\n"));
}

TEST(ClientReport, the_document_says_where_and_against_what_it_was_measured) {
  EXPECT_THAT(
      client_markdown_report(sample_client_run()),
      AllOf(testing::StartsWith("# Benchmarks of the client\n"),
            HasSubstr("\n## get_50_at_a_time\n"), HasSubstr("\n## Method\n"),
            HasSubstr("| Compiler | GCC 12.2.0 |"), HasSubstr("| Server | quartz-server 0.1.0 |"),
            HasSubstr("| hiredis, pipelines of 50 | 0.14.1 |")));
}

}  // namespace
}  // namespace quartz::bench
