#include "vector/slot_states.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using State = SlotStates::State;

TEST(SlotStates, restored_ones_are_as_they_were) {
  SlotStates states;
  const State before[] = {State::linked, State::free, State::removed, State::pending, State::free};
  ASSERT_THAT(states.restore(before), Succeeds());
  EXPECT_EQ(states.end(), 5u);
  EXPECT_EQ(states.live_count(), 2u);
  EXPECT_TRUE(states.linked(0));
  EXPECT_FALSE(states.live(1));
  EXPECT_TRUE(states.removed(2));
  EXPECT_TRUE(states.live(3));
  EXPECT_FALSE(states.linked(3));
}

TEST(SlotStates, restored_ones_give_their_free_slots_lowest_first_and_then_new_ones) {
  SlotStates states;
  const State before[] = {State::free, State::linked, State::free};
  ASSERT_THAT(states.restore(before), Succeeds());
  for (const Slot slot : {0u, 2u, 3u}) EXPECT_EQ(states.take().value(), slot);
}

TEST(SlotStates, restored_ones_give_their_removed_slots_once) {
  SlotStates states;
  const State before[] = {State::removed, State::linked, State::removed};
  ASSERT_THAT(states.restore(before), Succeeds());
  EXPECT_THAT(states.take_removed(), testing::UnorderedElementsAre(0, 2));
  EXPECT_THAT(states.take_removed(), IsEmpty());
  states.remove(1);
  EXPECT_EQ(states.live_count(), 0u);
  EXPECT_THAT(states.take_removed(), ElementsAre(1));
}

TEST(SlotStates, restored_from_nothing_are_empty) {
  SlotStates states;
  ASSERT_THAT(states.restore({}), Succeeds());
  EXPECT_EQ(states.end(), 0u);
  EXPECT_EQ(states.take().value(), Slot{0});
}

}  // namespace
}  // namespace quartz::vector
