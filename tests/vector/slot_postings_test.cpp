#include "vector/slot_postings.hpp"

#include <set>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "base/random.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Slot> slots_of(const SlotPostings& postings) {
  SlotUnion all;
  postings.add_to(all);
  return all.take().to_vector();
}

TEST(SlotPostings, slots_come_and_go) {
  SlotPostings postings;
  EXPECT_THAT(slots_of(postings), IsEmpty());
  EXPECT_FALSE(postings.remove(0));
  EXPECT_TRUE(postings.add(7));
  EXPECT_FALSE(postings.add(7));
  EXPECT_TRUE(postings.add(3));
  EXPECT_FALSE(postings.add(3));
  EXPECT_THAT(slots_of(postings), ElementsAre(3, 7));
  EXPECT_FALSE(postings.remove(5));
  EXPECT_TRUE(postings.remove(7));
  EXPECT_TRUE(postings.remove(3));
  EXPECT_TRUE(postings.empty());
}

TEST(SlotPostings, one_slot_takes_no_memory_beside_itself) {
  SlotPostings postings;
  postings.add(1);
  EXPECT_EQ(postings.bytes(), 0u);
  EXPECT_EQ(sizeof(SlotPostings), 16u);
  postings.add(2);
  EXPECT_EQ(postings.bytes(), 4 * sizeof(Slot));
}

// Back and forth over the counts at which the form changes.
TEST(SlotPostings, any_number_of_slots_is_kept_in_whatever_form) {
  Random random(3);
  SlotPostings postings;
  std::set<Slot> expected;
  for (const std::size_t target :
       {2u, 1u, 5u, 64u, 66u, 30u, 65u, 500u, 33u, 31u, 3u, 0u, 200u, 0u}) {
    while (expected.size() < target) {
      const auto slot = static_cast<Slot>(random.below(2000));
      ASSERT_EQ(postings.add(slot), expected.insert(slot).second);
    }
    while (expected.size() > target) {
      const auto slot = static_cast<Slot>(random.below(2000));
      ASSERT_EQ(postings.remove(slot), expected.erase(slot) == 1);
    }
    ASSERT_EQ(postings.count(), expected.size());
    ASSERT_EQ(slots_of(postings), std::vector<Slot>(expected.begin(), expected.end()));
  }
}

TEST(SlotPostings, move_in_each_form) {
  for (const std::size_t count : {0u, 1u, 10u, 100u}) {
    SlotPostings postings;
    for (Slot slot = 0; slot < count; ++slot) postings.add(slot);
    SlotPostings moved = std::move(postings);
    EXPECT_EQ(slots_of(moved).size(), count);
    SlotPostings assigned;
    for (Slot slot = 0; slot < 50; ++slot) assigned.add(slot);
    assigned = std::move(moved);
    EXPECT_EQ(assigned.count(), count);
    EXPECT_EQ(slots_of(assigned).size(), count);
  }
}

TEST(SlotUnion, joins_slots_arrays_and_bitmaps) {
  SlotUnion all;
  all.add(Slot{9});
  all.add(std::vector<Slot>{9, 1});
  all.add(SlotBitmap::of({5, 1}));
  EXPECT_THAT(all.take().to_vector(), ElementsAre(1, 5, 9));
  EXPECT_TRUE(all.take().empty());
}

TEST(SlotUnion, joins_bits_with_slots_within_and_behind_them) {
  SlotUnion all;
  all.bits(64)[0] = 0b1001;
  all.add(Slot{2});
  all.add(Slot{1'000'000});
  all.add(SlotBitmap::of({3, 70}));
  EXPECT_EQ(all.bits(100).size(), 2u);
  EXPECT_EQ(all.bits(10).size(), 2u);
  EXPECT_THAT(all.take().to_vector(), ElementsAre(0, 2, 3, 70, 1'000'000));
  EXPECT_TRUE(all.take().empty());
}

TEST(SlotPostings, visits_each_slot_in_each_of_its_forms) {
  SlotPostings slots;
  for (Slot count = 0; count < 200; ++count) {
    std::vector<Slot> visited;
    slots.for_each([&](Slot slot) { visited.push_back(slot); });
    ASSERT_EQ(visited.size(), count);
    for (Slot i = 0; i < count; ++i) ASSERT_EQ(visited[i], 3 * i);
    slots.add(3 * count);
  }
}

}  // namespace
}  // namespace quartz::vector
