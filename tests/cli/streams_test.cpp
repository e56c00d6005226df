#include "cli/streams.hpp"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::HasSubstr;

TEST(InputStream, a_missing_file_is_named) {
  EXPECT_THAT(InputStream::open("no/such/file"),
              FailsWith(Errc::io_error, HasSubstr("no/such/file")));
}

TEST(InputStream, lines_are_split_at_newlines_alone_and_counted) {
  ScratchDirectory scratch;
  write_file(scratch / "in", "one\r\n\nthree");
  InputStream input = InputStream::open((scratch / "in").string()).value();
  EXPECT_EQ(input.size(), 11u);
  std::string line;
  for (const char* expected : {"one\r", "", "three"}) {
    ASSERT_TRUE(input.read_line(line, 100).value());
    EXPECT_EQ(line, expected);
  }
  EXPECT_FALSE(input.read_line(line, 100).value());
  EXPECT_EQ(input.position(), 11u);
}

TEST(InputStream, a_line_beyond_the_limit_is_refused) {
  ScratchDirectory scratch;
  write_file(scratch / "in", std::string(1000, 'x'));
  InputStream input = InputStream::open((scratch / "in").string()).value();
  std::string line;
  EXPECT_THAT(input.read_line(line, 999), FailsWith(Errc::too_large, HasSubstr("999")));
}

TEST(OutputStream, a_file_has_its_name_only_when_it_is_whole) {
  ScratchDirectory scratch;
  const std::filesystem::path path = scratch / "out";
  {
    OutputStream output = OutputStream::create(path.string()).value();
    output.write("half");
    output.flush();
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
  OutputStream output = OutputStream::create(path.string()).value();
  output.write("whole");
  ASSERT_THAT(output.finish(), Succeeds());
  EXPECT_EQ(file_text(path), "whole");
}

TEST(OutputStream, a_full_device_is_reported) {
  OutputStream output = OutputStream::create("/dev/full").value();
  output.write("anything");
  EXPECT_THAT(output.finish(), FailsWith(Errc::no_space, HasSubstr("/dev/full")));
  EXPECT_TRUE(output.stopped());
}

}  // namespace
}  // namespace quartz::cli
