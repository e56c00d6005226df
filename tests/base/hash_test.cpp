#include "base/hash.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz {
namespace {

std::string random_key(Random& random, std::size_t size) {
  std::string key(size, '\0');
  for (char& c : key) c = static_cast<char>(random.next());
  return key;
}

TEST(Hash, equal_keys_hash_equal_wherever_they_lie) {
  Random random(1);
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string key = random_key(random, size);
    const std::string moved = "x" + key;
    EXPECT_EQ(hash_key(key, 5), hash_key(std::string_view(moved).substr(1), 5)) << size;
  }
}

TEST(Hash, the_seed_tells_equal_keys_apart) {
  Random random(2);
  for (std::size_t size = 0; size < 100; ++size) {
    const std::string key = random_key(random, size);
    EXPECT_NE(hash_key(key, 1), hash_key(key, 2)) << size;
  }
}

TEST(Hash, keys_of_zero_bytes_differ_by_their_length) {
  std::unordered_set<std::uint64_t> hashes;
  for (std::size_t size = 0; size < 300; ++size)
    hashes.insert(hash_key(std::string(size, '\0'), 0));
  EXPECT_EQ(hashes.size(), 300u);
}

// A good hash changes each output bit with probability one half when one input bit changes.
TEST(Hash, one_changed_bit_changes_half_of_the_hash) {
  Random random(3);
  for (const std::size_t size : {2u, 3u, 4u, 7u, 8u, 12u, 16u, 17u, 32u, 64u, 65u, 150u}) {
    std::array<int, 64> flips{};
    for (int trial = 0; trial < 4000; ++trial) {
      std::string key = random_key(random, size);
      const std::uint64_t before = hash_key(key, 9);
      const std::size_t bit = random.below(size * 8);
      key[bit / 8] = static_cast<char>(key[bit / 8] ^ (1 << (bit % 8)));
      const std::uint64_t changed = before ^ hash_key(key, 9);
      for (std::size_t i = 0; i < 64; ++i) flips[i] += static_cast<int>((changed >> i) & 1);
    }
    // The standard deviation is 32; seven of them, since there are 64 bits times twelve sizes.
    for (const int count : flips) EXPECT_NEAR(count, 2000, 220) << "size " << size;
  }
}

// The keys that stores really see: a counter in text or in bytes, at low or high positions.
TEST(Hash, counting_keys_spread_evenly_over_a_table) {
  constexpr std::size_t kSlots = 1024;
  constexpr std::size_t kKeys = 64 * kSlots;
  for (int form = 0; form < 4; ++form) {
    std::vector<int> low(kSlots);
    std::vector<int> high(kSlots);
    for (std::size_t i = 0; i < kKeys; ++i) {
      std::string key = std::to_string(i);
      if (form == 1) key.insert(0, 16 - key.size(), '0');
      if (form == 2) key = "customer/orders/2024/" + key;
      if (form == 3) key = std::string(reinterpret_cast<const char*>(&i), sizeof(i));
      const std::uint64_t hash = hash_key(key, 0);
      ++low[hash % kSlots];
      ++high[hash >> 54];
    }
    // 64 to a slot on average, standard deviation 8: none is empty and none holds twice as many.
    for (const auto& slots : {low, high}) {
      EXPECT_GT(*std::min_element(slots.begin(), slots.end()), 16) << "form " << form;
      EXPECT_LT(*std::max_element(slots.begin(), slots.end()), 128) << "form " << form;
    }
  }
}

TEST(Hash, a_million_counting_keys_do_not_collide) {
  std::unordered_set<std::uint64_t> hashes;
  hashes.reserve(1'000'000);
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    const std::array<std::uint64_t, 2> words{i, i * i};
    hashes.insert(hash_key({reinterpret_cast<const char*>(words.data()), 16}, 42));
  }
  EXPECT_EQ(hashes.size(), 1'000'000u);
}

}  // namespace
}  // namespace quartz
