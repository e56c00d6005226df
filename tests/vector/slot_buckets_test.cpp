#include "vector/slot_buckets.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::vector {
namespace {

bool is_set(const std::vector<std::uint64_t>& bits, std::size_t at) {
  return (bits[at / 64] >> (at % 64) & 1) != 0;
}

TEST(SlotBuckets, bits_are_set_for_the_bytes_of_a_range_of_any_width) {
  Random random(1);
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 200U, 1000U}) {
    std::vector<std::uint8_t> bytes(size);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
    for (const auto& [first, last] : std::vector<std::pair<int, int>>{
             {0, 0}, {0, 255}, {1, 1}, {2, 127}, {100, 200}, {128, 254}, {255, 255}}) {
      std::vector<std::uint64_t> bits(size / 64 + 1);
      set_bits_between(bytes, static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(last),
                       bits);
      for (std::size_t i = 0; i < size; ++i) {
        ASSERT_EQ(is_set(bits, i), bytes[i] >= first && bytes[i] <= last) << i;
      }
    }
  }
}

TEST(SlotBuckets, bits_that_were_set_stay) {
  const std::vector<std::uint8_t> bytes(70, 9);
  std::vector<std::uint64_t> bits = {5, 1};
  set_bits_between(bytes, 1, 8, bits);
  EXPECT_EQ(bits, (std::vector<std::uint64_t>{5, 1}));
}

TEST(SlotBuckets, know_the_value_of_each_slot_only_while_it_is_the_only_one) {
  SlotBuckets<int> buckets;
  buckets.add(5, 0);
  buckets.add(7, 1);
  EXPECT_TRUE(buckets.is_complete(2));
  buckets.add(8, 1);
  EXPECT_FALSE(buckets.is_complete(3));
  buckets.remove(1);
  EXPECT_FALSE(buckets.is_complete(2));
  buckets.remove(1);
  EXPECT_TRUE(buckets.is_complete(1));
  buckets.remove(1'000'000);
  EXPECT_TRUE(buckets.is_complete(1));
}

TEST(SlotBuckets, are_of_about_equal_size_and_in_order_once_they_are_made) {
  constexpr Slot kCount = 10'000;
  SlotBuckets<int> buckets;
  std::vector<SlotPostings> postings(kCount);
  for (Slot slot = 0; slot < kCount; ++slot) {
    buckets.add(static_cast<int>(slot), slot);
    postings[slot].add(slot);
  }
  EXPECT_TRUE(buckets.is_stale());
  buckets.remake(kCount, [&](const auto& take) {
    for (Slot slot = 0; slot < kCount; ++slot) take(static_cast<int>(slot), postings[slot]);
  });
  EXPECT_FALSE(buckets.is_stale());
  EXPECT_TRUE(buckets.is_complete(kCount));
  const auto firsts = buckets.firsts();
  ASSERT_GE(firsts.size(), 200u);
  for (std::size_t i = 0; i + 1 < firsts.size(); ++i) {
    EXPECT_GE(firsts[i + 1] - firsts[i], 40);
    EXPECT_LE(firsts[i + 1] - firsts[i], 50);
  }
  std::vector<std::uint64_t> bits(kCount / 64 + 1);
  buckets.set_bits(10, 20, bits);
  for (Slot slot = 0; slot < kCount; ++slot) {
    const auto value = static_cast<int>(slot);
    EXPECT_EQ(is_set(bits, slot), value >= firsts[10] && value < firsts[20]);
  }
}

}  // namespace
}  // namespace quartz::vector
