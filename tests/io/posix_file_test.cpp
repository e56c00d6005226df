#include "io/posix_file.hpp"

#include <fcntl.h>
#include <limits>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "base/coding.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/tmpfs_mount.hpp"

namespace quartz::io {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::unique_ptr<File> create(const Path& path) {
  return posix_file_system().open(path, OpenMode::create_new).value();
}

std::string text_at(const File& file, std::uint64_t offset, std::size_t bytes) {
  std::vector<std::byte> read(bytes);
  read.resize(file.read_at(offset, read).value());
  return std::string(as_text(read));
}

TEST(PosixFile, reads_back_what_was_written) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  ASSERT_THAT(file->write_at(0, as_bytes("hello")), Succeeds());
  ASSERT_THAT(file->write_at(5, as_bytes(", world")), Succeeds());
  EXPECT_EQ(text_at(*file, 0, 12), "hello, world");
  EXPECT_EQ(text_at(*file, 7, 5), "world");
  EXPECT_EQ(*file->size(), 12u);
  EXPECT_EQ(file->path(), scratch / "a");
}

TEST(PosixFile, a_read_across_the_end_is_short_and_one_beyond_it_empty) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  ASSERT_THAT(file->write_at(0, as_bytes("hello")), Succeeds());
  EXPECT_EQ(text_at(*file, 3, 100), "lo");
  EXPECT_EQ(text_at(*file, 5, 100), "");
  EXPECT_EQ(text_at(*file, 1'000'000, 100), "");
}

TEST(PosixFile, a_write_beyond_the_end_leaves_zeros_between) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  ASSERT_THAT(file->write_at(2, as_bytes("x")), Succeeds());
  EXPECT_EQ(text_at(*file, 0, 10), std::string("\0\0x", 3));
}

TEST(PosixFile, data_is_told_from_what_was_reserved_and_never_written) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  constexpr std::uint64_t kBytes = std::uint64_t{4} << 20;
  ASSERT_THAT(file->allocate(kBytes), Succeeds());
  ASSERT_THAT(file->write_at(kBytes / 2, as_bytes("x")), Succeeds());
  // How much around the byte counts as data is the file system's choice.
  const std::vector<ByteRange> ranges = file->data_ranges({0, kBytes}).value();
  ASSERT_EQ(ranges.size(), 1u);
  EXPECT_LE(ranges[0].begin, kBytes / 2);
  EXPECT_GT(ranges[0].end, kBytes / 2);
  EXPECT_LE(ranges[0].end, kBytes);
  if (posix_file_system().keeps_allocation(scratch.path()).value()) {
    EXPECT_LT(ranges[0].end - ranges[0].begin, kBytes);
  } else {
    EXPECT_EQ(ranges[0], (ByteRange{0, kBytes}));
  }
  EXPECT_THAT(file->data_ranges({kBytes / 2, kBytes / 2 + 1}).value(),
              ElementsAre(ByteRange{kBytes / 2, kBytes / 2 + 1}));
}

TEST(PosixFile, there_is_no_data_beyond_the_end) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  ASSERT_THAT(file->write_at(0, as_bytes("hello")), Succeeds());
  if (posix_file_system().keeps_allocation(scratch.path()).value()) {
    EXPECT_THAT(file->data_ranges({0, 100}).value(), ElementsAre(ByteRange{0, 5}));
    EXPECT_THAT(file->data_ranges({5, 100}).value(), IsEmpty());
  }
  EXPECT_THAT(file->data_ranges({3, 3}).value(), IsEmpty());
}

TEST(PosixFile, data_written_through_a_mapping_is_found) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  constexpr std::size_t kBytes = std::size_t{4} << 20;
  ASSERT_THAT(file->allocate(kBytes), Succeeds());
  const Mapping mapping = file->map(kBytes, Mapping::Pages::small).value();
  mapping.bytes()[kBytes / 2] = std::byte{1};
  EXPECT_THAT(file->data_ranges({kBytes / 2, kBytes / 2 + 1}).value(),
              ElementsAre(ByteRange{kBytes / 2, kBytes / 2 + 1}));
}

TEST(PosixFile, ranges_that_the_system_cannot_express_are_refused) {
  ScratchDirectory scratch;
  EXPECT_THAT(create(scratch / "a")->data_ranges({0, std::numeric_limits<std::uint64_t>::max()}),
              FailsWith(Errc::io_error));
}

