#include "bench/report/readme_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_run.hpp"
#include "support/result_matchers.hpp"

namespace quartz::bench {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ReadmeTable, sets_each_known_peer_beside_quartz_with_its_ratio) {
  const std::string table = readme_table(sample_run());
  EXPECT_THAT(table, HasSubstr("| per operation | Quartz | RocksDB | LMDB |"));
  EXPECT_THAT(table, HasSubstr("| 890 ns | 6.63 µs (7.4x) | 2.67 µs (3.0x) |"));
}

TEST(ReadmeTable, shows_losses_and_leaves_out_what_was_not_measured) {
  const std::string table = readme_table(sample_run());
  EXPECT_THAT(table, HasSubstr("(0.31x)"));
  EXPECT_THAT(table, Not(HasSubstr("SQLite")));
  EXPECT_THAT(table, Not(HasSubstr("ecovery")));
  EXPECT_THAT(table, Not(HasSubstr("8 threads")));
}

TEST(ReadmeTable, of_a_category_that_a_peer_lacks_has_an_empty_cell) {
  EXPECT_THAT(readme_table(sample_run()), HasSubstr("1.24 ms (1.00x) | – |"));
}

TEST(ReadmeTable, replaces_what_stands_between_the_marks_and_nothing_else) {
  const std::string document = "a\n<!-- benchmark -->\nold\n<!-- /benchmark -->\nb\n";
  const auto written = with_benchmark(document, "new\n");
  ASSERT_THAT(written, Succeeds());
  EXPECT_EQ(*written, "a\n<!-- benchmark -->\n\nnew\n\n<!-- /benchmark -->\nb\n");
  EXPECT_EQ(with_benchmark(*written, "new\n").value(), *written);
}

TEST(ReadmeTable, needs_both_marks_once_and_in_order) {
  for (const char* document :
       {"", "<!-- benchmark -->\n", "<!-- /benchmark -->\n<!-- benchmark -->\n",
        "<!-- benchmark -->\n<!-- benchmark -->\n<!-- /benchmark -->\n"}) {
    EXPECT_THAT(with_benchmark(document, "new"), FailsWith(Errc::invalid_argument)) << document;
  }
}

}  // namespace
}  // namespace quartz::bench
