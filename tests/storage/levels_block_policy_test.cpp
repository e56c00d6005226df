#include "storage/levels_block_policy.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/table.h>

#include "base/random.hpp"

namespace quartz::storage {
namespace {

// How many rows each finished block has, of `count` rows like these.
class BlockPolicyTest : public testing::Test {
 protected:
  std::vector<std::size_t> blocks(std::size_t count, std::size_t value_bytes,
                                  const std::string& prefix = {}) {
    // The builder is not looked at; RocksDB does not show its type.
    const auto& builder = *reinterpret_cast<const rocksdb::BlockBuilder*>(&unused_);
    const std::unique_ptr<rocksdb::FlushBlockPolicy> policy(
        block_policy()->NewFlushBlockPolicy(rocksdb::BlockBasedTableOptions(), builder));
    Random random(1);
    const std::string value(value_bytes, 'v');
    std::vector<std::size_t> rows_of_blocks(1, 0);
    for (std::size_t i = 0; i < count; ++i) {
      std::string key = prefix;
      for (int digit = 0; digit < 16; ++digit) key += static_cast<char>('a' + random.below(26));
      if (policy->Update(key, value)) rows_of_blocks.push_back(0);
      ++rows_of_blocks.back();
    }
    rows_of_blocks.pop_back();  // Not finished.
    return rows_of_blocks;
  }

 private:
  char unused_ = 0;
};

TEST_F(BlockPolicyTest, blocks_of_small_rows_end_at_8_kib) {
  EXPECT_THAT(blocks(1000, 100), testing::Each(testing::AllOf(testing::Ge(69u), testing::Le(72u))));
}

TEST_F(BlockPolicyTest, blocks_of_larger_rows_hold_16_of_them_up_to_16_kib) {
  EXPECT_THAT(blocks(200, 600), testing::Each(16u));
  EXPECT_THAT(blocks(200, 2000), testing::Each(8u));
}

TEST_F(BlockPolicyTest, a_row_larger_than_a_block_is_alone_and_no_block_is_empty) {
  EXPECT_THAT(blocks(20, 100'000), testing::Each(1u));
  EXPECT_TRUE(blocks(1, 100'000).empty());
}

TEST_F(BlockPolicyTest, what_keys_share_is_not_counted_because_it_is_not_stored) {
  // A sixteenth of the keys is stored whole.
  const auto rows = blocks(3000, 8, std::string(200, 'p'));
  EXPECT_THAT(rows, testing::Each(testing::Gt(180u)));
}

}  // namespace
}  // namespace quartz::storage
