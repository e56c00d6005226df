#include "vector/slot_bounds.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace quartz::vector {
namespace {

// Everything that can be known about whether two slots satisfy a condition.
std::vector<SlotBounds> all_bounds() {
  std::vector<SlotBounds> all;
  for (unsigned certain = 0; certain < 4; ++certain) {
    for (unsigned possible = 0; possible < 4; ++possible) {
      if ((certain & ~possible) != 0) continue;
      const auto slots = [](unsigned bits) {
        SlotBitmap set;
        if ((bits & 1) != 0) set.add(0);
        if ((bits & 2) != 0) set.add(1);
        return set;
      };
      all.push_back(SlotBounds::between(slots(certain), slots(possible)));
      if (certain == possible) all.push_back(SlotBounds::exactly(slots(certain)));
    }
  }
  return all;
}

// Whether a slot may satisfy the condition, and whether it may not.
bool may(const SlotBounds& bounds, Slot slot) { return bounds.possible().contains(slot); }
bool may_not(const SlotBounds& bounds, Slot slot) { return !bounds.certain().contains(slot); }

TEST(SlotBounds, combine_to_all_that_is_possible_and_to_nothing_else) {
  for (const SlotBounds& a : all_bounds()) {
    for (const SlotBounds& b : all_bounds()) {
      SlotBounds both = a;
      both &= b;
      SlotBounds either = a;
      either |= b;
      for (const Slot slot : {0u, 1u}) {
        EXPECT_EQ(may(both, slot), may(a, slot) && may(b, slot));
        EXPECT_EQ(may_not(both, slot), may_not(a, slot) || may_not(b, slot));
        EXPECT_EQ(may(either, slot), may(a, slot) || may(b, slot));
        EXPECT_EQ(may_not(either, slot), may_not(a, slot) && may_not(b, slot));
      }
      EXPECT_EQ(both.is_exact(), a.is_exact() && b.is_exact());
      EXPECT_EQ(either.is_exact(), a.is_exact() && b.is_exact());
    }
  }
}

TEST(SlotBounds, a_negation_may_where_the_condition_may_not) {
  const SlotBitmap all = SlotBitmap::range(0, 2);
  for (const SlotBounds& bounds : all_bounds()) {
    const SlotBounds negated = bounds.negated(all);
    for (const Slot slot : {0u, 1u}) {
      EXPECT_EQ(may(negated, slot), may_not(bounds, slot));
      EXPECT_EQ(may_not(negated, slot), may(bounds, slot));
    }
    EXPECT_EQ(negated.is_exact(), bounds.is_exact());
  }
}

TEST(SlotBounds, a_negation_stays_among_the_slots_that_there_are) {
  EXPECT_EQ(SlotBounds::exactly(SlotBitmap::of({1, 9})).negated(SlotBitmap::of({1, 2})).possible(),
            SlotBitmap::of({2}));
}

}  // namespace
}  // namespace quartz::vector
