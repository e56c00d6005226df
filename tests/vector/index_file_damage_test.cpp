#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/corrupt_file.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "vector/index_file_bytes.hpp"
#include "vector/index_file_sample.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class IndexFileDamage : public testing::Test {
 protected:
  static constexpr std::size_t kDimensions = 3;
  static constexpr std::uint32_t kM = 3;

  /// The bytes of a small file that has all that a file can have.
  std::string sample_bytes(std::size_t count) {
    IndexFileSample sample(kDimensions, kM);
    sample.with_vectors = true;
    sample.add(count, 1);
    sample.remove(3);
    sample.repair();
    sample.remove(5);
    sample.write(io::posix_file_system(), path_).value();
    return file_contents(path_);
  }
  Result<void> load(const std::string& bytes) {
    // A new file: some file systems sync one that is written anew in its place.
    std::filesystem::remove(path_);
    overwrite_file(path_, bytes);
    return LoadedIndex(kDimensions, kM).load(io::posix_file_system(), path_);
  }
  void expect_flips_are_found(const std::string& bytes, std::size_t step) {
    for (std::size_t offset = 0; offset < bytes.size(); offset += step) {
      std::string flipped = bytes;
      const unsigned bit = static_cast<unsigned>(offset / step) % 8;
      flipped[offset] = static_cast<char>(static_cast<unsigned char>(flipped[offset]) ^ 1u << bit);
      EXPECT_THAT(load(flipped), FailsWith(Errc::corruption, HasSubstr(path_.string())))
          << "bit " << bit << " of byte " << offset;
    }
  }

  ScratchDirectory scratch_;
  io::Path path_ = scratch_ / "index";
};

TEST_F(IndexFileDamage, none_loads) { EXPECT_THAT(load(sample_bytes(30)), Succeeds()); }

TEST_F(IndexFileDamage, a_flipped_bit_of_any_byte_of_a_small_file_is_found) {
  expect_flips_are_found(sample_bytes(12), 1);
}

TEST_F(IndexFileDamage, a_flipped_bit_of_a_larger_file_is_found) {
  expect_flips_are_found(sample_bytes(400), 7);
}

TEST_F(IndexFileDamage, a_cut_anywhere_is_found) {
  const std::string bytes = sample_bytes(12);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(load(bytes.substr(0, size)), FailsWith(Errc::corruption, HasSubstr("ends at")))
        << size;
  }
}

TEST_F(IndexFileDamage, bytes_behind_the_end_are_found) {
  EXPECT_THAT(load(sample_bytes(12) + '\0'), FailsWith(Errc::corruption, HasSubstr("instead of")));
}

TEST_F(IndexFileDamage, a_message_names_the_section_and_the_offset) {
  IndexFileBytes file(sample_bytes(30));
  const std::size_t offset = file.section_offset(IndexFileBytes::kVectors);
  file.set<std::uint8_t>(offset + 5, 0x55);
  EXPECT_THAT(load(file.bytes()),
              FailsWith(Errc::corruption,
                        HasSubstr("in the vectors, at offset " + std::to_string(offset))));
}

TEST_F(IndexFileDamage, a_section_of_another_file_is_found) {
  IndexFileBytes file(sample_bytes(30));
  IndexFileSample other(kDimensions, kM);
  other.with_vectors = true;
  other.add(30, 2);
  ASSERT_THAT(other.write(io::posix_file_system(), path_), Succeeds());
  file.replace(IndexFileBytes::kCodes,
               IndexFileBytes(file_contents(path_)).section(IndexFileBytes::kCodes));
  EXPECT_THAT(load(file.bytes()), FailsWith(Errc::corruption, HasSubstr("in the codes")));
}

TEST_F(IndexFileDamage, a_whole_header_of_another_version_is_unsupported) {
  IndexFileBytes file(sample_bytes(12));
  file.set<std::uint32_t>(IndexFileBytes::kVersion, 2);
  EXPECT_THAT(load(file.bytes()), FailsWith(Errc::corruption));
  file.seal_header();
  EXPECT_THAT(load(file.bytes()), FailsWith(Errc::unsupported, HasSubstr("version 2")));
}

