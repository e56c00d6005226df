// quartz-vector-bench as its users start it.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/run/child_process.hpp"
#include "bench/small_data_set.hpp"
#include "bench/vector/vector_results_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::bench {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

Result<std::string> quartz_vector_bench(const std::vector<std::string>& arguments) {
  return run_program(QUARTZ_VECTOR_BENCH_PROGRAM, arguments);
}

TEST(VectorProgram, measures_and_turns_results_into_a_document_with_plots) {
  const ScratchDirectory scratch;
  write_data_set(small_data_set(500, 8), scratch / "");
  const std::string json = (scratch / "results.json").string();
  const auto run = quartz_vector_bench(
      {"run", (scratch / "").string(), "--sets", "small", "--no-collection", "--peers",
       "^quartz_graph$", "--repetitions", "2", "--build-threads", "1", "--json", json});
  ASSERT_THAT(run, Succeeds());
  EXPECT_THAT(*run, HasSubstr("small: 500 vectors of 8 components, 10 queries\n"));
  const auto results = read_vector_results(json);
  ASSERT_THAT(results, Succeeds());
  ASSERT_THAT(results->sets, SizeIs(1));
  ASSERT_THAT(results->sets[0].peers, SizeIs(1));
  EXPECT_THAT(results->sets[0].peers[0].points.front().queries_per_second, SizeIs(2));

  ASSERT_THAT(
      quartz_vector_bench({"report", json, "--markdown", (scratch / "docs/vectors.md").string()}),
      Succeeds());
  EXPECT_TRUE(std::filesystem::exists(scratch / "docs/vectors.md"));
  EXPECT_TRUE(std::filesystem::exists(scratch / "docs/plots/recall_small.svg"));
}

TEST(VectorProgram, lists_what_it_can_measure) {
  const auto peers = quartz_vector_bench({"peers"});
  ASSERT_THAT(peers, Succeeds());
  EXPECT_TRUE(peers->starts_with("quartz\n"));
}

TEST(VectorProgram, refuses_what_is_not_there) {
  const ScratchDirectory scratch;
  EXPECT_THAT(quartz_vector_bench({"run", (scratch / "").string()}), FailsWith(Errc::io_error));
  EXPECT_THAT(quartz_vector_bench({"run", (scratch / "").string(), "--peers", "^nothing$"}),
              FailsWith(Errc::io_error));
  EXPECT_THAT(quartz_vector_bench({"report", (scratch / "missing.json").string()}),
              FailsWith(Errc::io_error));
  EXPECT_THAT(quartz_vector_bench({"run", (scratch / "").string(), "--repetitions", "0"}),
              FailsWith(Errc::io_error));
}

}  // namespace
}  // namespace quartz::bench
