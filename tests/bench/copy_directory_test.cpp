#include "bench/run/copy_directory.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::bench {
namespace {

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(CopyDirectory, copies_files_and_folders_whole) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "from" / "inner");
  std::ofstream(scratch / "from" / "a") << "first";
  std::ofstream(scratch / "from" / "empty").close();
  std::ofstream(scratch / "from" / "inner" / "b") << std::string(3'000'000, 'x');
  ASSERT_THAT(copy_directory(scratch / "from", scratch / "to"), Succeeds());
  EXPECT_EQ(contents(scratch / "to" / "a"), "first");
  EXPECT_EQ(contents(scratch / "to" / "empty"), "");
  EXPECT_EQ(contents(scratch / "to" / "inner" / "b"), std::string(3'000'000, 'x'));
}

TEST(CopyDirectory, leaves_holes_where_they_were) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "from");
  std::ofstream(scratch / "from" / "sparse") << "begin";
  std::filesystem::resize_file(scratch / "from" / "sparse", std::uintmax_t{1} << 33);
  ASSERT_THAT(copy_directory(scratch / "from", scratch / "to"), Succeeds());
  struct stat status{};
  ASSERT_EQ(::stat((scratch / "to" / "sparse").c_str(), &status), 0);
  EXPECT_EQ(status.st_size, off_t{1} << 33);
  EXPECT_LT(status.st_blocks, 1000);
}

TEST(CopyDirectory, names_the_file_that_is_in_the_way) {
  const ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "from");
  std::filesystem::create_directories(scratch / "to");
  std::ofstream(scratch / "from" / "a") << "1";
  std::ofstream(scratch / "to" / "a") << "2";
  EXPECT_THAT(copy_directory(scratch / "from", scratch / "to"),
              FailsWith(Errc::already_exists, testing::HasSubstr("a")));
}

}  // namespace
}  // namespace quartz::bench
