#include "io/path_destination.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "support/scratch_directory.hpp"

namespace quartz::io {
namespace {

TEST(PathDestination, has_many_spellings_whether_it_is_there_or_not) {
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

TEST(PathDestination, is_not_what_only_looks_alike) {
  const ScratchDirectory scratch;
  EXPECT_FALSE(lead_to_the_same_file(scratch / "a", scratch / "b"));
  EXPECT_FALSE(lead_to_the_same_file(scratch / "a", "a"));
  EXPECT_FALSE(lead_to_the_same_file({}, {}));
  EXPECT_FALSE(lead_to_the_same_file("", "."));
}

TEST(PathDestination, may_be_within_a_directory) {
  const ScratchDirectory scratch;
  std::filesystem::create_directory(scratch / "sub");
  std::filesystem::create_directory_symlink("sub", scratch / "link");
  EXPECT_TRUE(leads_into(scratch / "sub", scratch / "sub"));
  EXPECT_TRUE(leads_into(scratch / "sub" / "a" / "b", scratch / "sub"));
  EXPECT_TRUE(leads_into(scratch / "sub" / "a", scratch / "link"));
  EXPECT_TRUE(leads_into(scratch / "link" / "a", scratch / "sub" / ""));
  EXPECT_TRUE(leads_into(scratch / "other" / ".." / "sub", scratch.path()));
  EXPECT_TRUE(leads_into("nowhere", std::filesystem::current_path()));
  EXPECT_FALSE(leads_into(scratch / "sub", scratch / "sub" / "a"));
  EXPECT_FALSE(leads_into(scratch / "subway", scratch / "sub"));
  EXPECT_FALSE(leads_into(scratch / "sub" / "..", scratch / "sub"));
  EXPECT_FALSE(leads_into("", scratch.path()));
  EXPECT_FALSE(leads_into(scratch.path(), ""));
}

}  // namespace
}  // namespace quartz::io
