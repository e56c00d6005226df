#include "bench/client/client_results_file.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_client_run.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::bench {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// What is read of the sample after `from` has become `to` in its file.
Result<ClientRunResult> read_changed(const std::string& from, const std::string& to) {
  const ScratchDirectory scratch;
  const auto file = scratch / "results.json";
  EXPECT_THAT(write_client_results(sample_client_run(), file), Succeeds());
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " is not in " << text;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  std::ofstream(file, std::ios::binary) << text;
  return read_client_results(file);
}

TEST(ClientResultsFile, gives_back_what_was_written) {
  const ScratchDirectory scratch;
  const ClientRunResult run = sample_client_run();
  ASSERT_THAT(write_client_results(run, scratch / "results.json"), Succeeds());
  const auto read = read_client_results(scratch / "results.json");
  ASSERT_THAT(read, Succeeds());
  EXPECT_EQ(read->machine.cpu, run.machine.cpu);
  EXPECT_EQ(read->versions, run.versions);
  EXPECT_EQ(read->server, run.server);
  EXPECT_EQ(read->started_at, run.started_at);
  ASSERT_EQ(read->rows.size(), run.rows.size());
  for (std::size_t i = 0; i < run.rows.size(); ++i) {
    const ClientRow& before = run.rows[i];
    const ClientRow& after = read->rows[i];
    EXPECT_EQ(after.category, before.category);
    EXPECT_EQ(after.client, before.client);
    EXPECT_EQ(after.series.operations_per_second, before.series.operations_per_second);
    EXPECT_EQ(after.series.cpu_ns_per_operation, before.series.cpu_ns_per_operation);
    EXPECT_EQ(after.series.allocations_per_operation, before.series.allocations_per_operation);
  }
}

TEST(ClientResultsFile, allocations_may_be_uncounted) {
  EXPECT_THAT(
      read_changed("\"allocations_per_operation\": [3, 3, 3]", "\"allocations_per_operation\": []"),
      Succeeds());
}

TEST(ClientResultsFile, lists_that_differ_in_length_are_refused_by_file_and_row) {
  EXPECT_THAT(read_changed("[1800, 2000, 2200]", "[1800, 2000]"),
              FailsWith(Errc::corruption, AllOf(HasSubstr("results.json"), HasSubstr("/rows/1"))));
  EXPECT_THAT(read_changed("[3, 3, 3]", "[3]"), FailsWith(Errc::corruption, HasSubstr("/rows/1")));
}

TEST(ClientResultsFile, what_is_missing_is_named) {
  EXPECT_THAT(read_changed("\"server\"", "\"servant\""),
              FailsWith(Errc::corruption, HasSubstr("server")));
  const ScratchDirectory scratch;
  EXPECT_THAT(read_client_results(scratch / "missing.json"), FailsWith(Errc::not_found));
}

}  // namespace
}  // namespace quartz::bench
