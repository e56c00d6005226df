#include "support/data_sets.hpp"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>

#include "support/result_matchers.hpp"
#include "vector/vector_file_reader.hpp"

namespace quartz::vector {
namespace {

// Files of others, where they are at hand.

struct DataSet {
  const char* name;
  std::uint64_t count;
  std::size_t dimensions;
  std::int32_t value_max;
};

class DataSetsTest : public testing::TestWithParam<DataSet> {};

TEST_P(DataSetsTest, are_read_from_the_first_row_to_the_last) {
  const auto path = find_data_set(GetParam().name);
  if (!path) GTEST_SKIP() << GetParam().name << " is not there; QUARTZ_DATA_DIR says where it is";
  auto reader = VectorFileReader::open(io::posix_file_system(), *path).value();
  EXPECT_EQ(reader.count(), GetParam().count);
  EXPECT_EQ(reader.dimensions(), GetParam().dimensions);
  std::uint64_t elements = 0;
  std::int32_t largest = 0;
  std::int32_t smallest = 0;
  const auto take = [&](std::uint64_t, std::span<const std::int32_t> rows) {
    elements += rows.size();
    largest = std::max(largest, *std::ranges::max_element(rows));
    smallest = std::min(smallest, *std::ranges::min_element(rows));
    return Result<void>();
  };
  ASSERT_THAT(reader.for_each_piece<std::int32_t>(take), Succeeds());
  EXPECT_EQ(elements, GetParam().count * GetParam().dimensions);
  EXPECT_EQ(smallest, 0);
  EXPECT_LE(largest, GetParam().value_max);
  EXPECT_GT(largest, GetParam().value_max / 2);
}

INSTANTIATE_TEST_SUITE_P(
    Each, DataSetsTest,
    testing::Values(DataSet{"mnist-784.base.u8bin", 60'000, 784, 255},
                    DataSet{"mnist-784.query.u8bin", 10'000, 784, 255},
                    DataSet{"mnist-784.groundtruth-l2.ibin", 10'000, 100, 59'999},
                    DataSet{"sift-128.base.u8bin", 200'000, 128, 255},
                    DataSet{"sift-128.query.u8bin", 10'000, 128, 255},
                    DataSet{"sift-128.groundtruth-l2.ibin", 10'000, 100, 199'999}),
    [](const testing::TestParamInfo<DataSet>& set) {
      std::string name(set.param.name);
      std::ranges::replace_if(name, [](char c) { return c == '-' || c == '.'; }, '_');
      return name;
    });

}  // namespace
}  // namespace quartz::vector
