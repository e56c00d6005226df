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

// So many that wide ranges are found without going through them: with one value a slot, then with
// several for a while, then with most removed; values that come in order, in none, and often.
TEST(OrderedPostings, wide_ranges_are_right_while_slots_and_values_come_and_go) {
  constexpr Slot kSlots = 12'000;
  for (const std::int64_t values : {100, 5000, 1'000'000}) {
    Random random(5);
    OrderedPostings<std::int64_t> postings;
    Pairs expected;
    const auto value_of = [&](Slot slot) {
      return slot % 3 == 0
                 ? std::int64_t{slot} * values / kSlots
                 : static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(values)));
    };
    const auto expect_ranges = [&] {
      expect_equal(postings, expected, {-10, values + 10});
      for (int i = 0; i < 5; ++i) {
        const auto first =
            static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(values)));
        expect_equal(postings, expected, {first, first + values / 2});
        expect_equal(postings, expected, {first - values / 2, first});
      }
    };
    for (Slot slot = 0; slot < kSlots; ++slot) {
      const std::int64_t value = value_of(slot);
      ASSERT_TRUE(postings.add(value, slot));
      expected.emplace(value, slot);
      if (slot % 3000 == 0) expect_ranges();
    }
    expect_ranges();
    ASSERT_TRUE(postings.add(values + 5, 77));
    expected.emplace(values + 5, 77);
    expect_ranges();
    ASSERT_TRUE(postings.remove(values + 5, 77));
    expected.erase({values + 5, 77});
    expect_ranges();
    while (expected.size() > 10) {
      auto victim = expected.lower_bound(
          {static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(values))), 0});
      if (victim == expected.end()) victim = expected.begin();
      ASSERT_TRUE(postings.remove(victim->first, victim->second));
      expected.erase(victim);
      if (expected.size() % 3000 == 0) expect_ranges();
    }
    expect_ranges();
  }
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
