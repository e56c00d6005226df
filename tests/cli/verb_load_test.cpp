#include <csignal>
#include <string>
#include <utility>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "quartz/storage/limits.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class VerbLoad : public testing::Test {
 protected:
  std::string scan() { return run_tool({"scan", data_}).out; }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

TEST_F(VerbLoad, reads_standard_input_and_reports_on_standard_error) {
  const ToolRun run = run_tool({"load", data_, "-"}, "b\t2\na\t1\n");
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out, IsEmpty());
  EXPECT_THAT(run.err, HasSubstr("loaded 2 rows in 1 batches from standard input"));
  EXPECT_EQ(scan(), "a\t1\nb\t2\n");
}

TEST_F(VerbLoad, prints_a_summary_of_json) {
  const ToolRun run =
      run_tool({"load", data_, "-", "--json", "--batch", "2"}, "a\t1\nb\t2\nc\t3\n");
  const auto summary = boost::json::parse(run.out).as_object();
  EXPECT_EQ(summary.at("rows"), 3);
  EXPECT_EQ(summary.at("batches"), 2);
  EXPECT_EQ(summary.at("bytes"), 12);
  EXPECT_EQ(summary.at("complete"), true);
}

TEST_F(VerbLoad, stops_at_a_bad_line_with_nothing_of_its_batch) {
  const std::string path = (scratch_ / "rows.tsv").string();
  write_file(path, "a\t1\nb\t2\nc\t3\nbad line\ne\t5\n");
  const ToolRun run = run_tool({"load", data_, path, "--batch", "2"});
  EXPECT_THAT(run, ExitsWith(6));
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("rows.tsv:4: no tab"), HasSubstr("2 rows before it are loaded")));
  EXPECT_EQ(scan(), "a\t1\nb\t2\n");
}

TEST_F(VerbLoad, stops_at_a_row_beyond_the_limits) {
  const std::string key(kKeyBytesMax + 1, 'k');
  const ToolRun run = run_tool({"load", data_, "-"}, "a\t1\n" + key + "\t2\n");
  EXPECT_THAT(run, ExitsWith(6));
  EXPECT_THAT(run.err, HasSubstr("standard input:2: "));
  EXPECT_THAT(scan(), IsEmpty());
}

TEST_F(VerbLoad, names_record_and_byte_of_a_cut_binary_file) {
  ASSERT_THAT(run_tool({"load", data_, "-", "-q"}, "a\t1\nb\t2\n"), ExitsWith(0));
  const std::string path = (scratch_ / "dump.bin").string();
  ASSERT_THAT(run_tool({"dump", data_, path, "-q"}), ExitsWith(0));
  const std::string whole = file_text(path);
  write_file(path, whole.substr(0, whole.size() - 1));
  const ToolRun run = run_tool({"load", (scratch_ / "copy").string(), path});
  EXPECT_THAT(run, ExitsWith(6));
  EXPECT_THAT(run.err, AllOf(HasSubstr("dump.bin: row 3 (byte 28)"), HasSubstr("cut short")));
  EXPECT_THAT(run_tool({"scan", (scratch_ / "copy").string()}).out, IsEmpty());
}

TEST_F(VerbLoad, writes_into_the_keyspace_that_it_is_told) {
  ASSERT_THAT(
      run_tool({"load", data_, "-", "-q", "-k", "orders"}, "a\t1\n\\keyspace\tother\nb\t2\n"),
      ExitsWith(0));
  EXPECT_THAT(scan(), IsEmpty());
  EXPECT_EQ(run_tool({"scan", data_, "-k", "orders"}).out, "a\t1\n");
  EXPECT_EQ(run_tool({"scan", data_, "-k", "other"}).out, "b\t2\n");
}

TEST_F(VerbLoad, refuses_a_keyspace_whose_name_makes_no_sense) {
  for (const auto& [format, row] :
       {std::pair("tsv", "a\t1\n\\keyspace\tno/slash\nb\t2\n"),
        std::pair("jsonl",
                  "{\"key\":\"a\",\"value\":\"1\"}\n"
                  "{\"keyspace\":\"no/slash\",\"key\":\"b\",\"value\":\"2\"}\n")}) {
    const ToolRun run = run_tool({"load", data_, "-", "--json", "--format", format}, row);
    EXPECT_THAT(run, ExitsWith(6));
    EXPECT_THAT(run.err, AllOf(HasSubstr("standard input:2: "), HasSubstr("keyspace name")));
    EXPECT_EQ(boost::json::parse(run.out).at("complete"), false);
    EXPECT_THAT(scan(), IsEmpty());
  }
}

TEST_F(VerbLoad, takes_a_bad_keyspace_of_the_command_line_for_no_fault_of_the_input) {
  const ToolRun run = run_tool({"load", data_, "-", "--json", "-k", "no/slash"}, "a\t1\n");
  EXPECT_THAT(run, ExitsWith(2));
  EXPECT_THAT(run.err, AllOf(HasSubstr("keyspace name"), Not(HasSubstr("standard input:"))));
  EXPECT_EQ(boost::json::parse(run.out).at("complete"), false);
}

TEST_F(VerbLoad, a_missing_file_makes_no_database) {
  const ToolRun run = run_tool({"load", data_, (scratch_ / "missing.tsv").string()});
  EXPECT_THAT(run, ExitsWith(5));
  EXPECT_THAT(run.err, HasSubstr("missing.tsv"));
  EXPECT_FALSE(std::filesystem::exists(data_));
}

TEST_F(VerbLoad, finishes_its_batch_when_interrupted) {
  for (const auto& [signal, status] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
    const std::string data = data_ + std::to_string(signal);
    RunningTool tool({"load", data, "-"}, RunningTool::PipedInput{});
    tool.feed("a\t1\nb\t2\nc\t3");
    tool.signal(signal);
    const ToolRun run = tool.finish();
    EXPECT_THAT(run, ExitsWith(status));
    EXPECT_THAT(run.err, HasSubstr("interrupted; 2 rows are loaded"));
    EXPECT_EQ(run_tool({"scan", data}).out, "a\t1\nb\t2\n");
  }
}

}  // namespace
}  // namespace quartz
