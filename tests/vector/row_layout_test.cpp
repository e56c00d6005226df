#include "vector/row_layout.hpp"

#include <array>
#include <limits>

#include "quartz/vector/limits.hpp"
#include "support/corrupt_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::vector {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr RowLayout kLayout{.element = ElementType::int32,
                            .count = 10,
                            .dimensions = 3,
                            .rows_offset = 100,
                            .prefix_bytes = 4};

TEST(RowLayout, knows_where_its_rows_begin) {
  EXPECT_EQ(kLayout.row_bytes(), 16u);
  EXPECT_EQ(kLayout.offset_of(0), 100u);
  EXPECT_EQ(kLayout.offset_of(10), 260u);
}

TEST(RowLayout, has_from_one_to_4096_dimensions) {
  EXPECT_EQ(judge_dimensions("a", 4, 1).value(), 1u);
  EXPECT_EQ(judge_dimensions("a", 4, kDimensionsMax).value(), 4096u);
  EXPECT_THAT(judge_dimensions("a", 4, 0),
              FailsWith(Errc::corruption, AllOf(HasSubstr("a: "), HasSubstr("offset 4"))));
  EXPECT_THAT(judge_dimensions("a", 4, kDimensionsMax + 1),
              FailsWith(Errc::too_large,
                        AllOf(HasSubstr("offset 4"), HasSubstr("4097"), HasSubstr("4096"))));
  EXPECT_THAT(judge_dimensions("a", 4, std::numeric_limits<std::uint64_t>::max()),
              FailsWith(Errc::too_large));
}

TEST(RowLayout, must_end_where_the_file_ends) {
  EXPECT_THAT(judge_extent("a", kLayout, 260), Succeeds());
  EXPECT_THAT(
      judge_extent("a", kLayout, 259),
      FailsWith(Errc::corruption, AllOf(HasSubstr("a: the header promises 10 rows of 16 bytes"),
                                        HasSubstr("offset 100"), HasSubstr("ends at offset 259"))));
  EXPECT_THAT(judge_extent("a", kLayout, 0), FailsWith(Errc::corruption));
  EXPECT_THAT(judge_extent("a", kLayout, 261),
              FailsWith(Errc::corruption, HasSubstr("from offset 260 to 261")));
}

TEST(RowLayout, without_rows_ends_where_they_would_begin) {
  RowLayout layout = kLayout;
  layout.count = 0;
  EXPECT_THAT(judge_extent("a", layout, 100), Succeeds());
  EXPECT_THAT(judge_extent("a", layout, 116), FailsWith(Errc::corruption));
}

TEST(RowLayout, that_is_larger_than_any_number_does_not_wrap_around) {
  RowLayout layout = kLayout;
  layout.count = std::uint64_t{1} << 60;  // Times 16 is 2^64.
  EXPECT_THAT(judge_extent("a", layout, 100), FailsWith(Errc::corruption, HasSubstr("ends at")));
  layout.count -= 1;  // Times 16, and 100 more, is 2^64 + 84.
  EXPECT_THAT(judge_extent("a", layout, 84), FailsWith(Errc::corruption, HasSubstr("ends at")));
  layout.count = std::numeric_limits<std::uint64_t>::max();
  EXPECT_THAT(judge_extent("a", layout, 84), FailsWith(Errc::corruption, HasSubstr("ends at")));
}

TEST(RowLayout, bytes_that_are_not_there_are_missed_at_the_end_of_the_file) {
  ScratchDirectory scratch;
  overwrite_file(scratch / "a", "0123456789");
  const auto file = io::posix_file_system().open(scratch / "a", io::OpenMode::read).value();
  std::array<std::byte, 4> part;
  ASSERT_THAT(read_whole(*file, 6, part, "the part"), Succeeds());
  EXPECT_EQ(part[3], std::byte{'9'});
  EXPECT_THAT(
      read_whole(*file, 7, part, "the part"),
      FailsWith(Errc::corruption, HasSubstr("/a: ends at offset 10, in the middle of the part")));
}

}  // namespace
}  // namespace quartz::vector
