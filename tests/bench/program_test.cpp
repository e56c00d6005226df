// quartz-bench as its users start it.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/report/results_file.hpp"
#include "bench/run/child_process.hpp"
#include "bench/workload/category.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::bench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Result<std::string> quartz_bench(const std::vector<std::string>& arguments) {
  return run_program(QUARTZ_BENCH_PROGRAM, arguments);
}

// Few keys and a moment for each: whether it works, not how fast.
std::vector<std::string> tiny_run(const ScratchDirectory& scratch, const std::string& filter = {}) {
  std::vector<std::string> words{"run",
                                 "--engines",
                                 "^quartz$",
                                 "--keys",
                                 "2000",
                                 "--repetitions",
                                 "2",
                                 "--seconds",
                                 "0.02",
                                 "--directory",
                                 (scratch / "databases").string(),
                                 "--json",
                                 (scratch / "results.json").string()};
  if (!filter.empty()) words.insert(words.end(), {"--filter", filter});
  return words;
}

TEST(Program, measures_every_category_and_writes_what_it_found) {
  const ScratchDirectory scratch;
  ASSERT_THAT(quartz_bench(tiny_run(scratch, ".")), Succeeds());
  const auto results = read_results(scratch / "results.json");
  ASSERT_THAT(results, Succeeds());
  std::size_t expected = 0;
  for (const Category& category : categories()) expected += category.threads.size();
  EXPECT_EQ(results->series.size(), expected);
  for (const Series& series : results->series) {
    ASSERT_EQ(series.repetitions.size(), 2u) << series.category;
    for (const Measurement& measured : series.repetitions) {
      EXPECT_GT(measured.operations, 0u) << series.category;
      EXPECT_GT(measured.wall_ns, 0) << series.category;
      EXPECT_GT(measured.peak_rss_bytes, 0u) << series.category;
    }
  }
  EXPECT_FALSE(std::filesystem::exists(scratch / "databases"));
}

TEST(Program, turns_results_into_a_document_with_plots) {
  const ScratchDirectory scratch;
  ASSERT_THAT(quartz_bench(tiny_run(scratch, "^put_process$|^full_scan_levels$")), Succeeds());
  ASSERT_THAT(quartz_bench({"report", (scratch / "results.json").string(), "--markdown",
                            (scratch / "benchmarks.md").string()}),
              Succeeds());
  EXPECT_TRUE(std::filesystem::exists(scratch / "benchmarks.md"));
  EXPECT_FALSE(std::filesystem::is_empty(scratch / "plots"));
}

TEST(Program, compares_two_builds) {
  const ScratchDirectory scratch;
  const std::string folder = std::filesystem::path(QUARTZ_BENCH_PROGRAM).parent_path().string();
  const auto compared = quartz_bench({"compare", folder, folder, "--keys", "2000", "--repetitions",
                                      "2", "--seconds", "0.02", "--filter", "^put_process$",
                                      "--directory", (scratch / "databases").string()});
  ASSERT_THAT(compared, Succeeds());
  EXPECT_THAT(*compared, HasSubstr("put_process"));
}

TEST(Program, takes_a_first_look_at_one_category_of_each_kind) {
  const ScratchDirectory scratch;
  std::vector<std::string> words = tiny_run(scratch);
  words.emplace_back("--quick");
  const auto looked = quartz_bench(words);
  ASSERT_THAT(looked, Succeeds());
  EXPECT_THAT(*looked, AllOf(HasSubstr("(batch_100)"), Not(HasSubstr("(batch_10)"))));
  EXPECT_THAT(*looked, AllOf(HasSubstr("(ycsb_a)"), Not(HasSubstr("(ycsb_b)"))));
}

TEST(Program, takes_a_first_look_at_every_category_that_is_asked_for) {
  const ScratchDirectory scratch;
  std::vector<std::string> words = tiny_run(scratch, "^batch_");
  words.emplace_back("--quick");
  const auto looked = quartz_bench(words);
  ASSERT_THAT(looked, Succeeds());
  EXPECT_THAT(*looked, AllOf(HasSubstr("(batch_10)"), HasSubstr("(batch_100)")));
}

TEST(Program, refuses_what_it_does_not_know_by_name) {
  EXPECT_THAT(quartz_bench({"run", "--filter", "^nothing$"}), FailsWith(Errc::io_error));
  EXPECT_THAT(quartz_bench({"run", "--engines", "^nothing$"}), FailsWith(Errc::io_error));
  EXPECT_THAT(quartz_bench({"report", "missing.json"}), FailsWith(Errc::io_error));
  EXPECT_THAT(quartz_bench({"dance"}), FailsWith(Errc::io_error));
}

TEST(ChildProcess, gives_back_what_the_program_printed) {
  EXPECT_EQ(run_program("/bin/echo", {"two", "words"}).value(), "two words\n");
}

TEST(ChildProcess, names_the_program_and_how_it_ended) {
  EXPECT_THAT(run_program("/bin/sh", {"-c", "exit 3"}),
              FailsWith(Errc::io_error, AllOf(HasSubstr("/bin/sh"), HasSubstr("exited with 3"))));
  EXPECT_THAT(run_program("/bin/sh", {"-c", "kill -9 $$"}),
              FailsWith(Errc::io_error, HasSubstr("ended by signal 9")));
  EXPECT_THAT(run_program("/does/not/exist", {}),
              FailsWith(Errc::io_error, HasSubstr("/does/not/exist")));
}

}  // namespace
}  // namespace quartz::bench
