#include "storage/arena.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::storage {
namespace {

TEST(Arena, maps_nothing_before_the_first_allocation) {
  const Arena arena;
  EXPECT_EQ(arena.mapped_bytes(), 0u);
}

TEST(Arena, begins_with_a_small_chunk) {
  Arena arena;
  arena.allocate(1, 1);
  EXPECT_EQ(arena.mapped_bytes(), Arena::kFirstChunkBytes);
}

TEST(Arena, keeps_every_alignment_whatever_came_before) {
  Arena arena;
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const std::size_t alignment = std::size_t{1} << random.below(7);
    const void* at = arena.allocate(1 + random.below(100), alignment);
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % alignment, 0u);
  }
}

TEST(Arena, pieces_are_zeroed_and_never_overlap) {
  Arena arena;
  Random random(2);
  std::vector<std::pair<unsigned char*, std::size_t>> pieces;
  for (int i = 0; i < 3000; ++i) {
    const std::size_t bytes = 1 + random.below(i % 50 == 0 ? Arena::kAllocationBytesMax : 200);
    auto* at = static_cast<unsigned char*>(arena.allocate(bytes, 8));
    ASSERT_TRUE(std::all_of(at, at + bytes, [](unsigned char c) { return c == 0; }));
    std::memset(at, 1 + i % 255, bytes);
    pieces.emplace_back(at, bytes);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto [at, bytes] = pieces[i];
    ASSERT_TRUE(std::all_of(at, at + bytes, [i](unsigned char c) { return c == 1 + i % 255; }));
  }
}

TEST(Arena, counts_chunks_that_grow_up_to_their_limit) {
  Arena arena;
  std::vector<std::size_t> steps;
  for (std::size_t before = 0; steps.size() < 6;) {
    arena.allocate(4096, 8);
    if (arena.mapped_bytes() != before) {
      steps.push_back(arena.mapped_bytes() - before);
      before = arena.mapped_bytes();
    }
  }
  EXPECT_EQ(steps.front(), Arena::kFirstChunkBytes);
  EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end()));
  EXPECT_EQ(steps.back(), Arena::kChunkBytesMax);
}

TEST(Arena, makes_objects_with_their_arguments_and_alignment) {
  struct alignas(64) Wide {
    int number;
  };
  Arena arena;
  arena.allocate(1, 1);
  const Wide* wide = arena.make<Wide>(7);
  EXPECT_EQ(wide->number, 7);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide) % 64, 0u);
}

TEST(Arena, addresses_leave_the_upper_sixteen_bits_free) {
  Arena arena;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(arena.allocate(8192, 8)) >> 48, 0u);
  }
}

TEST(ArenaDeathTest, refuses_more_than_an_allocation_may_have) {
  Arena arena;
  EXPECT_DEATH(arena.allocate(Arena::kFirstChunkBytes + 1, 8), "kAllocationBytesMax");
}

}  // namespace
}  // namespace quartz::storage
