#include "client/deadline_queue.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::client {
namespace {

using testing::ElementsAre;
using Clock = DeadlineQueue::Clock;

Clock::time_point at(int milliseconds) {
  return Clock::time_point(std::chrono::milliseconds(milliseconds));
}

class Numbered : public DeadlineQueue::Entry {
 public:
  Numbered(std::vector<int>& due, int number) : due_(due), number_(number) {}
  void due() override { due_.push_back(number_); }

 private:
  std::vector<int>& due_;
  const int number_;
};

class DeadlineQueues : public testing::Test {
 protected:
  void call_due(int now) {
    while (DeadlineQueue::Entry* const entry = queue_.take_due(at(now))) entry->due();
  }

  std::vector<int> due_;
  Numbered one_{due_, 1};
  Numbered two_{due_, 2};
  Numbered three_{due_, 3};
  DeadlineQueue queue_;
};

TEST_F(DeadlineQueues, give_entries_in_the_order_of_their_moments) {
  queue_.add(two_, at(20));
  queue_.add(three_, at(30));
  queue_.add(one_, at(10));
  EXPECT_EQ(queue_.earliest(), at(10));
  call_due(9);
  EXPECT_THAT(due_, ElementsAre());
  call_due(20);
  EXPECT_THAT(due_, ElementsAre(1, 2));
  EXPECT_FALSE(one_.queued());
  EXPECT_TRUE(three_.queued());
  call_due(1000);
  EXPECT_THAT(due_, ElementsAre(1, 2, 3));
  EXPECT_EQ(queue_.earliest(), std::nullopt);
}

TEST_F(DeadlineQueues, forget_what_was_removed) {
  queue_.add(one_, at(10));
  queue_.add(two_, at(20));
  queue_.remove(one_);
  queue_.remove(three_);  // It never was in.
  call_due(100);
  EXPECT_THAT(due_, ElementsAre(2));
  queue_.add(one_, at(5));
  queue_.clear();
  EXPECT_FALSE(one_.queued());
  call_due(100);
  EXPECT_THAT(due_, ElementsAre(2));
}

TEST_F(DeadlineQueues, move_what_is_added_again) {
  queue_.add(one_, at(10));
  queue_.add(two_, at(20));
  queue_.add(one_, at(30));
  EXPECT_EQ(queue_.size(), 2u);
  call_due(100);
  EXPECT_THAT(due_, ElementsAre(2, 1));
}

TEST_F(DeadlineQueues, agree_with_a_sorted_list_whatever_is_done) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    DeadlineQueue queue;
    std::vector<int> called;
    std::vector<std::unique_ptr<Numbered>> entries;
    std::vector<std::optional<int>> expected(40);
    for (int i = 0; i < 40; ++i) entries.push_back(std::make_unique<Numbered>(called, i));
    for (int step = 0; step < 400; ++step) {
      const auto which = static_cast<std::size_t>(random.below(entries.size()));
      if (random.one_in(3)) {
        queue.remove(*entries[which]);
        expected[which].reset();
      } else {
        const int when = static_cast<int>(random.below(1000));
        queue.add(*entries[which], at(when));
        expected[which] = when;
      }
      const auto earliest = std::ranges::min_element(
          expected, {}, [](const auto& when) { return when.value_or(1001); });
      ASSERT_EQ(queue.earliest(),
                earliest->has_value() ? std::optional(at(**earliest)) : std::nullopt)
          << "seed " << seed << " step " << step;
    }
    while (DeadlineQueue::Entry* const entry = queue.take_due(at(2000))) entry->due();
    ASSERT_TRUE(std::ranges::is_sorted(
        called, {}, [&](int number) { return *expected[static_cast<std::size_t>(number)]; }))
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace quartz::client
