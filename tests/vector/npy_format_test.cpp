#include "vector/npy_format.hpp"

#include <limits>

#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "vector/vector_file_bytes.hpp"

namespace quartz::vector {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kText = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }\n";

class NpyFormat : public testing::Test {
 protected:
  Result<RowLayout> read(const std::string& bytes) {
    overwrite_file(scratch_ / "a.npy", bytes);
    return read_npy_layout(*files_.open(scratch_ / "a.npy", io::OpenMode::read).value());
  }

  ScratchDirectory scratch_;
  io::FaultyFileSystem files_{io::posix_file_system()};
};

TEST_F(NpyFormat, of_each_version_is_read) {
  for (const int major : {1, 2, 3}) {
    EXPECT_EQ(read(npy_file(major, kText, "012345")).value(),
              (RowLayout{.element = ElementType::uint8,
                         .count = 2,
                         .dimensions = 3,
                         .rows_offset = (major == 1 ? 10 : 12) + kText.size(),
                         .prefix_bytes = 0}));
  }
}

TEST_F(NpyFormat, of_another_version_is_unsupported) {
  for (const int major : {0, 4, 255}) {
    EXPECT_THAT(read(npy_file(major, kText, "012345")),
                FailsWith(Errc::unsupported, HasSubstr(std::to_string(major) + ".0")));
  }
  std::string minor = npy_file(1, kText, "012345");
  minor[7] = 1;
  EXPECT_THAT(read(minor), FailsWith(Errc::unsupported, HasSubstr("version 1.1")));
}

TEST_F(NpyFormat, without_its_magic_number_is_another_files) {
  std::string other = npy_file(1, kText, "012345");
  other[0] = 'P';
  EXPECT_THAT(read(other), FailsWith(Errc::corruption, HasSubstr("magic")));
}

TEST_F(NpyFormat, cut_at_any_byte_is_damaged_and_names_that_offset) {
  for (const int major : {1, 2}) {
    const std::string whole = npy_file(major, kText, "012345");
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
      EXPECT_THAT(
          read(whole.substr(0, bytes)),
          FailsWith(Errc::corruption, AllOf(HasSubstr("/a.npy: "),
                                            HasSubstr("ends at offset " + std::to_string(bytes)))));
    }
  }
}

TEST_F(NpyFormat, that_goes_on_behind_its_rows_is_damaged) {
  EXPECT_THAT(read(npy_file(1, kText, "0123456")), FailsWith(Errc::corruption));
}

TEST_F(NpyFormat, has_a_header_of_bounded_length) {
  const std::string padded = std::string(kText) + std::string(kNpyHeaderBytesMax, ' ');
  EXPECT_THAT(read(npy_file(2, padded.substr(0, kNpyHeaderBytesMax), "012345")), Succeeds());
  EXPECT_THAT(read(npy_file(2, padded.substr(0, kNpyHeaderBytesMax + 1), "012345")),
              FailsWith(Errc::too_large, AllOf(HasSubstr("offset 8"), HasSubstr("65537"))));
  EXPECT_THAT(read("\x93NUMPY\x02" + encoded('\0', std::uint32_t{0xFFFFFFFF})),
              FailsWith(Errc::too_large, HasSubstr("4294967295")));
}

TEST_F(NpyFormat, may_have_no_rows_but_has_a_dimension) {
  const auto with_shape = [](std::string_view shape) {
    return npy_file(
        1, "{'descr': '<f4', 'fortran_order': False, 'shape': " + std::string(shape) + "}", "");
  };
  EXPECT_EQ(read(with_shape("(0, 128)"))->count, 0u);
  EXPECT_THAT(read(with_shape("(0, 0)")), FailsWith(Errc::corruption, HasSubstr("is 0")));
  EXPECT_THAT(read(with_shape("(0,)")), FailsWith(Errc::corruption, HasSubstr("is 0")));
  EXPECT_THAT(read(with_shape("(1, 4097)")), FailsWith(Errc::too_large, HasSubstr("4097")));
  EXPECT_THAT(read(with_shape("(4611686018427387904, 4)")),
              FailsWith(Errc::corruption, HasSubstr("4611686018427387904 rows of 16 bytes")));
}

TEST_F(NpyFormat, that_cannot_be_read_says_why) {
  files_.fail(io::Operation::size, 1, Errc::io_error);
  EXPECT_THAT(read(npy_file(1, kText, "012345")), FailsWith(Errc::io_error));
  for (const std::uint64_t nth : {1u, 2u, 3u}) {
    files_.fail(io::Operation::read, nth, Errc::io_error);
    EXPECT_THAT(read(npy_file(1, kText, "012345")), FailsWith(Errc::io_error)) << nth;
    files_.clear_faults();
  }
}

// What numpy.save writes for such an array, byte for byte.
TEST_F(NpyFormat, preamble_is_the_one_of_numpy) {
  std::string expected = "\x93NUMPY\x01";
  expected += '\0';
  expected += '\x76';
  expected += '\0';
  expected += "{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }";
  expected.resize(127, ' ');
  expected += '\n';
  EXPECT_EQ(npy_preamble(ElementType::float32, 60'000, 784), expected);
}

TEST_F(NpyFormat, preamble_has_the_same_length_for_every_array) {
  for (const std::uint64_t count : {std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()}) {
    const std::string preamble = npy_preamble(ElementType::float64, count, 4096);
    EXPECT_EQ(preamble.size(), kNpyPreambleBytes);
    EXPECT_THAT(preamble, StartsWith("\x93NUMPY\x01"));
  }
  EXPECT_EQ(read(npy_preamble(ElementType::float64, 0, 4096))->rows_offset, kNpyPreambleBytes);
}

}  // namespace
}  // namespace quartz::vector
