#include <filesystem>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "base/coding.hpp"
#include "io/file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/tmpfs_mount.hpp"

namespace quartz::io {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

FileSystem& files() { return posix_file_system(); }

void write(const Path& path, std::string_view text) {
  const auto file = files().open(path, OpenMode::create_new);
  ASSERT_THAT(file, Succeeds());
  ASSERT_THAT((*file)->write_at(0, as_bytes(text)), Succeeds());
}

std::string bytes_in(const Path& path) {
  return std::string(as_text(read_file(files(), path, 1 << 20).value()));
}

dev_t device_of(const Path& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_dev : 0;
}

nlink_t links_of(const Path& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_nlink : 0;
}

TEST(PosixFileSystem, opens_what_exists_and_creates_what_does_not) {
  ScratchDirectory scratch;
  EXPECT_THAT(files().open(scratch / "a", OpenMode::read), FailsWith(Errc::not_found));
  EXPECT_THAT(files().open(scratch / "a", OpenMode::read_write), FailsWith(Errc::not_found));
  write(scratch / "a", "hello");
  EXPECT_THAT(files().open(scratch / "a", OpenMode::read), Succeeds());
  EXPECT_THAT(files().open(scratch / "a", OpenMode::read_write), Succeeds());
  EXPECT_THAT(files().open(scratch / "a", OpenMode::create_new),
              FailsWith(Errc::already_exists, HasSubstr("/a: cannot open: File exists")));
  EXPECT_EQ(bytes_in(scratch / "a"), "hello");
}

TEST(PosixFileSystem, a_path_through_a_file_is_an_error) {
  ScratchDirectory scratch;
  write(scratch / "file", "");
  const Path below = scratch / "file/below";
  EXPECT_THAT(files().open(below, OpenMode::create_new), FailsWith(Errc::io_error));
  EXPECT_THAT(files().create_directories(below),
              FailsWith(Errc::io_error, HasSubstr("below: cannot create the directory: ")));
  EXPECT_THAT(files().sync_directory(below), FailsWith(Errc::io_error));
  EXPECT_THAT(files().list(below), FailsWith(Errc::io_error, HasSubstr("below: cannot list: ")));
  EXPECT_THAT(files().remove(below), FailsWith(Errc::io_error));
  EXPECT_THAT(files().free_bytes(below), FailsWith(Errc::io_error));
  EXPECT_THAT(files().keeps_allocation(below), FailsWith(Errc::io_error));
  EXPECT_FALSE(*files().exists(below));
}

TEST(PosixFileSystem, creates_directories_with_their_parents_and_again) {
  ScratchDirectory scratch;
  EXPECT_THAT(files().create_directories(scratch / "a/b/c"), Succeeds());
  EXPECT_THAT(files().create_directories(scratch / "a/b/c"), Succeeds());
  EXPECT_TRUE(std::filesystem::is_directory(scratch / "a/b/c"));
}

TEST(PosixFileSystem, lists_names_in_order) {
  ScratchDirectory scratch;
  EXPECT_THAT(*files().list(scratch.path()), IsEmpty());
  write(scratch / "b", "");
  write(scratch / "a", "");
  ASSERT_THAT(files().create_directories(scratch / "c/inner"), Succeeds());
  EXPECT_THAT(*files().list(scratch.path()), ElementsAre("a", "b", "c"));
  EXPECT_THAT(files().list(scratch / "none"),
              FailsWith(Errc::not_found, HasSubstr("none: cannot list: ")));
}

TEST(PosixFileSystem, knows_what_exists) {
  ScratchDirectory scratch;
  write(scratch / "a", "");
  EXPECT_TRUE(*files().exists(scratch / "a"));
  EXPECT_TRUE(*files().exists(scratch.path()));
  EXPECT_FALSE(*files().exists(scratch / "b"));
  EXPECT_THAT(files().exists(scratch / std::string(1000, 'x')),
              FailsWith(Errc::io_error, HasSubstr("cannot stat")));
}

TEST(PosixFileSystem, a_rename_replaces_its_target) {
  ScratchDirectory scratch;
  write(scratch / "new", "new");
  write(scratch / "old", "old");
  ASSERT_THAT(files().rename(scratch / "new", scratch / "old"), Succeeds());
  EXPECT_EQ(bytes_in(scratch / "old"), "new");
  EXPECT_FALSE(*files().exists(scratch / "new"));
  EXPECT_THAT(files().rename(scratch / "new", scratch / "old"),
              FailsWith(Errc::not_found, AllOf(HasSubstr("/new: cannot rename to "),
                                               HasSubstr("/old: No such file"))));
}

TEST(PosixFileSystem, removes_files_only) {
  ScratchDirectory scratch;
  write(scratch / "a", "");
  EXPECT_THAT(files().remove(scratch / "a"), Succeeds());
  EXPECT_THAT(files().remove(scratch / "a"),
              FailsWith(Errc::not_found, HasSubstr("/a: cannot remove: ")));
  EXPECT_THAT(files().remove(scratch.path()), FailsWith(Errc::io_error));
}

TEST(PosixFileSystem, removes_a_directory_with_everything_in_it_and_again) {
  ScratchDirectory scratch;
  ASSERT_THAT(files().create_directories(scratch / "a/b"), Succeeds());
  write(scratch / "a/b/file", "");
  EXPECT_THAT(files().remove_directory(scratch / "a"), Succeeds());
  EXPECT_FALSE(*files().exists(scratch / "a"));
  EXPECT_THAT(files().remove_directory(scratch / "a"), Succeeds());
}

TEST(PosixFileSystem, syncs_a_directory) {
  ScratchDirectory scratch;
  write(scratch / "a", "");
  EXPECT_THAT(files().sync_directory(scratch.path()), Succeeds());
  EXPECT_THAT(files().sync_directory(scratch / "none"), FailsWith(Errc::not_found));
  EXPECT_THAT(files().sync_directory(scratch / "a"), FailsWith(Errc::io_error));
}

TEST(PosixFileSystem, links_share_their_contents) {
  ScratchDirectory scratch;
  write(scratch / "a", "hello");
  ASSERT_THAT(files().link_or_copy(scratch / "a", scratch / "b"), Succeeds());
  EXPECT_EQ(links_of(scratch / "b"), 2u);
  EXPECT_EQ(bytes_in(scratch / "b"), "hello");
  EXPECT_THAT(files().link_or_copy(scratch / "a", scratch / "b"),
              FailsWith(Errc::already_exists, HasSubstr("/a: cannot link to ")));
  EXPECT_THAT(files().link_or_copy(scratch / "none", scratch / "c"), FailsWith(Errc::not_found));
}

TEST(PosixFileSystem, copies_where_no_link_can_reach) {
  const auto other = TmpfsMount::create(1 << 20);
  if (other == nullptr) GTEST_SKIP() << "needs the right to mount a file system";
  ScratchDirectory scratch;
  ASSERT_NE(device_of(scratch.path()), device_of(other->path()));
  write(scratch / "a", "hello");
  ASSERT_THAT(files().link_or_copy(scratch / "a", other->path() / "a"), Succeeds());
  EXPECT_EQ(bytes_in(other->path() / "a"), "hello");
  EXPECT_EQ(links_of(scratch / "a"), 1u);
  EXPECT_THAT(files().link_or_copy(scratch / "a", other->path() / "a"),
              FailsWith(Errc::already_exists));
}

TEST(PosixFileSystem, a_copy_that_does_not_fit_leaves_nothing_behind) {
  const auto other = TmpfsMount::create(64 * 1024);
  if (other == nullptr) GTEST_SKIP() << "needs the right to mount a file system";
  ScratchDirectory scratch;
  write(scratch / "a", std::string(200'000, 'q'));
  EXPECT_THAT(files().link_or_copy(scratch / "a", other->path() / "a"),
              FailsWith(Errc::no_space, HasSubstr("/a: cannot write: No space left")));
  EXPECT_THAT(*files().list(other->path()), IsEmpty());
}

TEST(PosixFileSystem, a_read_only_file_system_refuses_every_change) {
  const auto disk = TmpfsMount::create(1 << 20);
  if (disk == nullptr) GTEST_SKIP() << "needs the right to mount a file system";
  write(disk->path() / "a", "hello");
  ASSERT_THAT(files().create_directories(disk->path() / "full/of"), Succeeds());
  ASSERT_TRUE(disk->make_read_only());
  const Path a = disk->path() / "a";
  const Path b = disk->path() / "b";
  EXPECT_THAT(files().open(a, OpenMode::read_write),
              FailsWith(Errc::read_only, HasSubstr("/a: cannot open: Read-only file system")));
  EXPECT_THAT(files().open(b, OpenMode::create_new), FailsWith(Errc::read_only));
  EXPECT_THAT(files().create_directories(b), FailsWith(Errc::read_only));
  EXPECT_THAT(files().rename(a, b), FailsWith(Errc::read_only));
  EXPECT_THAT(files().remove(a), FailsWith(Errc::read_only));
  EXPECT_THAT(files().remove_directory(disk->path() / "full"), FailsWith(Errc::read_only));
  EXPECT_THAT(files().link_or_copy(a, b), FailsWith(Errc::read_only));
  EXPECT_EQ(bytes_in(a), "hello");
}

TEST(PosixFileSystem, free_space_shrinks_by_what_is_reserved) {
  const auto disk = TmpfsMount::create(1 << 20);
  if (disk == nullptr) GTEST_SKIP() << "needs the right to mount a file system";
  EXPECT_EQ(*files().free_bytes(disk->path()), 1u << 20);
  const auto file = *files().open(disk->path() / "a", OpenMode::create_new);
  ASSERT_THAT(file->allocate(1 << 18), Succeeds());
  EXPECT_EQ(*files().free_bytes(disk->path()), (1u << 20) - (1u << 18));
  EXPECT_THAT(files().free_bytes(disk->path() / "none"), FailsWith(Errc::not_found));
}

TEST(PosixFileSystem, only_file_systems_known_to_be_good_keep_allocations) {
  // Files of /proc have no blocks at all.
  EXPECT_FALSE(*files().keeps_allocation("/proc"));
  EXPECT_THAT(files().keeps_allocation("/proc/none"), FailsWith(Errc::not_found));
  const auto disk = TmpfsMount::create(1 << 20);
  if (disk == nullptr) GTEST_SKIP() << "needs the right to mount a file system";
  EXPECT_TRUE(*files().keeps_allocation(disk->path()));
}

}  // namespace
}  // namespace quartz::io
