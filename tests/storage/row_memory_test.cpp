#include "storage/row_memory.hpp"

#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::storage {
namespace {

struct Block {
  unsigned char* at;
  std::size_t bytes;
  unsigned char mark;
};

Block allocate(std::size_t bytes, unsigned char mark) {
  auto* at = static_cast<unsigned char*>(RowMemory::allocate(bytes));
  std::memset(at, mark, bytes);
  return {at, bytes, mark};
}

bool intact(const Block& block) {
  for (std::size_t i = 0; i < block.bytes; ++i) {
    if (block.at[i] != block.mark) return false;
  }
  return true;
}

void free(const Block& block) { RowMemory::free(block.at, block.bytes); }

TEST(RowMemory, blocks_are_as_large_as_asked_for_and_aligned) {
  for (std::size_t bytes = 1; bytes < RowMemory::kBlockBytesMax + 100; bytes += 7) {
    const Block block = allocate(bytes, 1);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block.at) % 16, 0u);
    EXPECT_GE(RowMemory::block_bytes(bytes), bytes);
    free(block);
  }
}

TEST(RowMemory, rounding_takes_at_most_a_quarter_of_a_block) {
  for (std::size_t bytes = 64; bytes <= RowMemory::kBlockBytesMax; ++bytes) {
    EXPECT_LE(RowMemory::block_bytes(bytes), bytes + bytes / 4 + 1) << bytes;
  }
}

TEST(RowMemory, blocks_never_overlap_whatever_comes_and_goes) {
  Random random(11);
  std::vector<Block> blocks;
  for (int step = 0; step < 50'000; ++step) {
    if (blocks.size() < 500 || random.one_in(2)) {
      blocks.push_back(
          allocate(1 + random.below(3000), static_cast<unsigned char>(random.below(256))));
      continue;
    }
    std::swap(blocks[random.below(blocks.size())], blocks.back());
    ASSERT_TRUE(intact(blocks.back()));
    free(blocks.back());
    blocks.pop_back();
  }
  for (const Block& block : blocks) {
    ASSERT_TRUE(intact(block));
    free(block);
  }
}

TEST(RowMemory, what_one_size_gave_back_serves_another) {
  constexpr int kBlocks = 50'000;
  std::vector<Block> blocks;
  for (int i = 0; i < kBlocks; ++i) blocks.push_back(allocate(100, 1));
  const std::size_t mapped = RowMemory::mapped_bytes();
  for (const Block& block : blocks) free(block);
  blocks.clear();
  for (int i = 0; i < kBlocks / 4; ++i) blocks.push_back(allocate(400, 2));
  EXPECT_LE(RowMemory::mapped_bytes(), mapped + mapped / 4);
  for (const Block& block : blocks) free(block);
}

TEST(RowMemory, goes_back_to_the_system_when_it_is_empty) {
  const std::size_t before = RowMemory::mapped_bytes();
  std::vector<Block> blocks;
  for (int i = 0; i < 100'000; ++i) blocks.push_back(allocate(200, 1));
  EXPECT_GE(RowMemory::mapped_bytes(), before + std::size_t{20'000'000} - (std::size_t{2} << 20));
  for (const Block& block : blocks) free(block);
  EXPECT_LE(RowMemory::mapped_bytes(), before + (std::size_t{2} << 20)) << "one chunk may be kept";
}

TEST(RowMemory, may_be_freed_by_another_thread_than_allocated_it) {
  std::vector<Block> blocks;
  for (int i = 0; i < 10'000; ++i) blocks.push_back(allocate(150, 3));
  std::thread other([&] {
    for (const Block& block : blocks) {
      ASSERT_TRUE(intact(block));
      free(block);
    }
  });
  std::vector<Block> more;
  for (int i = 0; i < 10'000; ++i) more.push_back(allocate(150, 4));
  other.join();
  for (const Block& block : more) {
    ASSERT_TRUE(intact(block));
    free(block);
  }
}

TEST(RowMemory, holds_what_no_span_can_by_the_system_allocator) {
  const std::size_t mapped = RowMemory::mapped_bytes();
  const Block block = allocate(std::size_t{1} << 20, 5);
  EXPECT_EQ(RowMemory::mapped_bytes(), mapped);
  EXPECT_TRUE(intact(block));
  free(block);
}

}  // namespace
}  // namespace quartz::storage
