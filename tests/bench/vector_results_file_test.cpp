#include "bench/vector/vector_results_file.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_vector_run.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::bench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What is read of the sample after `from` has become `to` in its file.
Result<VectorRunResult> read_changed(const std::string& from, const std::string& to) {
  const ScratchDirectory scratch;
  const auto file = scratch / "results.json";
  EXPECT_THAT(write_vector_results(sample_vector_run(), file), Succeeds());
  std::string text = text_of(file);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " is not in " << text;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  std::ofstream(file, std::ios::binary) << text;
  return read_vector_results(file);
}

TEST(VectorResultsFile, gives_back_what_was_written) {
  const ScratchDirectory scratch;
  const VectorRunResult run = sample_vector_run();
  ASSERT_THAT(write_vector_results(run, scratch / "results.json"), Succeeds());
  const auto read = read_vector_results(scratch / "results.json");
  ASSERT_THAT(read, Succeeds());
  EXPECT_EQ(read->machine.cpu, run.machine.cpu);
  EXPECT_EQ(read->versions, run.versions);
  EXPECT_EQ(read->remarks, run.remarks);
  EXPECT_EQ(read->started_at, run.started_at);
  EXPECT_EQ(read->neighbours, run.neighbours);
  ASSERT_EQ(read->sets.size(), 1u);
  const VectorSetResult& set = read->sets.front();
  EXPECT_EQ(set.name, "example-128");
  EXPECT_EQ(set.vectors, 200'000u);
  EXPECT_EQ(set.dimensions, 128u);
  EXPECT_EQ(set.queries, 2000u);
  ASSERT_EQ(set.peers.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    const VectorPeerResult& before = run.sets.front().peers[i];
    const VectorPeerResult& after = set.peers[i];
    EXPECT_EQ(after.peer, before.peer);
    EXPECT_EQ(after.bytes_per_vector, before.bytes_per_vector);
    ASSERT_EQ(after.builds.size(), before.builds.size());
    EXPECT_EQ(after.builds[1].threads, 2u);
    EXPECT_EQ(after.builds[1].seconds, before.builds[1].seconds);
    ASSERT_EQ(after.points.size(), before.points.size());
    EXPECT_EQ(after.points[1].breadth, before.points[1].breadth);
    EXPECT_EQ(after.points[1].recall, before.points[1].recall);
    EXPECT_EQ(after.points[1].queries_per_second, before.points[1].queries_per_second);
  }
}

TEST(VectorResultsFile, gives_back_what_a_collection_did) {
  const ScratchDirectory scratch;
  const VectorRunResult run = sample_vector_run();
  ASSERT_THAT(write_vector_results(run, scratch / "results.json"), Succeeds());
  const auto read = read_vector_results(scratch / "results.json");
  ASSERT_THAT(read, Succeeds());
  const CollectionResult& before = run.sets.front().collection.value();
  ASSERT_TRUE(read->sets.front().collection);
  const CollectionResult& after = *read->sets.front().collection;
  EXPECT_EQ(after.recall, before.recall);
  EXPECT_EQ(after.queries_per_second, before.queries_per_second);
  ASSERT_EQ(after.filtered.size(), 1u);
  EXPECT_EQ(after.filtered[0].filter, "boolean");
  EXPECT_EQ(after.filtered[0].share, 0.1);
  EXPECT_EQ(after.filtered[0].recall, before.filtered[0].recall);
  EXPECT_EQ(after.filtered[0].plan, "filtered walk");
  EXPECT_EQ(after.filtered[0].queries_per_second, before.filtered[0].queries_per_second);
  EXPECT_EQ(after.upserts[1].p50_ns, before.upserts[1].p50_ns);
  EXPECT_EQ(after.idle_searches[1].p99_ns, before.idle_searches[1].p99_ns);
  EXPECT_EQ(after.busy_searches[0].p99_ns, before.busy_searches[0].p99_ns);
  EXPECT_EQ(after.upserts_per_second, before.upserts_per_second);
  EXPECT_EQ(after.clean_open_ns, before.clean_open_ns);
  EXPECT_EQ(after.indexed_open_ns, before.indexed_open_ns);
  EXPECT_EQ(after.crash_open_ns, before.crash_open_ns);
}

TEST(VectorResultsFile, of_peers_alone_has_no_collection) {
  const ScratchDirectory scratch;
  VectorRunResult run = sample_vector_run();
  run.sets.front().collection.reset();
  ASSERT_THAT(write_vector_results(run, scratch / "results.json"), Succeeds());
  const auto read = read_vector_results(scratch / "results.json");
  ASSERT_THAT(read, Succeeds());
  EXPECT_FALSE(read->sets.front().collection);
}

TEST(VectorResultsFile, keeps_sets_apart) {
  const ScratchDirectory scratch;
  VectorRunResult run = sample_vector_run();
  run.sets.push_back(run.sets.front());
  run.sets.back().name = "another";
  ASSERT_THAT(write_vector_results(run, scratch / "results.json"), Succeeds());
  const auto read = read_vector_results(scratch / "results.json");
  ASSERT_THAT(read, Succeeds());
  ASSERT_EQ(read->sets.size(), 2u);
  EXPECT_EQ(read->sets[1].name, "another");
  EXPECT_EQ(read->sets[0].peers.size(), 3u);
  EXPECT_EQ(read->sets[1].peers.size(), 3u);
}

TEST(VectorResultsFile, has_a_line_for_each_row) {
  const ScratchDirectory scratch;
  ASSERT_THAT(write_vector_results(sample_vector_run(), scratch / "results.json"), Succeeds());
  EXPECT_THAT(text_of(scratch / "results.json"),
              HasSubstr("\n    {\"set\": \"example-128\", \"vectors\": 200000, "));
}

TEST(VectorResultsFile, that_is_not_there_is_not_found) {
  const ScratchDirectory scratch;
  EXPECT_THAT(read_vector_results(scratch / "missing.json"), FailsWith(Errc::not_found));
}

TEST(VectorResultsFile, names_what_is_missing_or_wrong) {
  EXPECT_THAT(read_changed("\"neighbours\"", "\"neighbors\""),
              FailsWith(Errc::corruption,
                        AllOf(HasSubstr("results.json"), HasSubstr("has no 'neighbours'"))));
  EXPECT_THAT(read_changed("\"recall\": 0.85", "\"recall\": \"high\""),
              FailsWith(Errc::corruption, HasSubstr("/rows/0/points/0/recall: is a text")));
  EXPECT_THAT(
      read_changed("[40000, 44000]", "[40000, null]"),
      FailsWith(Errc::corruption, HasSubstr("/rows/0/points/0/queries_per_second/1: is null")));
  EXPECT_THAT(read_changed("\"rows\": [", "\"rows\": [3, "),
              FailsWith(Errc::corruption, HasSubstr("/rows/0: is a number, not an object")));
  EXPECT_THAT(read_changed("{\"set\": \"example-128\", \"recall\"", "{\"set\": \"b\", \"recall\""),
              FailsWith(Errc::corruption, HasSubstr("/collections/0: is of a set without rows")));
  EXPECT_THAT(read_changed("\"p99_ns\": 21000", "\"p99_ns\": 0"),
              FailsWith(Errc::corruption, HasSubstr("/collections/0/upserts/0: has a latency")));
  EXPECT_THAT(read_changed("{", "["), FailsWith(Errc::corruption, HasSubstr("is no JSON")));
}

TEST(VectorResultsFile, refuses_figures_that_cannot_be_divided_by) {
  EXPECT_THAT(read_changed("[10, 11]", "[]"),
              FailsWith(Errc::corruption, HasSubstr("/rows/0/builds/1/seconds: is empty")));
  EXPECT_THAT(read_changed("[10, 11]", "[10, 0]"),
              FailsWith(Errc::corruption, HasSubstr("not above zero")));
  EXPECT_THAT(read_changed("[10, 11]", "[10, -1]"),
              FailsWith(Errc::corruption, HasSubstr("negative")));
}

}  // namespace
}  // namespace quartz::bench
