#include "bench/report/text_report.hpp"

#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/sample_run.hpp"

namespace quartz::bench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Columns that a terminal needs: continuation bytes of UTF-8 take none.
std::size_t width_of(const std::string& line) {
  std::size_t width = 0;
  for (const char c : line) width += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return width;
}

/// The line of `engine` in the first block whose heading has `title` in it.
std::string line_of(const std::string& table, const std::string& title, const std::string& engine) {
  bool inside = false;
  for (const std::string& line : lines_of(table)) {
    if (line.find(title) != std::string::npos) inside = true;
    if (inside && line.starts_with(engine + " ")) return line;
  }
  return {};
}

TEST(TextTable, has_every_figure_of_a_line_in_its_column) {
  EXPECT_EQ(line_of(text_table(sample_run()), "put_process", "rocksdb"),
            "rocksdb           6.63 µs  6.50 µs  6.80 µs  7.96 µs  4.64 µs  26.5 µs   133 µs"
            "  6.80 ms     1.25 96.0 MiB    7.4x (7.4–7.5)");
}

TEST(TextTable, quartz_stands_first_and_has_no_ratio) {
  const auto lines = lines_of(text_table(sample_run()));
  EXPECT_EQ(lines[0], "Put, process durability (put_process)");
  EXPECT_THAT(lines[1], AllOf(StartsWith("engine"), HasSubstr("p99.9"), HasSubstr("ratio")));
  EXPECT_THAT(lines[2], AllOf(StartsWith("quartz"), Not(HasSubstr("x ("))));
  EXPECT_THAT(lines[3], StartsWith("rocksdb"));
  EXPECT_THAT(lines[4], StartsWith("lmdb"));
  EXPECT_EQ(lines[5], "");
}

TEST(TextTable, has_a_block_for_each_number_of_threads) {
  const std::string table = text_table(sample_run());
  EXPECT_THAT(table, HasSubstr("Put, disk durability, 1 thread (put_disk)\n"));
  EXPECT_THAT(table, HasSubstr("Put, disk durability, 8 threads (put_disk)\n"));
  EXPECT_THAT(line_of(table, "8 threads", "quartz"), HasSubstr("310 µs"));
}

TEST(TextTable, marks_losses_and_nothing_else) {
  const std::string table = text_table(sample_run());
  EXPECT_THAT(line_of(table, "full_scan_levels", "lmdb"), HasSubstr("0.31x (0.30–0.33) LOSS"));
  EXPECT_THAT(line_of(table, "full_scan_levels", "rocksdb"), Not(HasSubstr("LOSS")));
  EXPECT_THAT(line_of(table, "put_disk", "rocksdb"), HasSubstr("1.00x (0.99–1.07)"));
  EXPECT_THAT(line_of(table, "put_disk", "rocksdb"), Not(HasSubstr("LOSS")));
}

TEST(TextTable, what_was_not_measured_is_a_dash) {
  EXPECT_TRUE(std::regex_search(line_of(text_table(sample_run()), "full_scan_levels", "quartz"),
                                std::regex(" - +- +- +- +- +96.0 MiB$")));
}

TEST(TextTable, is_as_wide_as_a_terminal_and_ends_lines_where_their_text_ends) {
  RunResult run = sample_run();
  run.series.push_back(series_of("put_wal_off", "quartz", {99'900, 99'900}));
  run.series.push_back(series_of("put_wal_off", "an_engine_with_a_long_name", {87'000, 86'100}));
  for (const std::string& line : lines_of(text_table(run))) {
    EXPECT_LE(width_of(line), 140u) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST(TextTable, aligns_its_columns_by_what_a_terminal_shows) {
  const auto lines = lines_of(text_table(sample_run()));
  const std::size_t end = lines[1].find("memory") + 6;
  for (const std::size_t line : {2u, 3u, 4u}) {
    const std::size_t found = lines[line].find(" MiB") + 4;
    EXPECT_EQ(width_of(lines[line].substr(0, found)), end) << lines[line];
  }
}

TEST(TextTable, without_quartz_there_are_no_ratios) {
  RunResult run;
  run.series = {series_of("delete", "rocksdb", {100}), series_of("delete", "lmdb", {200})};
  const std::string table = text_table(run);
  EXPECT_THAT(table, Not(HasSubstr("ratio")));
  EXPECT_THAT(line_of(table, "delete", "lmdb"), HasSubstr("200 ns"));
}

TEST(TextTable, of_an_empty_run_is_empty) { EXPECT_EQ(text_table({}), ""); }

}  // namespace
}  // namespace quartz::bench
