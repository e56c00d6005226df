#include "vector/slot_bits.hpp"

#include <gtest/gtest.h>

namespace quartz::vector {
namespace {

TEST(SlotBits, contains_what_was_added_and_nothing_else) {
  SlotBits bits;
  bits.reset(200);
  bits.add(Slot{3});
  bits.add(SlotBitmap::of({64, 199}));
  for (Slot slot = 0; slot < 200; ++slot) {
    EXPECT_EQ(bits.contains(slot), slot == 3 || slot == 64 || slot == 199) << slot;
  }
}

TEST(SlotBits, contains_no_slot_that_it_has_no_room_for) {
  SlotBits bits;
  EXPECT_FALSE(bits.contains(0));
  bits.reset(64);
  bits.add(SlotBitmap::range(0, 1000));
  EXPECT_TRUE(bits.contains(63));
  EXPECT_FALSE(bits.contains(64));
  EXPECT_FALSE(bits.contains(kNoSlot));
}

TEST(SlotBits, is_empty_again_after_a_reset) {
  SlotBits bits;
  bits.reset(1000);
  bits.add(SlotBitmap::range(0, 1000));
  bits.reset(100);
  for (Slot slot = 0; slot < 1000; ++slot) EXPECT_FALSE(bits.contains(slot));
}

}  // namespace
}  // namespace quartz::vector
