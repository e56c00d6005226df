#include "vector/vecs_format.hpp"

#include "base/coding.hpp"
#include "support/faulty_file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "vector/vector_file_bytes.hpp"

namespace quartz::vector {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class VecsFormat : public testing::Test {
 protected:
  Result<RowLayout> read(const std::string& bytes, ElementType element = ElementType::float32) {
    overwrite_file(scratch_ / "a.fvecs", bytes);
    const auto file = files_.open(scratch_ / "a.fvecs", io::OpenMode::read).value();
    return read_vecs_layout(*file, element);
  }

  ScratchDirectory scratch_;
  io::FaultyFileSystem files_{io::posix_file_system()};
};

TEST_F(VecsFormat, has_its_dimension_in_front_of_every_row) {
  EXPECT_EQ(read(vecs_row(1.0f, 2.0f) + vecs_row(3.0f, 4.0f)).value(),
            (RowLayout{.element = ElementType::float32,
                       .count = 2,
                       .dimensions = 2,
                       .rows_offset = 0,
                       .prefix_bytes = 4}));
  EXPECT_EQ(read(vecs_row('a', 'b', 'c'), ElementType::uint8)->row_bytes(), 7u);
}

TEST_F(VecsFormat, without_rows_has_no_dimension_and_is_refused) {
  EXPECT_THAT(read(""), FailsWith(Errc::corruption, HasSubstr("a.fvecs: is empty")));
}

TEST_F(VecsFormat, that_ends_within_a_row_names_the_row_and_both_offsets) {
  const std::string whole = vecs_row(1.0f, 2.0f) + vecs_row(3.0f, 4.0f);
  for (std::size_t bytes = 1; bytes < 4; ++bytes) {
    EXPECT_THAT(read(whole.substr(0, bytes)),
                FailsWith(Errc::corruption, AllOf(HasSubstr("offset " + std::to_string(bytes)),
                                                  HasSubstr("the dimension of row 0"))));
  }
  EXPECT_THAT(read(whole.substr(0, 11)), FailsWith(Errc::corruption, HasSubstr("row 0")));
  EXPECT_THAT(
      read(whole.substr(0, 13)),
      FailsWith(Errc::corruption, AllOf(HasSubstr("ends at offset 13, in the middle of row 1"),
                                        HasSubstr("begins at offset 12"), HasSubstr("12 bytes"))));
}

TEST_F(VecsFormat, has_no_dimension_of_zero_below_zero_or_above_the_limit) {
  EXPECT_THAT(read(encoded(0)), FailsWith(Errc::corruption, HasSubstr("offset 0 is 0")));
  EXPECT_THAT(read(encoded(-1)), FailsWith(Errc::too_large, HasSubstr("4096")));
  EXPECT_THAT(read(encoded(4097)), FailsWith(Errc::too_large, HasSubstr("4097")));
}

TEST_F(VecsFormat, rows_that_disagree_are_found_and_named) {
  const RowLayout layout{
      .element = ElementType::float32, .count = 12, .dimensions = 2, .prefix_bytes = 4};
  const std::string good = vecs_row(1.0f, 2.0f);
  const std::string bad = encoded(3, 1.0f, 2.0f);
  EXPECT_THAT(judge_vecs_rows("a", layout, 10, as_bytes(good + good)), Succeeds());
  EXPECT_THAT(
      judge_vecs_rows("a", layout, 10, as_bytes(good + bad)),
      FailsWith(Errc::corruption, AllOf(HasSubstr("a: row 11 (offset 132) has the dimension 3"),
                                        HasSubstr("row 0 has 2"))));
}

TEST_F(VecsFormat, that_cannot_be_read_says_why) {
  files_.fail(io::Operation::size, 1, Errc::io_error);
  EXPECT_THAT(read(vecs_row(1.0f)), FailsWith(Errc::io_error));
  files_.fail(io::Operation::read, 1, Errc::io_error);
  EXPECT_THAT(read(vecs_row(1.0f)), FailsWith(Errc::io_error));
}

}  // namespace
}  // namespace quartz::vector
