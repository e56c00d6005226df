#include "vector/pending_tail.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/epoch.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<Slot> slots_of(const PendingTail& tail) {
  const EpochGuard guard;
  std::vector<Slot> slots;
  tail.for_each([&](Slot slot) { slots.push_back(slot); });
  return slots;
}

TEST(PendingTail, shows_an_element_until_it_is_finished_and_not_only_until_it_is_taken) {
  PendingTail tail;
  EXPECT_FALSE(tail.take().has_value());
  tail.append(7);
  tail.append(8);
  const auto taken = tail.take();
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->slot, 7u);
  EXPECT_THAT(slots_of(tail), ElementsAre(7, 8));
  tail.finish(*taken);
  EXPECT_THAT(slots_of(tail), ElementsAre(8));
  EXPECT_EQ(tail.size(), 1u);
}

TEST(PendingTail, gives_elements_in_their_order_whatever_is_finished_first) {
  PendingTail tail;
  for (Slot slot = 0; slot < 3000; ++slot) tail.append(slot);
  std::vector<PendingTail::Taken> taken;
  for (Slot slot = 0; slot < 3000; ++slot) {
    taken.push_back(tail.take().value());
    EXPECT_EQ(taken.back().slot, slot);
  }
  EXPECT_FALSE(tail.take().has_value());
  for (std::size_t i = taken.size(); i-- > 0;) tail.finish(taken[i]);
  EXPECT_THAT(slots_of(tail), IsEmpty());
  EXPECT_EQ(tail.size(), 0u);
  tail.append(9);
  EXPECT_EQ(tail.take().value().slot, 9u);
}

TEST(PendingTail, hides_nothing_from_readers_beside_those_who_append_and_finish) {
  constexpr Slot kCount = 20'000;
  PendingTail tail;
  // Counts up behind what is finished: whatever is not below it must be seen.
  std::atomic<Slot> finished{0};
  std::atomic<Slot> appended{0};
  std::thread writer([&] {
    for (Slot slot = 0; slot < kCount; ++slot) {
      tail.append(slot);
      appended.store(slot + 1);
    }
  });
  std::thread worker([&] {
    for (Slot slot = 0; slot < kCount;) {
      const auto taken = tail.take();
      if (!taken) continue;
      EXPECT_EQ(taken->slot, slot);
      finished.store(++slot);
      tail.finish(*taken);
    }
  });
  while (finished.load() < kCount) {
    const Slot last = appended.load();
    std::vector<bool> seen(kCount, false);
    for (const Slot slot : slots_of(tail)) seen[slot] = true;
    for (Slot slot = finished.load(); slot < last; ++slot) EXPECT_TRUE(seen[slot]) << slot;
  }
  writer.join();
  worker.join();
}

}  // namespace
}  // namespace quartz::vector
