#include "vector/bin_format.hpp"

#include "base/coding.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "vector/vector_file_bytes.hpp"

namespace quartz::vector {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class BinFormat : public testing::Test {
 protected:
  Result<RowLayout> read(const std::string& bytes, ElementType element = ElementType::float32) {
    overwrite_file(scratch_ / "a.fbin", bytes);
    const auto file = files_.open(scratch_ / "a.fbin", io::OpenMode::read).value();
    return read_bin_layout(*file, element);
  }

  ScratchDirectory scratch_;
  io::FaultyFileSystem files_{io::posix_file_system()};
};

TEST_F(BinFormat, has_count_and_dimensions_in_front_of_its_rows) {
  EXPECT_EQ(read(bin_file(2, 3, std::string(24, 'x'))).value(),
            (RowLayout{.element = ElementType::float32,
                       .count = 2,
                       .dimensions = 3,
                       .rows_offset = 8,
                       .prefix_bytes = 0}));
  EXPECT_EQ(read(bin_file(2, 3, "012345"), ElementType::int8)->element, ElementType::int8);
}

TEST_F(BinFormat, may_have_no_rows_but_has_a_dimension) {
  EXPECT_EQ(read(bin_file(0, 128, ""))->count, 0u);
  EXPECT_THAT(read(bin_file(0, 0, "")), FailsWith(Errc::corruption, HasSubstr("at offset 4 is 0")));
  EXPECT_THAT(read(bin_file(0, 4097, "")), FailsWith(Errc::too_large, HasSubstr("4097")));
}

TEST_F(BinFormat, that_ends_within_its_header_is_damaged) {
  for (std::size_t bytes = 0; bytes < kBinHeaderBytes; ++bytes) {
    EXPECT_THAT(read(bin_file(0, 128, "").substr(0, bytes)),
                FailsWith(Errc::corruption,
                          AllOf(HasSubstr("a.fbin: ends at offset " + std::to_string(bytes)),
                                HasSubstr("the header"))));
  }
}

TEST_F(BinFormat, that_claims_more_rows_than_any_disk_has_is_refused_at_once) {
  EXPECT_THAT(read(bin_file(0xFFFFFFFF, 4096, "few"), ElementType::float64),
              FailsWith(Errc::corruption, AllOf(HasSubstr("4294967295 rows of 32768 bytes"),
                                                HasSubstr("ends at offset 11"))));
}

TEST_F(BinFormat, that_goes_on_behind_its_rows_is_damaged_too) {
  EXPECT_THAT(read(bin_file(2, 3, std::string(25, 'x'))),
              FailsWith(Errc::corruption, HasSubstr("from offset 32 to 33")));
}

TEST_F(BinFormat, that_cannot_be_read_says_why) {
  files_.fail(io::Operation::size, 1, Errc::io_error);
  EXPECT_THAT(read(bin_file(0, 1, "")), FailsWith(Errc::io_error));
  files_.fail(io::Operation::read, 1, Errc::io_error);
  EXPECT_THAT(read(bin_file(0, 1, "")), FailsWith(Errc::io_error));
}

TEST_F(BinFormat, header_is_what_is_read) {
  const auto header = bin_header(kBinCountMax, 4096);
  EXPECT_EQ(as_text(header), encoded(std::uint32_t{0xFFFFFFFF}, std::uint32_t{4096}));
}

}  // namespace
}  // namespace quartz::vector