TEST(PosixFile, a_file_opened_for_reading_refuses_writes) {
  ScratchDirectory scratch;
  ASSERT_THAT(create(scratch / "a")->write_at(0, as_bytes("hello")), Succeeds());
  const auto file = *posix_file_system().open(scratch / "a", OpenMode::read);
  EXPECT_THAT(file->write_at(0, as_bytes("x")),
              FailsWith(Errc::io_error, HasSubstr("a: cannot write: ")));
  EXPECT_THAT(file->allocate(100), FailsWith(Errc::io_error, HasSubstr("a: cannot allocate: ")));
  EXPECT_THAT(file->truncate(1), FailsWith(Errc::io_error, HasSubstr("a: cannot truncate: ")));
  EXPECT_THAT(file->map(5, Mapping::Pages::small),
              FailsWith(Errc::read_only, HasSubstr("a: cannot map: ")));
  EXPECT_EQ(text_at(*file, 0, 10), "hello");
}

TEST(PosixFile, reading_a_directory_fails) {
  ScratchDirectory scratch;
  const auto file = *posix_file_system().open(scratch.path(), OpenMode::read);
  std::vector<std::byte> buffer(10);
  EXPECT_THAT(file->read_at(0, buffer), FailsWith(Errc::io_error, HasSubstr("cannot read: ")));
}

TEST(PosixFile, offsets_that_the_system_cannot_express_are_refused) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  constexpr auto kFar = std::numeric_limits<std::uint64_t>::max() - 2;
  std::vector<std::byte> buffer(10);
  EXPECT_THAT(file->read_at(kFar, buffer), FailsWith(Errc::io_error));
  EXPECT_THAT(file->write_at(kFar, buffer), FailsWith(Errc::io_error));
  EXPECT_THAT(file->allocate(kFar), FailsWith(Errc::io_error));
  EXPECT_THAT(file->truncate(kFar), FailsWith(Errc::io_error));
  EXPECT_EQ(*file->size(), 0u);
}

