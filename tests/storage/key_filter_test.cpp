#include "storage/key_filter.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/random.hpp"

namespace quartz::storage {
namespace {

std::vector<std::uint64_t> random_hashes(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::uint64_t> hashes(count);
  for (std::uint64_t& hash : hashes) hash = random.next();
  return hashes;
}

TEST(KeyFilter, may_contain_every_key_that_it_was_built_of) {
  for (const std::size_t count : {1u, 31u, 32u, 33u, 1000u, 100'000u}) {
    const auto hashes = random_hashes(count, count);
    const std::string bits = KeyFilter::build(hashes);
    const KeyFilter filter(bits);
    for (const std::uint64_t hash : hashes) ASSERT_TRUE(filter.may_contain(hash)) << count;
  }
}

TEST(KeyFilter, takes_two_bytes_for_each_key_and_knows_all_but_two_in_a_thousand_absent_ones) {
  const std::string bits = KeyFilter::build(random_hashes(100'000, 1));
  EXPECT_EQ(bits.size(), 200'000u);
  const KeyFilter filter(bits);
  std::size_t mistaken = 0;
  for (const std::uint64_t hash : random_hashes(100'000, 2)) {
    mistaken += filter.may_contain(hash) ? 1u : 0u;
  }
  EXPECT_LT(mistaken, 200u);
  EXPECT_GT(mistaken, 0u);
}

TEST(KeyFilter, of_no_keys_contains_none) {
  const std::string bits = KeyFilter::build({});
  const KeyFilter filter(bits);
  for (const std::uint64_t hash : random_hashes(1000, 3)) EXPECT_FALSE(filter.may_contain(hash));
}

TEST(KeyFilter, that_is_missing_or_of_another_form_knows_nothing) {
  EXPECT_TRUE(KeyFilter().may_contain(1));
  EXPECT_TRUE(KeyFilter("").may_contain(1));
  EXPECT_TRUE(KeyFilter(std::string(33, '\0')).may_contain(1));
  KeyFilter().prefetch(1);
}

// Filters are stored: one that was built years ago must still be understood.
TEST(KeyFilter, bits_and_hashes_stay_what_they_are) {
  EXPECT_EQ(hash_key("", 0), 7935983456743765902u);
  EXPECT_EQ(hash_key("a", 0), 14875528049677161047u);
  EXPECT_EQ(hash_key("abcde", 1), 15801028754823865712u);
  EXPECT_EQ(hash_key("0123456789abcdef", 7), 98150667416629551u);
  EXPECT_EQ(hash_key("a key of more than sixteen bytes", 0), 15444772704589607404u);
  EXPECT_EQ(hash_key(std::string(100, 'x'), 42), 15858602392522850991u);
  const std::vector<std::uint64_t> hashes = {0x0123456789ABCDEF, 0xFEDCBA9876543210};
  std::string digits;
  for (const char byte : KeyFilter::build(hashes)) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    digits += kDigits[static_cast<unsigned char>(byte) >> 4];
    digits += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  EXPECT_EQ(digits, "1000040010000800000001400000900010200000000401000010008000000009");
}

}  // namespace
}  // namespace quartz::storage
