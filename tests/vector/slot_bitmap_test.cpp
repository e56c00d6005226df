#include "vector/slot_bitmap.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/random.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::set<Slot> random_slots(Random& random, std::size_t count, Slot bound) {
  std::set<Slot> slots;
  for (std::size_t i = 0; i < count; ++i) slots.insert(static_cast<Slot>(random.below(bound)));
  return slots;
}

SlotBitmap bitmap_of(const std::set<Slot>& slots) {
  return SlotBitmap::of(std::vector<Slot>(slots.begin(), slots.end()));
}

std::vector<Slot> vector_of(const std::set<Slot>& slots) { return {slots.begin(), slots.end()}; }

TEST(SlotBitmap, is_made_of_slots_in_any_order) {
  EXPECT_THAT(SlotBitmap::of({5, 1, 5, 4'000'000'000u, 3}).to_vector(),
              ElementsAre(1, 3, 5, 4'000'000'000u));
  EXPECT_THAT(SlotBitmap::of({}).to_vector(), IsEmpty());
  // Few and far between they are sorted one way, many and close another.
  Random random(1);
  for (const Slot bound : {50'000u, 2'000'000u, 4'000'000'000u}) {
    const auto slots = random_slots(random, 20'000, bound);
    auto shuffled = vector_of(slots);
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    EXPECT_EQ(SlotBitmap::of(shuffled).to_vector(), vector_of(slots));
  }
}

TEST(SlotBitmap, ranges_end_before_their_end) {
  EXPECT_THAT(SlotBitmap::range(3, 6).to_vector(), ElementsAre(3, 4, 5));
  EXPECT_TRUE(SlotBitmap::range(3, 3).empty());
  const auto all = SlotBitmap::range(0, std::uint64_t{1} << 32);
  EXPECT_EQ(all.count(), std::uint64_t{1} << 32);
  EXPECT_TRUE(all.contains(0xFFFFFFFF));
}

TEST(SlotBitmap, slots_come_and_go) {
  SlotBitmap slots;
  EXPECT_TRUE(slots.empty());
  EXPECT_FALSE(slots.contains(7));
  EXPECT_FALSE(slots.remove(7));
  EXPECT_TRUE(slots.add(7));
  EXPECT_FALSE(slots.add(7));
  EXPECT_TRUE(slots.contains(7));
  EXPECT_EQ(slots.count(), 1u);
  EXPECT_GT(slots.bytes(), 0u);
  EXPECT_TRUE(slots.remove(7));
  EXPECT_TRUE(slots.empty());
  EXPECT_EQ(slots, SlotBitmap());
}

TEST(SlotBitmap, sets_combine_as_sets_do) {
  Random random(2);
  for (int round = 0; round < 50; ++round) {
    const auto a = random_slots(random, random.below(300), 500);
    const auto b = random_slots(random, random.below(300), 500);
    std::vector<Slot> expected;
    auto both = bitmap_of(a);
    std::ranges::set_intersection(a, b, std::back_inserter(expected));
    EXPECT_EQ((both &= bitmap_of(b)).to_vector(), std::exchange(expected, {}));
    auto either = bitmap_of(a);
    std::ranges::set_union(a, b, std::back_inserter(expected));
    EXPECT_EQ((either |= bitmap_of(b)).to_vector(), std::exchange(expected, {}));
    auto without = bitmap_of(a);
    std::ranges::set_difference(a, b, std::back_inserter(expected));
    EXPECT_EQ((without -= bitmap_of(b)).to_vector(), expected);
    EXPECT_EQ(without.empty(), without.count() == 0);
    EXPECT_EQ(bitmap_of(a) == bitmap_of(b), a == b);
  }
}

TEST(SlotBitmap, combines_with_itself_and_with_nothing) {
  const SlotBitmap some = SlotBitmap::of({1, 2});
  SlotBitmap slots = some;
  EXPECT_EQ(slots |= slots, some);
  EXPECT_EQ(slots &= slots, some);
  EXPECT_EQ(slots |= SlotBitmap(), some);
  EXPECT_EQ(slots -= SlotBitmap(), some);
  EXPECT_TRUE((SlotBitmap() &= some).empty());
  EXPECT_EQ(SlotBitmap() |= some, some);
  EXPECT_TRUE((slots -= slots).empty());
  slots = some;
  EXPECT_TRUE((slots &= SlotBitmap()).empty());
}

TEST(SlotBitmap, copies_are_independent) {
  SlotBitmap original = SlotBitmap::of({1, 2});
  SlotBitmap copy = original;
  copy.add(3);
  original = SlotBitmap(original);
  EXPECT_EQ(original.count(), 2u);
  original = copy;
  original.remove(1);
  EXPECT_THAT(copy.to_vector(), ElementsAre(1, 2, 3));
}

TEST(SlotBitmap, bits_are_set_as_far_as_there_are_words) {
  std::vector<std::uint64_t> words = {0, 0x10};
  SlotBitmap::of({0, 63, 64, 127, 128, 1'000'000}).set_bits(words);
  EXPECT_THAT(words, ElementsAre(0x8000000000000001u, 0x8000000000000011u));
  SlotBitmap().set_bits(words);
  EXPECT_THAT(words, ElementsAre(0x8000000000000001u, 0x8000000000000011u));
}

// Lists, bits and runs of any size, in containers that are the first, the last or missing.
TEST(SlotBitmap, becomes_bits_and_is_made_of_bits_again) {
  Random random(9);
  for (const Slot bound : {100U, 70'000U, 400'000U}) {
    for (const std::size_t count : {0U, 1U, 100U, 5000U, 60'000U, 300'000U}) {
      SlotBitmap slots = bitmap_of(random_slots(random, count, bound));
      if (random.one_in(2)) slots |= SlotBitmap::range(bound / 3, bound / 2);
      if (random.one_in(3)) slots -= SlotBitmap::range(65'536, 131'072);
      std::vector<std::uint64_t> words(bound / 64 + 1 + random.below(3));
      slots.set_bits(words);
      for (Slot slot = 0; slot < words.size() * 64; ++slot) {
        ASSERT_EQ((words[slot / 64] >> (slot % 64) & 1) != 0, slots.contains(slot)) << slot;
      }
      EXPECT_EQ(SlotBitmap::of_bits(words), slots) << bound << ' ' << count;
    }
  }
}

TEST(SlotBitmap, runs_set_the_bits_that_there_are_words_for) {
  for (const Slot begin : {0U, 1U, 63U, 64U, 100U, 65'535U}) {
    for (const Slot end : {101U, 128U, 65'537U, 1'000'000U}) {
      if (begin >= end) continue;
      std::vector<std::uint64_t> words(1030);
      SlotBitmap::range(begin, end).set_bits(words);
      for (Slot slot = 0; slot < words.size() * 64; ++slot) {
        ASSERT_EQ((words[slot / 64] >> (slot % 64) & 1) != 0, begin <= slot && slot < end);
      }
    }
  }
}

TEST(SlotBitmap, of_no_bits_is_empty) {
  EXPECT_TRUE(SlotBitmap::of_bits({}).empty());
  EXPECT_TRUE(SlotBitmap::of_bits(std::vector<std::uint64_t>(2000)).empty());
}

}  // namespace
}  // namespace quartz::vector
