#include "vector/exact_search.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

// Slots at a distance that is written down for each.
struct ListedSpace {
  std::vector<float> distances;

  float distance(const std::byte* /*target*/, Slot slot) const noexcept { return distances[slot]; }
  void prefetch(Slot /*slot*/) const noexcept {}
};

std::vector<Slot> in_pool(const CandidatePool& pool) {
  std::vector<Slot> found;
  for (std::size_t i = 0; i < pool.size(); ++i) found.push_back(pool[i].slot);
  return found;
}

TEST(ExactSearch, finds_the_nearest_of_the_given_slots_in_order) {
  const ListedSpace space{{5, 1, 4, 0, 3}};
  CandidatePool pool;
  exact_search(space, nullptr, std::vector<Slot>{0, 1, 2, 4}, 3, pool);
  EXPECT_THAT(in_pool(pool), ElementsAre(1, 4, 2));
  EXPECT_EQ(pool[0].distance, 1);
}

TEST(ExactSearch, finds_fewer_where_there_are_fewer) {
  const ListedSpace space{{2, 1}};
  CandidatePool pool;
  exact_search(space, nullptr, std::vector<Slot>{0, 1}, 10, pool);
  EXPECT_THAT(in_pool(pool), ElementsAre(1, 0));
  exact_search(space, nullptr, {}, 10, pool);
  EXPECT_EQ(pool.size(), 0u);
}

TEST(ExactSearch, agrees_with_a_sort_for_any_number_of_slots) {
  Random random(1);
  for (std::size_t count = 0; count < 100; ++count) {
    ListedSpace space;
    std::vector<Slot> slots;
    for (Slot slot = 0; slot < count; ++slot) {
      space.distances.push_back(static_cast<float>(random.below(1'000'000)));
      slots.push_back(slot);
    }
    CandidatePool pool;
    exact_search(space, nullptr, slots, 10, pool);
    std::ranges::sort(slots, {}, [&](Slot slot) { return space.distances[slot]; });
    if (slots.size() > 10) slots.resize(10);
    EXPECT_THAT(in_pool(pool), ElementsAreArray(slots));
  }
}

TEST(ExactSearch, leaves_out_what_does_not_match_and_asks_no_more_than_it_must) {
  ListedSpace space;
  std::vector<Slot> slots;
  for (Slot slot = 0; slot < 1000; ++slot) {
    space.distances.push_back(static_cast<float>(slot));
    slots.push_back(slot);
  }
  std::size_t asked = 0;
  const auto is_even = [&](Slot slot) {
    ++asked;
    return slot % 2 == 0;
  };
  CandidatePool pool;
  exact_search(space, nullptr, slots, 3, pool, is_even);
  EXPECT_THAT(in_pool(pool), ElementsAre(0, 2, 4));
  // The five up to the third that matches; all others are too far.
  EXPECT_EQ(asked, 5u);
}

}  // namespace
}  // namespace quartz::vector
