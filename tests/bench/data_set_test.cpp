#include "bench/vector/data_set.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/small_data_set.hpp"
#include "bench/vector/vector_peer.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::bench {
namespace {

using testing::HasSubstr;

TEST(DataSet, is_read_as_it_was_written) {
  const ScratchDirectory scratch;
  const DataSet written = small_data_set(50, 3);
  write_data_set(written, scratch / "");
  const auto read = read_data_set(scratch / "", "small", 100, 10);
  ASSERT_THAT(read, Succeeds());
  EXPECT_EQ(read->name, "small");
  EXPECT_EQ(read->base.dimensions, 3u);
  EXPECT_EQ(read->base.components, written.base.components);
  EXPECT_EQ(read->queries.components, written.queries.components);
  EXPECT_EQ(read->neighbours, 20u);
  EXPECT_EQ(read->nearest, written.nearest);
}

TEST(DataSet, has_at_most_the_queries_that_were_asked_for) {
  const ScratchDirectory scratch;
  write_data_set(small_data_set(50, 3), scratch / "");
  const auto read = read_data_set(scratch / "", "small", 4, 10);
  ASSERT_THAT(read, Succeeds());
  EXPECT_EQ(read->queries.count(), 4u);
  EXPECT_EQ(read->nearest.size(), 4u * 20);
}

TEST(DataSet, a_missing_file_is_named) {
  const ScratchDirectory scratch;
  write_data_set(small_data_set(50, 3), scratch / "");
  std::filesystem::remove(scratch / "small.groundtruth-l2.ibin");
  EXPECT_THAT(read_data_set(scratch / "", "small", 4, 10),
              FailsWith(Errc::not_found, HasSubstr("small.groundtruth-l2.ibin")));
}

TEST(DataSet, files_that_do_not_belong_together_are_refused) {
  const ScratchDirectory scratch;
  DataSet set = small_data_set(50, 4);
  set.queries.dimensions = 2;
  write_data_set(set, scratch / "");
  EXPECT_THAT(read_data_set(scratch / "", "small", 4, 10),
              FailsWith(Errc::corruption, HasSubstr("queries have 2 components")));
}

TEST(DataSet, fewer_neighbours_than_are_needed_are_refused) {
  const ScratchDirectory scratch;
  DataSet set = small_data_set(50, 4);
  write_data_set(set, scratch / "");
  EXPECT_THAT(read_data_set(scratch / "", "small", 4, 20), Succeeds());
  EXPECT_THAT(read_data_set(scratch / "", "small", 4, 21),
              FailsWith(Errc::corruption, HasSubstr("20 neighbours are known")));
  set.nearest.resize(std::size_t{3} * 20);
  write_data_set(set, scratch / "");
  EXPECT_THAT(read_data_set(scratch / "", "small", 4, 10),
              FailsWith(Errc::corruption, HasSubstr("for each of 3 queries")));
}

TEST(RecallOf, is_the_share_of_the_nearest_that_were_found_in_any_order) {
  DataSet set;
  set.neighbours = 4;
  set.nearest = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(recall_of(set, 0, std::vector<std::uint32_t>{2, 1}), 1);
  EXPECT_EQ(recall_of(set, 0, std::vector<std::uint32_t>{1, 3}), 0.5) << "3 is not among the two";
  EXPECT_EQ(recall_of(set, 1, std::vector<std::uint32_t>{8, 7, 1, 2}), 0.5);
  EXPECT_EQ(recall_of(set, 1, std::vector<std::uint32_t>{1, 2, 3, 4}), 0);
}

TEST(RecallOf, places_where_nothing_was_found_are_misses) {
  DataSet set;
  set.neighbours = 2;
  set.nearest = {0, 1};
  EXPECT_EQ(recall_of(set, 0, std::vector<std::uint32_t>{0, VectorPeer::kNoRow}), 0.5);
}

}  // namespace
}  // namespace quartz::bench