TEST_F(IndexFileDamage, quantizer_parameters_of_another_version_are_unsupported) {
  IndexFileBytes file(sample_bytes(12));
  file.set<std::uint16_t>(IndexFileBytes::kQuantizer, 9);
  file.seal_header();
  EXPECT_THAT(load(file.bytes()), FailsWith(Errc::unsupported, HasSubstr("version 9")));
}

TEST_F(IndexFileDamage, that_comes_between_opening_and_loading_is_found) {
  const std::string bytes = sample_bytes(30);
  for (const bool cut : {true, false}) {
    overwrite_file(path_, bytes);
    const auto reader = IndexFileReader::open(io::posix_file_system(), path_);
    ASSERT_THAT(reader, Succeeds());
    if (cut) {
      truncate_file(path_, bytes.size() / 2);
    } else {
      flip_bit(path_, IndexFileBytes(bytes).section_offset(IndexFileBytes::kPoints));
    }
    EXPECT_THAT(LoadedIndex(kDimensions, kM).load(*reader, true), FailsWith(Errc::corruption));
  }
}

class IndexFileFaults : public testing::Test {
 protected:
  static constexpr std::size_t kDimensions = 64;

  IndexFileFaults() : sample_(kDimensions) {
    sample_.with_vectors = true;
    sample_.add(200, 1);
    // Enough for the second thread, and for several blocks of a section.
    const std::size_t count = 20'000;
    sample_.states.resize(count, SlotStates::State::free);
    sample_.graph.reserve(count);
    sample_.vectors.grow(count).value();
  }

  ScratchDirectory scratch_;
  io::Path path_ = scratch_ / "index";
  io::FaultyFileSystem files_{io::posix_file_system()};
  IndexFileSample sample_;
};

TEST_F(IndexFileFaults, a_failed_write_leaves_the_old_file_and_nothing_else) {
  IndexFileSample old(kDimensions);
  old.add(5, 1);
  ASSERT_THAT(old.write(files_, path_), Succeeds());
  const std::string before = file_contents(path_);
  const std::uint64_t calls_before = files_.calls();
  ASSERT_THAT(sample_.write(files_, scratch_ / "elsewhere"), Succeeds());
  const std::uint64_t calls = files_.calls() - calls_before;
  std::filesystem::remove(scratch_ / "elsewhere");
  ASSERT_GE(calls, 50u);
  // The last call syncs the directory: by then the new file is in place.
  for (std::uint64_t nth = 1; nth < calls; ++nth) {
    files_.fail_any(nth, Errc::no_space);
    const auto written = sample_.write(files_, path_);
    files_.clear_faults();
    ASSERT_THAT(written, FailsWith(Errc::no_space, HasSubstr("injected"))) << "call " << nth;
    EXPECT_EQ(file_contents(path_), before) << "call " << nth;
    EXPECT_THAT(*io::posix_file_system().list(scratch_.path()), ElementsAre("index"));
  }
  EXPECT_THAT(sample_.write(files_, path_), Succeeds());
  EXPECT_THAT(LoadedIndex(kDimensions).load(files_, path_), Succeeds());
}

TEST_F(IndexFileFaults, an_error_of_the_file_system_ends_the_loading_wherever_it_comes) {
  ASSERT_THAT(sample_.write(files_, path_), Succeeds());
  const std::uint64_t calls_before = files_.calls();
  ASSERT_THAT(LoadedIndex(kDimensions).load(files_, path_), Succeeds());
  const std::uint64_t calls = files_.calls() - calls_before;
  ASSERT_GE(calls, 50u);
  for (std::uint64_t nth = 1; nth <= calls; ++nth) {
    files_.fail_any(nth, Errc::io_error);
    EXPECT_THAT(LoadedIndex(kDimensions).load(files_, path_),
                FailsWith(Errc::io_error, HasSubstr("injected")))
        << "call " << nth;
    files_.clear_faults();
  }
}

}  // namespace
}  // namespace quartz::vector
