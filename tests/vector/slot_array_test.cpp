#include "vector/slot_array.hpp"

#include <cstdint>

#include <gtest/gtest.h>

#include "support/result_matchers.hpp"

namespace quartz::vector {
namespace {

TEST(SlotArray, gives_zeroed_elements_that_stay_where_they_are) {
  SlotArray array(100, 64);
  EXPECT_EQ(array.capacity(), 0u);
  ASSERT_THAT(array.grow(1), Succeeds());
  EXPECT_EQ(array.stride(), 128u);
  std::byte* const first = array.at(0);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first) % 64, 0u);
  EXPECT_EQ(first[99], std::byte{0});
  first[99] = std::byte{7};
  ASSERT_THAT(array.grow(3 * SlotArray::kChunkSlots + 1), Succeeds());
  EXPECT_EQ(array.at(0), first);
  EXPECT_EQ(array.at(0)[99], std::byte{7});
  EXPECT_EQ(array.capacity(), 4 * SlotArray::kChunkSlots);
  EXPECT_EQ(array.at(3 * SlotArray::kChunkSlots)[0], std::byte{0});
}

TEST(SlotArray, that_is_large_enough_does_not_grow) {
  SlotArray array(8, 8);
  ASSERT_THAT(array.grow(10), Succeeds());
  const std::size_t bytes = array.bytes();
  ASSERT_THAT(array.grow(5), Succeeds());
  EXPECT_EQ(array.bytes(), bytes);
}

}  // namespace
}  // namespace quartz::vector
