// quartz-client-bench as its users start it.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/client/client_kinds.hpp"
#include "bench/client/client_results_file.hpp"
#include "bench/run/child_process.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::bench {
namespace {

using testing::Each;
using testing::Gt;
using testing::HasSubstr;
using testing::SizeIs;

Result<std::string> quartz_client_bench(const std::vector<std::string>& arguments) {
  return run_program(QUARTZ_CLIENT_BENCH_PROGRAM, arguments);
}

TEST(ClientProgram, measures_every_client_and_turns_results_into_a_document) {
  const ScratchDirectory scratch;
  const std::string json = (scratch / "results.json").string();
  const auto run =
      quartz_client_bench({"run", QUARTZ_SERVER_PROGRAM, "--directory", (scratch / "").string(),
                           "--operations", "500", "--repetitions", "2", "--json", json});
  ASSERT_THAT(run, Succeeds());
  EXPECT_THAT(*run, HasSubstr("\n## get_50_at_a_time\n"));
  const auto results = read_client_results(json);
  ASSERT_THAT(results, Succeeds());
  EXPECT_THAT(results->server, HasSubstr("quartz-server"));
  EXPECT_THAT(results->rows, SizeIs(client_kinds().size()));
  for (const ClientRow& row : results->rows) {
    EXPECT_THAT(row.series.cpu_ns_per_operation, SizeIs(2)) << row.client;
    EXPECT_THAT(row.series.cpu_ns_per_operation, Each(Gt(0))) << row.client;
    EXPECT_THAT(row.series.allocations_per_operation, SizeIs(2)) << row.client;
  }

  const auto document = scratch / "client.md";
  ASSERT_THAT(quartz_client_bench({"report", json, "--markdown", document.string()}), Succeeds());
  std::ifstream in(document);
  EXPECT_THAT((std::string{std::istreambuf_iterator<char>(in), {}}),
              HasSubstr("# Benchmarks of the client\n"));
}

TEST(ClientProgram, lists_what_it_can_measure) {
  EXPECT_EQ(quartz_client_bench({"categories"}).value(), "get_50_at_a_time\nget_one_at_a_time\n");
}

TEST(ClientProgram, refuses_what_it_does_not_know) {
  const ScratchDirectory scratch;
  EXPECT_THAT(quartz_client_bench({"run", (scratch / "missing").string()}),
              FailsWith(Errc::io_error));
  EXPECT_THAT(quartz_client_bench({"run", QUARTZ_SERVER_PROGRAM, "--filter", "^nothing$"}),
              FailsWith(Errc::io_error));
  EXPECT_THAT(quartz_client_bench({"run", QUARTZ_SERVER_PROGRAM, "--clients", "^nothing$"}),
              FailsWith(Errc::io_error));
  EXPECT_THAT(quartz_client_bench({"report", (scratch / "missing.json").string()}),
              FailsWith(Errc::io_error));
}

}  // namespace
}  // namespace quartz::bench