TEST(PosixFile, allocate_makes_room_and_keeps_what_is_there) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  ASSERT_THAT(file->write_at(0, as_bytes("hello")), Succeeds());
  ASSERT_THAT(file->allocate(100'000), Succeeds());
  EXPECT_EQ(*file->size(), 100'000u);
  EXPECT_EQ(text_at(*file, 0, 7), std::string("hello\0\0", 7));
  EXPECT_EQ(text_at(*file, 99'999, 7), std::string(1, '\0'));
  struct stat status{};
  ASSERT_EQ(::stat(file->path().c_str(), &status), 0);
  EXPECT_GE(status.st_blocks * 512, 100'000);
}

TEST(PosixFile, allocate_never_shortens) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  ASSERT_THAT(file->allocate(8192), Succeeds());
  ASSERT_THAT(file->allocate(10), Succeeds());
  ASSERT_THAT(file->allocate(0), Succeeds());
  EXPECT_EQ(*file->size(), 8192u);
}

TEST(PosixFile, truncate_cuts_and_extends_by_zeros) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  ASSERT_THAT(file->write_at(0, as_bytes("hello")), Succeeds());
  ASSERT_THAT(file->truncate(2), Succeeds());
  ASSERT_THAT(file->truncate(4), Succeeds());
  EXPECT_EQ(text_at(*file, 0, 10), std::string("he\0\0", 4));
}

TEST(PosixFile, sync_succeeds_on_a_file_and_reports_the_systems_refusal) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  ASSERT_THAT(file->write_at(0, as_bytes("hello")), Succeeds());
  EXPECT_THAT(file->sync_data(), Succeeds());
  // The null device cannot be synced; the closest thing to a failing disk that is always at hand.
  const auto device = *posix_file_system().open("/dev/null", OpenMode::read_write);
  EXPECT_THAT(device->sync_data(), FailsWith(Errc::io_error, HasSubstr("/dev/null: cannot sync")));
}

TEST(PosixFile, the_beginning_of_a_mapping_is_synced_by_itself) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  ASSERT_THAT(file->allocate(8192), Succeeds());
  const Mapping mapping = *file->map(8192, Mapping::Pages::small);
  mapping.bytes()[10] = std::byte{1};
  EXPECT_THAT(file->sync_mapped(mapping, 64), Succeeds());
  // An address where nothing is mapped.
  const Mapping nothing(nullptr, 4096, [](std::byte*, std::size_t) noexcept {});
  EXPECT_THAT(file->sync_mapped(nothing, 64), FailsWith(Errc::io_error, HasSubstr("cannot sync")));
}

TEST(PosixFile, a_mapping_sees_what_was_written_and_reads_see_what_it_changes) {
  ScratchDirectory scratch;
  auto file = create(scratch / "a");
  ASSERT_THAT(file->allocate(8192), Succeeds());
  ASSERT_THAT(file->write_at(4096, as_bytes("written")), Succeeds());
  const Mapping mapping = *file->map(8192, Mapping::Pages::small);
  ASSERT_EQ(mapping.size(), 8192u);
  EXPECT_EQ(as_text(mapping.bytes().subspan(4096, 7)), "written");
  mapping.bytes()[4096] = std::byte{'W'};
  EXPECT_EQ(text_at(*file, 4096, 7), "Written");
}

TEST(PosixFile, a_mapping_outlives_its_file) {
  ScratchDirectory scratch;
  auto file = create(scratch / "a");
  ASSERT_THAT(file->allocate(4096), Succeeds());
  const Mapping mapping = *file->map(4096, Mapping::Pages::small);
  file.reset();
  mapping.bytes()[0] = std::byte{'x'};
  const auto again = *posix_file_system().open(scratch / "a", OpenMode::read);
  EXPECT_EQ(text_at(*again, 0, 1), "x");
}

TEST(PosixFile, more_than_the_file_has_cannot_be_mapped) {
  ScratchDirectory scratch;
  const auto file = create(scratch / "a");
  ASSERT_THAT(file->allocate(4096), Succeeds());
  EXPECT_THAT(
      file->map(4097, Mapping::Pages::small),
      FailsWith(Errc::io_error, AllOf(HasSubstr("4097 bytes"), HasSubstr("the file has 4096"))));
  EXPECT_THAT(file->map(0, Mapping::Pages::small),
              FailsWith(Errc::io_error, HasSubstr("cannot map")));
}

TEST(PosixFile, a_full_disk_is_no_space_for_writes_and_for_allocation) {
  const auto disk = TmpfsMount::create(64 * 1024);
  if (disk == nullptr) GTEST_SKIP() << "needs the right to mount a file system";
  const auto file = create(disk->path() / "a");
  EXPECT_THAT(file->allocate(1 << 20),
              FailsWith(Errc::no_space, HasSubstr("a: cannot allocate: No space left")));
  const std::vector<std::byte> much(1 << 20);
  EXPECT_THAT(file->write_at(0, much), FailsWith(Errc::no_space, HasSubstr("a: cannot write: ")));
}

TEST(PosixFile, reserved_space_can_be_written_on_a_disk_that_is_full_by_then) {
  const auto disk = TmpfsMount::create(64 * 1024);
  if (disk == nullptr) GTEST_SKIP() << "needs the right to mount a file system";
  const auto file = create(disk->path() / "a");
  ASSERT_THAT(file->allocate(16 * 1024), Succeeds());
  const std::vector<std::byte> much(1 << 20);
  ASSERT_THAT(create(disk->path() / "glutton")->write_at(0, much), FailsWith(Errc::no_space));
  EXPECT_THAT(file->write_at(0, std::span(much).first(16 * 1024)), Succeeds());
}

TEST(PosixFile, a_copy_has_the_contents_of_its_source) {
  ScratchDirectory scratch;
  const std::string contents(300'000, 'q');
  ASSERT_THAT(create(scratch / "a")->write_at(0, as_bytes(contents)), Succeeds());
  const PosixFile source(scratch / "a", *open_descriptor(scratch / "a", O_RDONLY));
  PosixFile target(scratch / "b", *open_descriptor(scratch / "b", O_RDWR | O_CREAT));
  ASSERT_THAT(target.copy_from(source), Succeeds());
  EXPECT_EQ(text_at(target, 0, 400'000), contents);
}

// Appending is what copy_file_range refuses of a target, so this goes by reads and writes.
TEST(PosixFile, a_copy_falls_back_on_reads_and_writes) {
  ScratchDirectory scratch;
  const std::string contents(3'000'000, 'q');
  ASSERT_THAT(create(scratch / "a")->write_at(0, as_bytes(contents)), Succeeds());
  const PosixFile source(scratch / "a", *open_descriptor(scratch / "a", O_RDONLY));
  PosixFile target(scratch / "b", *open_descriptor(scratch / "b", O_RDWR | O_CREAT | O_APPEND));
  ASSERT_THAT(target.copy_from(source), Succeeds());
  EXPECT_EQ(*target.size(), contents.size());
  EXPECT_EQ(text_at(target, 0, 4'000'000), contents);
}

}  // namespace
}  // namespace quartz::io
