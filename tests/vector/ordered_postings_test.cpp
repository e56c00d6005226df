#include "vector/ordered_postings.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::vector {
namespace {

// The values in [first, end).
struct Range {
  std::int64_t first;
  std::int64_t end;

  auto before() const {
    return [value = first](std::int64_t key) { return key < value; };
  }
  auto not_past() const {
    return [value = end](std::int64_t key) { return key < value; };
  }
};

using Pairs = std::set<std::pair<std::int64_t, Slot>>;

void expect_equal(const OrderedPostings<std::int64_t>& postings, const Pairs& expected,
                  const Range& range) {
  std::uint64_t count = 0;
  std::set<Slot> slots;
  for (const auto& [value, slot] : expected) {
    if (value < range.first || value >= range.end) continue;
    ++count;
    slots.insert(slot);
  }
  ASSERT_EQ(postings.count(range.before(), range.not_past()), count);
  SlotUnion found;
  postings.collect(range.before(), range.not_past(), found);
  ASSERT_EQ(found.take().to_vector(), std::vector<Slot>(slots.begin(), slots.end()));
}

TEST(OrderedPostings, without_values_no_range_has_slots) {
  OrderedPostings<std::int64_t> postings;
  expect_equal(postings, {}, {-100, 100});
  EXPECT_FALSE(postings.remove(1, 1));
  EXPECT_EQ(postings.count(), 0u);
}

TEST(OrderedPostings, a_slot_has_a_value_once) {
  OrderedPostings<std::int64_t> postings;
  EXPECT_TRUE(postings.add(5, 1));
  EXPECT_FALSE(postings.add(5, 1));
  EXPECT_TRUE(postings.add(5, 2));
  EXPECT_TRUE(postings.add(6, 1));
  EXPECT_EQ(postings.count(), 3u);
  expect_equal(postings, {{5, 1}, {5, 2}, {6, 1}}, {5, 6});
  EXPECT_FALSE(postings.remove(6, 2));
  EXPECT_TRUE(postings.remove(5, 1));
  expect_equal(postings, {{5, 2}, {6, 1}}, {0, 10});
}

// Ascending, descending and shuffled, so that blocks are cut at either end and in the middle, and
// joined again when most values are gone.
TEST(OrderedPostings, ranges_are_right_while_blocks_are_cut_and_joined) {
  Random random(4);
  OrderedPostings<std::int64_t> postings;
  Pairs expected;
  const auto random_range = [&] {
    const auto first = static_cast<std::int64_t>(random.below(6000)) - 500;
    return Range{first,
                 first + static_cast<std::int64_t>(random.below(random.one_in(2) ? 50 : 5000))};
  };
  for (const int phase : {0, 1, 2, 3}) {
    for (int i = 0; i < 5000; ++i) {
      std::int64_t value = static_cast<std::int64_t>(random.below(5000));
      if (phase == 0) value = i;
      if (phase == 1) value = 5000 - i;
      const auto slot = static_cast<Slot>(random.below(1000));
      if (phase < 3) {
        ASSERT_EQ(postings.add(value, slot), expected.emplace(value, slot).second);
      } else {
        for (int victims = 0; victims < 4 && !expected.empty(); ++victims) {
          auto victim = expected.lower_bound({value, slot});
          if (victim == expected.end()) victim = expected.begin();
          ASSERT_TRUE(postings.remove(victim->first, victim->second));
          expected.erase(victim);
        }
      }
      if (i % 500 == 0) expect_equal(postings, expected, random_range());
    }
    ASSERT_EQ(postings.count(), expected.size());
    expect_equal(postings, expected, {-1000, 10'000});
    for (int i = 0; i < 20; ++i) expect_equal(postings, expected, random_range());
  }
  EXPECT_TRUE(expected.empty());
}

TEST(OrderedPostings, texts_are_looked_up_without_being_copied) {
  OrderedPostings<std::string> postings;
  for (int i = 0; i < 1000; ++i) postings.add(std::string_view("key" + std::to_string(i)), 1);
  const auto before = [](std::string_view key) { return key < "key99"; };
  const auto not_past = [](std::string_view key) { return key < "key990" || key == "key990"; };
  EXPECT_EQ(postings.count(before, not_past), 2u);
  EXPECT_TRUE(postings.remove(std::string_view("key99"), 1));
  EXPECT_EQ(postings.count(before, not_past), 1u);
}

TEST(OrderedPostings, unique_integers_take_less_than_fifty_bytes_each) {
  OrderedPostings<std::int64_t> postings;
  for (Slot slot = 0; slot < 100'000; ++slot) postings.add(std::int64_t{slot} * 7, slot);
  EXPECT_LT(postings.bytes(), 100'000u * 50);
}

}  // namespace
}  // namespace quartz::vector
