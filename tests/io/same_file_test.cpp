#include "io/same_file.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "support/scratch_directory.hpp"

namespace quartz::io {
namespace {

TEST(SameFile, has_many_spellings_whether_it_is_there_or_not) {
  const ScratchDirectory scratch;
  const Path directory = scratch.path();
  std::filesystem::create_directory(directory / "sub");
  std::filesystem::create_directory_symlink("sub", directory / "link");
  EXPECT_TRUE(lead_to_the_same_file(directory / "a", directory / "a"));
  EXPECT_TRUE(lead_to_the_same_file(directory / "a", directory / "." / "a"));
  EXPECT_TRUE(lead_to_the_same_file(directory / "a", directory / "sub" / ".." / "a"));
  EXPECT_TRUE(lead_to_the_same_file(directory / "sub" / "a", directory / "link" / "a"));
  EXPECT_TRUE(lead_to_the_same_file("nowhere", std::filesystem::current_path() / "nowhere"));
  EXPECT_TRUE(lead_to_the_same_file("nowhere", "./nowhere"));
}

TEST(SameFile, is_not_what_only_looks_alike) {
  const ScratchDirectory scratch;
  EXPECT_FALSE(lead_to_the_same_file(scratch / "a", scratch / "b"));
  EXPECT_FALSE(lead_to_the_same_file(scratch / "a", "a"));
  EXPECT_FALSE(lead_to_the_same_file({}, {}));
  EXPECT_FALSE(lead_to_the_same_file("", "."));
}

}  // namespace
}  // namespace quartz::io
