#include "bench/report/results_file.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/report/json_text.hpp"
#include "bench/sample_run.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::bench {
namespace {

namespace json = boost::json;

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class ResultsFile : public testing::Test {
 protected:
  std::string text() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void set_text(const std::string& text) const {
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << text;
  }
  json::value document() const { return json::parse(text()); }

  /// Writes the sample with `change` made to it and expects reading to say `what` about the file.
  template <class F>
  void expect_fault(F change, const std::string& what) const {
    ASSERT_THAT(write_results(sample_run(), file_), Succeeds());
    json::value changed = document();
    change(changed);
    set_text(json::serialize(changed));
    EXPECT_THAT(read_results(file_), FailsWith(Errc::corruption, file_.string() + ": " + what));
  }

  ScratchDirectory scratch_;
  std::filesystem::path file_ = scratch_ / "results.json";
};

/// To the last digit but one or two, which Boost's quick way to read a number may miss.
void expect_equal(const std::optional<double>& read, const std::optional<double>& written) {
  ASSERT_EQ(read.has_value(), written.has_value());
  EXPECT_DOUBLE_EQ(read.value_or(0), written.value_or(0));
}

void expect_equal(const Measurement& read, const Measurement& written) {
  EXPECT_EQ(read.operations, written.operations);
  EXPECT_DOUBLE_EQ(read.wall_ns, written.wall_ns);
  EXPECT_DOUBLE_EQ(read.cpu_ns, written.cpu_ns);
  expect_equal(read.p50_ns, written.p50_ns);
  expect_equal(read.p99_ns, written.p99_ns);
  expect_equal(read.p999_ns, written.p999_ns);
  expect_equal(read.max_ns, written.max_ns);
  EXPECT_EQ(read.user_bytes, written.user_bytes);
  EXPECT_EQ(read.written_bytes, written.written_bytes);
  EXPECT_EQ(read.peak_rss_bytes, written.peak_rss_bytes);
  EXPECT_EQ(read.disk_bytes, written.disk_bytes);
}

TEST_F(ResultsFile, what_was_written_is_read_back_whole) {
  const RunResult written = sample_run();
  ASSERT_THAT(write_results(written, file_), Succeeds());
  const RunResult read = read_results(file_).value();
  EXPECT_EQ(read.machine.cpu, written.machine.cpu);
  EXPECT_EQ(read.machine.cores, written.machine.cores);
  EXPECT_EQ(read.machine.memory_bytes, written.machine.memory_bytes);
  EXPECT_EQ(read.machine.kernel, written.machine.kernel);
  EXPECT_EQ(read.machine.file_system, written.machine.file_system);
  EXPECT_EQ(read.machine.compiler, written.machine.compiler);
  EXPECT_EQ(read.versions, written.versions);
  EXPECT_EQ(read.remarks, written.remarks);
  EXPECT_EQ(read.started_at, written.started_at);
  EXPECT_EQ(read.seed, written.seed);
  EXPECT_EQ(read.keys, written.keys);
  EXPECT_EQ(read.mode, written.mode);
  ASSERT_EQ(read.series.size(), written.series.size());
  for (std::size_t i = 0; i < read.series.size(); ++i) {
    EXPECT_EQ(read.series[i].category, written.series[i].category);
    EXPECT_EQ(read.series[i].engine, written.series[i].engine);
    EXPECT_EQ(read.series[i].threads, written.series[i].threads);
    ASSERT_EQ(read.series[i].repetitions.size(), written.series[i].repetitions.size());
    for (std::size_t k = 0; k < read.series[i].repetitions.size(); ++k) {
      expect_equal(read.series[i].repetitions[k], written.series[i].repetitions[k]);
    }
  }
}

TEST_F(ResultsFile, an_empty_run_is_read_back_empty) {
  ASSERT_THAT(write_results({}, file_), Succeeds());
  EXPECT_TRUE(read_results(file_).value().series.empty());
}

TEST_F(ResultsFile, the_largest_counts_survive) {
  RunResult run;
  run.seed = std::numeric_limits<std::uint64_t>::max();
  run.keys = std::uint64_t{1} << 63;
  ASSERT_THAT(write_results(run, file_), Succeeds());
  EXPECT_EQ(read_results(file_).value().seed, run.seed);
  EXPECT_EQ(read_results(file_).value().keys, run.keys);
}

TEST_F(ResultsFile, times_are_rounded_to_thousandths_of_a_nanosecond) {
  RunResult run;
  run.series = {series_of("delete", "quartz", {100})};
  run.series[0].repetitions[0].wall_ns = 123'456.789'654'321;
  ASSERT_THAT(write_results(run, file_), Succeeds());
  EXPECT_THAT(text(), HasSubstr("\"wall_ns\": 123456.79,"));
  EXPECT_DOUBLE_EQ(read_results(file_).value().series[0].repetitions[0].wall_ns, 123'456.79);
}

TEST_F(ResultsFile, texts_of_any_kind_survive) {
  RunResult run;
  run.machine.cpu = "quote \" backslash \\ line\nµ–日本";
  run.remarks["a/b~c"] = "odd name";
  ASSERT_THAT(write_results(run, file_), Succeeds());
  EXPECT_EQ(read_results(file_).value().machine.cpu, run.machine.cpu);
  EXPECT_EQ(read_results(file_).value().remarks, run.remarks);
}

TEST_F(ResultsFile, a_row_has_medians_and_the_maximum_for_other_programs) {
  RunResult run;
  run.series = {series_of("put_process", "quartz", {100, 300, 200})};
  ASSERT_THAT(write_results(run, file_), Succeeds());
  const json::object row = document().at("rows").at(0).as_object();
  EXPECT_EQ(row.at("category"), "put_process");
  EXPECT_EQ(row.at("engine"), "quartz");
  EXPECT_EQ(row.at("threads"), 1);
  EXPECT_EQ(row.at("operations"), 1000);
  EXPECT_EQ(row.at("ns_per_op"), (json::value{{"min", 100}, {"median", 200}, {"max", 300}}));
  EXPECT_EQ(row.at("cpu_ns_per_op"), 240);
  EXPECT_EQ(row.at("p50_ns"), 140);
  EXPECT_EQ(row.at("p99_ns"), 800);
  EXPECT_EQ(row.at("p999_ns"), 4000);
  EXPECT_EQ(row.at("max_ns"), 300'000);
  EXPECT_EQ(row.at("bytes_written_per_user_byte"), 1.25);
  EXPECT_EQ(row.at("peak_rss_bytes"), 96 << 20);
  EXPECT_EQ(row.at("disk_bytes"), 174'000);
  EXPECT_EQ(row.at("repetitions").as_array().size(), 3u);
}

TEST_F(ResultsFile, what_was_not_measured_is_null_in_the_row_and_in_the_repetition) {
  RunResult run;
  run.series = {series_of("full_scan_levels", "quartz", {100})};
  Measurement& measurement = run.series[0].repetitions[0];
  measurement.p50_ns = measurement.max_ns = std::nullopt;
  measurement.user_bytes = 0;
  ASSERT_THAT(write_results(run, file_), Succeeds());
  const json::value row = document().at("rows").at(0);
  EXPECT_TRUE(row.at("p50_ns").is_null());
  EXPECT_TRUE(row.at("max_ns").is_null());
  EXPECT_TRUE(row.at("bytes_written_per_user_byte").is_null());
  EXPECT_TRUE(row.at("repetitions").at(0).at("p50_ns").is_null());
  EXPECT_FALSE(row.at("p99_ns").is_null());
  const RunResult read = read_results(file_).value();
  EXPECT_EQ(read.series[0].repetitions[0].p50_ns, std::nullopt);
  expect_equal(read.series[0].repetitions[0].p99_ns, measurement.p99_ns);
}

TEST_F(ResultsFile, a_series_without_repetitions_has_no_row) {
  RunResult run;
  run.series = {series_of("delete", "quartz", {}), series_of("delete", "lmdb", {100})};
  ASSERT_THAT(write_results(run, file_), Succeeds());
  const RunResult read = read_results(file_).value();
  ASSERT_EQ(read.series.size(), 1u);
  EXPECT_EQ(read.series[0].engine, "lmdb");
}

TEST_F(ResultsFile, has_a_line_for_each_row) {
  ASSERT_THAT(write_results(sample_run(), file_), Succeeds());
  EXPECT_THAT(text(), AllOf(StartsWith("{\n  \"machine\": {\"cpu\": \"Example"),
                            HasSubstr("\n  \"rows\": [\n    {\"category\": \"put_process\""),
                            EndsWith("}]}\n  ]\n}\n")));
}

TEST_F(ResultsFile, writing_replaces_the_old_file_and_leaves_nothing_beside_it) {
  set_text("something else");
  ASSERT_THAT(write_results(sample_run(), file_), Succeeds());
  EXPECT_THAT(read_results(file_), Succeeds());
  const std::filesystem::directory_iterator entries(scratch_.path());
  EXPECT_EQ(std::distance(entries, std::filesystem::directory_iterator()), 1);
}

TEST_F(ResultsFile, a_write_that_fails_names_the_file_and_leaves_the_old_one) {
  std::filesystem::create_directories(file_ / "in the way");
  EXPECT_FALSE(write_results(sample_run(), file_).has_value());
  EXPECT_TRUE(std::filesystem::is_directory(file_ / "in the way"));
  const auto nowhere = scratch_ / "no such folder" / "results.json";
  EXPECT_THAT(write_results(sample_run(), nowhere),
              FailsWith(Errc::not_found, HasSubstr("no such folder")));
}

TEST_F(ResultsFile, a_file_that_does_not_exist_is_not_found) {
  EXPECT_THAT(read_results(file_), FailsWith(Errc::not_found, HasSubstr("results.json")));
}

TEST_F(ResultsFile, what_is_no_json_names_the_byte) {
  set_text("{\"machine\": oops}");
  EXPECT_THAT(
      read_results(file_),
      FailsWith(Errc::corruption, StartsWith(file_.string() + ": is no JSON at byte 12: ")));
}

TEST_F(ResultsFile, an_empty_file_and_a_torn_one_are_no_json) {
  set_text("");
  EXPECT_THAT(read_results(file_), FailsWith(Errc::corruption, HasSubstr("is no JSON at byte 0")));
  ASSERT_THAT(write_results(sample_run(), file_), Succeeds());
  const std::string whole = text();
  for (const std::size_t kept : {whole.size() / 3, whole.size() / 2, whole.size() - 2}) {
    set_text(whole.substr(0, kept));
    EXPECT_THAT(read_results(file_), FailsWith(Errc::corruption, HasSubstr("is no JSON")));
  }
}

TEST_F(ResultsFile, text_behind_the_document_is_an_error_and_space_is_not) {
  ASSERT_THAT(write_results(sample_run(), file_), Succeeds());
  set_text(text() + " \n");
  EXPECT_THAT(read_results(file_), Succeeds());
  set_text(text() + "{}");
  EXPECT_THAT(read_results(file_), FailsWith(Errc::corruption, HasSubstr("at byte")));
}

TEST_F(ResultsFile, a_document_of_another_kind_is_an_error) {
  set_text("[1, 2]");
  EXPECT_THAT(
      read_results(file_),
      FailsWith(Errc::corruption, file_.string() + ": the document: is an array, not an object"));
}

TEST_F(ResultsFile, a_missing_member_is_named_by_the_place_that_lacks_it) {
  expect_fault([](json::value& run) { run.as_object().erase("rows"); },
               "the document: has no 'rows'");
  expect_fault([](json::value& run) { run.at("machine").as_object().erase("kernel"); },
               "/machine: has no 'kernel'");
  expect_fault(
      [](json::value& run) {
        run.at("rows").at(2).at("repetitions").at(1).as_object().erase("p99_ns");
      },
      "/rows/2/repetitions/1: has no 'p99_ns'");
}

TEST_F(ResultsFile, a_member_of_another_kind_is_named_by_its_pointer) {
  expect_fault([](json::value& run) { run.at("machine") = "fast"; },
               "/machine: is a text, not an object");
  expect_fault([](json::value& run) { run.at("mode") = 3; }, "/mode: is a number, not a text");
  expect_fault([](json::value& run) { run.at("rows").at(1).at("threads") = "two"; },
               "/rows/1/threads: is a text, not a number");
  expect_fault([](json::value& run) { run.at("rows") = json::object(); },
               "/rows: is an object, not an array");
  expect_fault(
      [](json::value& run) { run.at("rows").at(0).at("repetitions").at(0).at("p50_ns") = true; },
      "/rows/0/repetitions/0/p50_ns: is a boolean, not a number");
  expect_fault([](json::value& run) { run.at("versions").at("lmdb") = nullptr; },
               "/versions/lmdb: is null, not a text");
}

TEST_F(ResultsFile, null_stands_only_where_something_may_be_unmeasured) {
  expect_fault(
      [](json::value& run) {
        run.at("rows").at(0).at("repetitions").at(0).at("wall_ns") = nullptr;
      },
      "/rows/0/repetitions/0/wall_ns: is null, not a number");
  expect_fault([](json::value& run) { run.at("keys") = nullptr; }, "/keys: is null, not a number");
}

TEST_F(ResultsFile, a_number_that_makes_no_sense_is_named_by_its_pointer) {
  expect_fault([](json::value& run) { run.at("keys") = -1; },
               "/keys: is not a whole number of zero or more");
  expect_fault([](json::value& run) { run.at("keys") = 1.5; },
               "/keys: is not a whole number of zero or more");
  expect_fault([](json::value& run) { run.at("machine").at("cores") = 5'000'000'000; },
               "/machine/cores: is 5000000000, more than 4294967295");
  expect_fault(
      [](json::value& run) { run.at("rows").at(0).at("repetitions").at(2).at("cpu_ns") = -0.5; },
      "/rows/0/repetitions/2/cpu_ns: is negative");
}

TEST_F(ResultsFile, a_number_beyond_all_bounds_is_named_by_its_pointer) {
  ASSERT_THAT(write_results(sample_run(), file_), Succeeds());
  std::string changed = text();
  const std::string name = "\"wall_ns\": ";
  changed.insert(changed.find(name) + name.size(), "1e999, \"was\": ");
  set_text(changed);
  EXPECT_THAT(read_results(file_),
              FailsWith(Errc::corruption, HasSubstr("/rows/0/repetitions/0/wall_ns: is larger")));
}

TEST_F(ResultsFile, a_row_without_repetitions_is_an_error) {
  expect_fault([](json::value& run) { run.at("rows").at(3).at("repetitions") = json::array(); },
               "/rows/3/repetitions: is empty");
}

TEST_F(ResultsFile, a_pointer_escapes_what_would_be_taken_for_another_place) {
  expect_fault([](json::value& run) { run.at("remarks").as_object()["a/b~c"] = 1; },
               "/remarks/a~1b~0c: is a number, not a text");
}

TEST_F(ResultsFile, reading_needs_none_of_the_figures_that_follow_from_the_repetitions) {
  ASSERT_THAT(write_results(sample_run(), file_), Succeeds());
  json::value changed = document();
  for (json::value& row : changed.at("rows").as_array()) {
    for (const char* name : {"ns_per_op", "operations", "cpu_ns_per_op", "p50_ns", "max_ns"}) {
      row.as_object().erase(name);
    }
    row.as_object()["a member of a later version"] = 1;
  }
  set_text(json::serialize(changed));
  EXPECT_THAT(read_results(file_), Succeeds());
}

TEST(JsonText, numbers_have_the_fewest_digits_that_read_back_the_same) {
  EXPECT_EQ(json_text(json::value{{"a", 0.1}, {"b", 1e3}, {"c", 12345.678}, {"d", -7}}),
            "{\n  \"a\": 0.1,\n  \"b\": 1000,\n  \"c\": 12345.678,\n  \"d\": -7\n}\n");
}

TEST(JsonText, a_number_that_is_not_finite_becomes_null) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(json_text(json::array{infinity, -infinity, std::nan("")}),
            "[\n  null,\n  null,\n  null\n]\n");
}

TEST(JsonText, breaks_lines_in_the_outermost_object_and_its_arrays_alone) {
  EXPECT_EQ(
      json_text(json::value{{"rows", {{{"x", {1, 2}}}, {{"y", true}}}}, {"none", json::array()}}),
      "{\n  \"rows\": [\n    {\"x\": [1, 2]},\n    {\"y\": true}\n  ],\n  \"none\": []\n}\n");
  EXPECT_EQ(json_text(json::object()), "{}\n");
}

}  // namespace
}  // namespace quartz::bench
