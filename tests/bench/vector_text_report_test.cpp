#include "bench/vector/vector_text_report.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_vector_run.hpp"

namespace quartz::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// The words after `peer` in the line that has it and `what`.
std::vector<std::string> words_of(const std::string& table, const std::string& peer,
                                  const std::string& what) {
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(what);
    if (!line.starts_with("  " + peer + " ") || at == std::string::npos) continue;
    std::istringstream rest(line.substr(at + what.size()));
    return {std::istream_iterator<std::string>(rest), {}};
  }
  return {};
}

TEST(VectorTextTable, begins_with_what_was_measured) {
  EXPECT_TRUE(vector_text_table(sample_vector_run())
                  .starts_with("example-128: 200,000 vectors of 128 components, 2,000 queries\n"));
}

TEST(VectorTextTable, has_rates_at_each_recall_and_ratios_of_peers) {
  const std::string table = vector_text_table(sample_vector_run());
  EXPECT_THAT(words_of(table, "quartz_graph", "recall 0.95"), ElementsAre("21000", "q/s"));
  EXPECT_THAT(words_of(table, "hnswlib", "recall 0.95"),
              ElementsAre("5250", "q/s", "4.0x", "(4.0–4.0)"));
  EXPECT_THAT(words_of(table, "hnswlib", "recall 0.90"),
              ElementsAre("7425", "q/s", "4.0x", "(4.0–4.0)"));
}

TEST(VectorTextTable, has_builds_and_memory) {
  const std::string table = vector_text_table(sample_vector_run());
  EXPECT_THAT(words_of(table, "quartz_graph", "build, 1 thread"), ElementsAre("21.0", "s"));
  EXPECT_THAT(words_of(table, "faiss_IVF", "build, 2 threads"),
              ElementsAre("2.1", "s", "0.20x", "(0.20–0.20)"));
  EXPECT_THAT(words_of(table, "hnswlib", "memory"), ElementsAre("660", "B"));
}

TEST(VectorTextTable, has_what_a_collection_did) {
  const std::string table = vector_text_table(sample_vector_run());
  EXPECT_THAT(words_of(table, "boolean", "filtered walk"),
              ElementsAre("0.961", "10,500", "0.50x", "(0.50–0.50)"));
  EXPECT_THAT(words_of(table, "upsert", "upsert"), ElementsAre("6.00", "µs", "22.0", "µs"));
  EXPECT_THAT(words_of(table, "open after a kill, and search", "search"), ElementsAre("450", "ms"));
}

TEST(VectorTextTable, what_is_not_known_is_a_dash) {
  const std::string table = vector_text_table(sample_vector_run());
  EXPECT_THAT(words_of(table, "faiss_IVF", "memory"), ElementsAre("-"));
  EXPECT_THAT(words_of(table, "faiss_IVF", "recall 0.99"), ElementsAre("-", "-"));
}

TEST(VectorTextTable, lines_end_where_their_text_ends) {
  EXPECT_THAT(vector_text_table(sample_vector_run()), Not(HasSubstr(" \n")));
}

TEST(VectorTextTable, of_nothing_is_empty_or_only_a_heading) {
  EXPECT_EQ(vector_text_table(VectorRunResult()), "");
  VectorSetResult set;
  set.name = "empty";
  EXPECT_EQ(vector_text_table(set), "empty: 0 vectors of 0 components, 0 queries\n");
}

}  // namespace
}  // namespace quartz::bench
