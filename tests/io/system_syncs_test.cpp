#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/coding.hpp"
#include "io/file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/tmpfs_mount.hpp"

namespace {

std::atomic<std::uint64_t> file_syncs = 0;
std::atomic<std::uint64_t> whole_syncs = 0;
std::atomic<std::uint64_t> mapping_syncs = 0;

}  // namespace

// In place of the C library's, for this program: a file system shows no difference between what was
// synced and what was not for as long as there is power.
extern "C" int fdatasync(int descriptor) {
  ++file_syncs;
  return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}
extern "C" int fsync(int descriptor) {
  ++whole_syncs;
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}
extern "C" int msync(void* address, std::size_t bytes, int flags) {
  if (flags == MS_SYNC) ++mapping_syncs;
  return static_cast<int>(::syscall(SYS_msync, address, bytes, flags));
}

namespace quartz::io {
namespace {

std::unique_ptr<File> file_with_text(const Path& path) {
  auto file = posix_file_system().open(path, OpenMode::create_new).value();
  file->write_at(0, as_bytes("hello")).value();
  return file;
}

TEST(SystemSyncs, of_a_file_reach_the_system) {
  const ScratchDirectory scratch;
  const auto file = file_with_text(scratch / "a");
  const std::uint64_t before = file_syncs;
  ASSERT_THAT(file->sync_data(), Succeeds());
  EXPECT_EQ(file_syncs, before + 1);
}

TEST(SystemSyncs, of_a_directory_reach_the_system) {
  const ScratchDirectory scratch;
  const std::uint64_t before = whole_syncs;
  ASSERT_THAT(posix_file_system().sync_directory(scratch.path()), Succeeds());
  EXPECT_EQ(whole_syncs, before + 1);
}

TEST(SystemSyncs, of_a_mapping_reach_the_system) {
  const ScratchDirectory scratch;
  const auto file = file_with_text(scratch / "a");
  ASSERT_THAT(file->allocate(4096), Succeeds());
  const Mapping mapping = file->map(4096, Mapping::Pages::small).value();
  const std::uint64_t before = mapping_syncs;
  ASSERT_THAT(file->sync_mapped(mapping, 64), Succeeds());
  EXPECT_EQ(mapping_syncs, before + 1);
}

TEST(SystemSyncs, of_a_copy_are_made_where_no_link_can_share_what_was_synced) {
  const ScratchDirectory scratch;
  const auto other = TmpfsMount::create(std::size_t{1} << 20);
  if (!other) GTEST_SKIP() << "this process may not mount";
  ASSERT_NE(file_with_text(scratch / "a"), nullptr);
  const std::uint64_t before = file_syncs;
  ASSERT_THAT(posix_file_system().link_or_copy(scratch / "a", other->path() / "a"), Succeeds());
  EXPECT_EQ(file_syncs, before + 1);
}

}  // namespace
}  // namespace quartz::io
