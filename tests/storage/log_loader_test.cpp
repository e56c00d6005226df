#include "storage/log_loader.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/coding.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

std::vector<std::byte> pattern(std::size_t bytes) {
  std::vector<std::byte> contents(bytes);
  for (std::size_t i = 0; i < bytes; ++i) contents[i] = static_cast<std::byte>(i * 7 + i / 4096);
  return contents;
}

class LogLoaderTest : public testing::Test {
 protected:
  const io::File& write(const std::vector<std::byte>& contents, io::FileSystem& files) {
    file_ = files.open(scratch_ / "file", io::OpenMode::create_new).value();
    EXPECT_THAT(file_->write_at(0, contents), Succeeds());
    file_ = files.open(scratch_ / "file", io::OpenMode::read).value();
    return *file_;
  }

  ScratchDirectory scratch_;
  std::unique_ptr<io::File> file_;
};

TEST_F(LogLoaderTest, reads_a_small_file_at_once) {
  const auto contents = pattern(1000);
  std::vector<std::byte> memory(1000);
  LogLoader loader(write(contents, io::posix_file_system()), memory);
  ASSERT_THAT(loader.wait_for(1), Succeeds());
  EXPECT_EQ(memory, contents);
}

TEST_F(LogLoaderTest, what_was_waited_for_is_there) {
  const auto contents = pattern(5 * kPieceBytes + 123);
  std::vector<std::byte> memory(contents.size());
  LogLoader loader(write(contents, io::posix_file_system()), memory);
  for (std::size_t end = 1; end < contents.size(); end += 300'000) {
    ASSERT_THAT(loader.wait_for(end), Succeeds());
    ASSERT_TRUE(std::equal(contents.begin(), contents.begin() + static_cast<std::ptrdiff_t>(end),
                           memory.begin()));
  }
  ASSERT_THAT(loader.wait_for(contents.size()), Succeeds());
  EXPECT_EQ(memory, contents);
}

TEST_F(LogLoaderTest, space_that_was_never_written_counts_as_loaded) {
  auto file = io::posix_file_system().open(scratch_ / "sparse", io::OpenMode::create_new).value();
  ASSERT_THAT(file->allocate(16 * kPieceBytes), Succeeds());
  ASSERT_THAT(file->write_at(12 * kPieceBytes, as_bytes("x")), Succeeds());
  std::vector<std::byte> memory(16 * kPieceBytes);
  LogLoader loader(*file, memory);
  ASSERT_THAT(loader.wait_for(memory.size()), Succeeds());
  EXPECT_EQ(memory[12 * kPieceBytes], std::byte{'x'});
  EXPECT_EQ(memory[12 * kPieceBytes + 1], std::byte{0});
}

TEST_F(LogLoaderTest, reads_no_more_than_some_pieces_ahead) {
  io::FaultyFileSystem files(io::posix_file_system());
  std::vector<std::byte> memory(64 * kPieceBytes);
  const io::File& file = write(pattern(memory.size()), files);
  {
    LogLoader loader(file, memory);
    ASSERT_THAT(loader.wait_for(2 * kPieceBytes), Succeeds());
  }
  EXPECT_LE(files.calls(io::Operation::read), 20u);
}

TEST_F(LogLoaderTest, a_file_that_is_shorter_than_thought_leaves_zeros) {
  std::vector<std::byte> memory(4 * kPieceBytes);
  LogLoader loader(write(pattern(kPieceBytes + 10), io::posix_file_system()), memory);
  ASSERT_THAT(loader.wait_for(memory.size()), Succeeds());
  EXPECT_EQ(memory[kPieceBytes + 10], std::byte{0});
}

TEST_F(LogLoaderTest, may_be_dropped_while_it_reads) {
  std::vector<std::byte> memory(32 * kPieceBytes);
  const io::File& file = write(pattern(memory.size()), io::posix_file_system());
  LogLoader loader(file, memory);
  ASSERT_THAT(loader.wait_for(kPieceBytes + 1), Succeeds());
}

TEST_F(LogLoaderTest, an_error_of_the_disk_reaches_who_waits_and_who_waits_again) {
  io::FaultyFileSystem files(io::posix_file_system());
  std::vector<std::byte> memory(8 * kPieceBytes);
  LogLoader loader(write(pattern(memory.size()), files), memory);
  ASSERT_THAT(loader.wait_for(1), Succeeds());
  files.fail(io::Operation::read, 1, Errc::io_error, io::FaultLength::for_ever);
  EXPECT_THAT(loader.wait_for(memory.size()), FailsWith(Errc::io_error));
  EXPECT_THAT(loader.wait_for(memory.size()), FailsWith(Errc::io_error));
}

}  // namespace
}  // namespace quartz::storage
