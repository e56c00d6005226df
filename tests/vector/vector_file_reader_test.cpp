#include "vector/vector_file_reader.hpp"

#include <array>
#include <filesystem>
#include <utility>

#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "vector/vector_file_bytes.hpp"

namespace quartz::vector {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class VectorFileReaderTest : public testing::Test {
 protected:
  Result<VectorFileReader> open(const std::string& name, const std::string& bytes) {
    overwrite_file(scratch_ / name, bytes);
    return VectorFileReader::open(files_, scratch_ / name);
  }
  /// Three rows: {1, 2}, {3, 4}, {5, 6}.
  VectorFileReader open_three_rows() {
    return open("a.fbin", bin_file(3, 2, encoded(1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f))).value();
  }

  ScratchDirectory scratch_;
  io::FaultyFileSystem files_{io::posix_file_system()};
};

TEST_F(VectorFileReaderTest, says_what_the_file_holds) {
  const VectorFileReader reader = open_three_rows();
  EXPECT_EQ(reader.format(), VectorFormat::fbin);
  EXPECT_EQ(reader.element(), ElementType::float32);
  EXPECT_EQ(reader.count(), 3u);
  EXPECT_EQ(reader.dimensions(), 2u);
  EXPECT_EQ(reader.position(), 0u);
}

TEST_F(VectorFileReaderTest, reads_as_many_rows_as_there_is_room_for) {
  VectorFileReader reader = open_three_rows();
  std::vector<float> rows(4);
  EXPECT_EQ(reader.read(std::span(rows)).value(), 2u);
  EXPECT_THAT(rows, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(reader.position(), 2u);
  EXPECT_EQ(reader.read(std::span(rows)).value(), 1u);
  EXPECT_THAT(std::span(rows).first(2), ElementsAre(5, 6));
  EXPECT_EQ(reader.read(std::span(rows)).value(), 0u);
  EXPECT_EQ(reader.position(), 3u);
}

TEST_F(VectorFileReaderTest, goes_to_any_row) {
  VectorFileReader reader = open_three_rows();
  std::array<float, 2> row;
  for (const std::uint64_t index : {2u, 0u, 1u}) {
    ASSERT_THAT(reader.seek(index), Succeeds());
    ASSERT_EQ(reader.read(std::span(row)).value(), 1u);
    EXPECT_EQ(row[0], static_cast<float>(2 * index + 1));
  }
  ASSERT_THAT(reader.seek(3), Succeeds());
  EXPECT_EQ(reader.read(std::span(row)).value(), 0u);
  EXPECT_THAT(reader.seek(4), FailsWith(Errc::invalid_argument, HasSubstr("no row 4, only 3")));
  EXPECT_EQ(reader.position(), 3u);
}

TEST_F(VectorFileReaderTest, refuses_room_that_is_not_for_whole_rows) {
  VectorFileReader reader = open_three_rows();
  std::vector<float> rows(3);
  EXPECT_THAT(reader.read(std::span(rows)),
              FailsWith(Errc::invalid_argument, AllOf(HasSubstr("3 numbers"), HasSubstr("of 2"))));
  EXPECT_EQ(reader.read(std::span<float>()).value(), 0u);
  EXPECT_EQ(reader.position(), 0u);
}

TEST_F(VectorFileReaderTest, reads_integers_of_integer_files_only) {
  const std::string ids = encoded(16'777'217, -1);
  std::vector<std::int32_t> rows(2);
  EXPECT_EQ(open("a.ibin", bin_file(1, 2, ids))->read(std::span(rows)).value(), 1u);
  EXPECT_THAT(rows, ElementsAre(16'777'217, -1));
  EXPECT_EQ(open("a.u8bin", bin_file(2, 1, "\x07\xFF"))->read(std::span(rows)).value(), 2u);
  EXPECT_THAT(rows, ElementsAre(7, 255));
  EXPECT_THAT(open_three_rows().read(std::span(rows)),
              FailsWith(Errc::invalid_argument, HasSubstr("float32")));
}

TEST_F(VectorFileReaderTest, takes_the_format_that_it_is_told_over_the_extension) {
  const std::string bytes = bin_file(2, 1, "\x07\xFF");
  overwrite_file(scratch_ / "a.bin", bytes);
  const auto open_as = [&](std::optional<VectorFormat> format) {
    return VectorFileReader::open(files_, scratch_ / "a.bin", format);
  };
  EXPECT_THAT(open_as(std::nullopt), FailsWith(Errc::invalid_argument, HasSubstr("'.bin'")));
  EXPECT_EQ(open_as(VectorFormat::u8bin)->element(), ElementType::uint8);
  EXPECT_EQ(open_as(VectorFormat::i8bin)->element(), ElementType::int8);
  EXPECT_THAT(open_as(VectorFormat::fbin), FailsWith(Errc::corruption));
}

TEST_F(VectorFileReaderTest, a_missing_file_is_not_found) {
  EXPECT_THAT(VectorFileReader::open(files_, scratch_ / "a.fbin"),
              FailsWith(Errc::not_found, HasSubstr("a.fbin")));
}

TEST_F(VectorFileReaderTest, a_row_of_another_dimension_ends_the_reading_in_front_of_it) {
  // The second row claims one element and has two, so that the sizes add up.
  auto reader =
      open("a.fvecs", vecs_row(1.0f, 2.0f) + encoded(1, 3.0f, 4.0f) + vecs_row(5.0f, 6.0f)).value();
  ASSERT_EQ(reader.count(), 3u);
  std::vector<float> rows(6);
  EXPECT_THAT(reader.read(std::span(rows)),
              FailsWith(Errc::corruption,
                        AllOf(HasSubstr("a.fvecs: row 1 (offset 12)"), HasSubstr("dimension 1"))));
  EXPECT_EQ(reader.position(), 0u);
  EXPECT_EQ(reader.read(std::span(rows).first(2)).value(), 1u);
  EXPECT_EQ(rows[1], 2.0f);
}

TEST_F(VectorFileReaderTest, infinities_and_nan_are_handed_on) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  auto reader = open("a.fvecs", vecs_row(kInfinity, std::nanf(""))).value();
  std::vector<float> rows(2);
  ASSERT_EQ(reader.read(std::span(rows)).value(), 1u);
  EXPECT_EQ(rows[0], kInfinity);
  EXPECT_TRUE(std::isnan(rows[1]));
}

TEST_F(VectorFileReaderTest, hands_out_a_large_file_in_pieces_of_bounded_size) {
  constexpr std::uint32_t kRows = 9'000;
  constexpr std::uint32_t kDimensions = 100;
  std::string elements;
  for (std::uint32_t i = 0; i < kRows * kDimensions; ++i) {
    elements += static_cast<char>(i % 251);
  }
  auto reader = open("a.u8bin", bin_file(kRows, kDimensions, elements)).value();
  ASSERT_THAT(reader.seek(1), Succeeds());
  std::uint64_t next_row = 1;
  std::size_t pieces = 0;
  const auto taken =
      reader.for_each_piece([&](std::uint64_t first_row, std::span<const float> rows) {
        EXPECT_EQ(first_row, next_row);
        EXPECT_LE(rows.size_bytes(), kPieceBytes);
        for (std::size_t i = 0; i < rows.size(); ++i) {
          EXPECT_EQ(rows[i], static_cast<float>((first_row * kDimensions + i) % 251));
        }
        next_row += rows.size() / kDimensions;
        ++pieces;
        return Result<void>();
      });
  ASSERT_THAT(taken, Succeeds());
  EXPECT_EQ(next_row, kRows);
  EXPECT_EQ(pieces, 4u);  // 2,621 rows of 400 bytes in each.
}

TEST_F(VectorFileReaderTest, ends_at_the_first_error_of_who_takes_the_pieces) {
  VectorFileReader reader = open_three_rows();
  std::size_t calls = 0;
  const auto taken = reader.for_each_piece([&](std::uint64_t, std::span<const float>) {
    ++calls;
    return Result<void>(Error(Errc::cancelled, "enough"));
  });
  EXPECT_THAT(taken, FailsWith(Errc::cancelled, "enough"));
  EXPECT_EQ(calls, 1u);
}

TEST_F(VectorFileReaderTest, hands_out_pieces_of_integers) {
  auto reader = open("a.ivecs", vecs_row(1, 2) + vecs_row(3, 16'777'217)).value();
  std::vector<std::int32_t> all;
  const auto take = [&](std::uint64_t, std::span<const std::int32_t> rows) {
    all.insert(all.end(), rows.begin(), rows.end());
    return Result<void>();
  };
  ASSERT_THAT(reader.for_each_piece<std::int32_t>(take), Succeeds());
  EXPECT_THAT(all, ElementsAre(1, 2, 3, 16'777'217));
}

TEST_F(VectorFileReaderTest, a_failed_read_is_reported_and_may_be_tried_again) {
  VectorFileReader reader = open_three_rows();
  std::vector<float> rows(6);
  files_.fail(io::Operation::read, 1, Errc::io_error);
  EXPECT_THAT(reader.read(std::span(rows)), FailsWith(Errc::io_error, HasSubstr("a.fbin")));
  EXPECT_EQ(reader.position(), 0u);
  EXPECT_EQ(reader.read(std::span(rows)).value(), 3u);
}

TEST_F(VectorFileReaderTest, a_file_that_is_cut_while_it_is_open_names_where_it_ends) {
  VectorFileReader reader = open_three_rows();
  truncate_file(scratch_ / "a.fbin", 20);
  std::vector<float> rows(6);
  EXPECT_THAT(reader.read(std::span(rows)),
              FailsWith(Errc::corruption, HasSubstr("a.fbin: ends at offset 20")));
  EXPECT_EQ(reader.read(std::span(rows).first(2)).value(), 1u);
}

TEST_F(VectorFileReaderTest, reads_the_end_of_a_file_of_five_gigabytes) {
  constexpr std::uint32_t kRows = 5 << 18;
  overwrite_file(scratch_ / "a.u8bin", bin_file(kRows, 4096, ""));
  // All holes but for the last row.
  const std::uint64_t end = 8 + std::uint64_t{kRows} * 4096;
  std::filesystem::resize_file(scratch_ / "a.u8bin", end);
  {
    const auto file =
        io::posix_file_system().open(scratch_ / "a.u8bin", io::OpenMode::read_write).value();
    ASSERT_THAT(file->write_at(end - 1, std::as_bytes(std::span("\x2A", 1))), Succeeds());
  }
  auto reader = VectorFileReader::open(files_, scratch_ / "a.u8bin").value();
  ASSERT_THAT(reader.seek(kRows - 1), Succeeds());
  std::vector<float> row(4096);
  ASSERT_EQ(reader.read(std::span(row)).value(), 1u);
  EXPECT_EQ(row[0], 0.0f);
  EXPECT_EQ(row[4095], 42.0f);
}

}  // namespace
}  // namespace quartz::vector
