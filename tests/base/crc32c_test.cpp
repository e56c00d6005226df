#include "base/crc32c.hpp"

#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "base/coding.hpp"
#include "base/random.hpp"

namespace quartz {
namespace {

using Bytes = std::vector<std::byte>;

Bytes random_bytes(std::size_t size, std::uint64_t seed) {
  Random random(seed);
  Bytes bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next());
  return bytes;
}

// One bit at a time, straight from the definition: the judge of both faster forms.
std::uint32_t crc32c_by_definition(std::span<const std::byte> bytes) {
  std::uint32_t crc = ~std::uint32_t{0};
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0);
  }
  return ~crc;
}

// The examples of RFC 3720, appendix B.4, and the usual check value.
TEST(Crc32c, known_inputs_have_their_known_sums) {
  const Bytes zeros(32, std::byte{0x00});
  const Bytes ones(32, std::byte{0xFF});
  Bytes ascending(32);
  Bytes descending(32);
  for (std::size_t i = 0; i < 32; ++i) {
    ascending[i] = static_cast<std::byte>(i);
    descending[31 - i] = static_cast<std::byte>(i);
  }
  for (const auto function : {&crc32c, &crc32c_portable}) {
    EXPECT_EQ(function(zeros, 0), 0x8A9136AAu);
    EXPECT_EQ(function(ones, 0), 0x62A8AB43u);
    EXPECT_EQ(function(ascending, 0), 0x46DD794Eu);
    EXPECT_EQ(function(descending, 0), 0x113FDB5Cu);
    EXPECT_EQ(function(as_bytes("123456789"), 0), 0xE3069283u);
  }
}

TEST(Crc32c, nothing_leaves_the_seed_as_it_is) {
  EXPECT_EQ(crc32c({}), 0u);
  EXPECT_EQ(crc32c({}, 1234), 1234u);
  EXPECT_EQ(crc32c_portable({}, 1234), 1234u);
}

TEST(Crc32c, every_short_length_at_every_alignment_matches_the_definition) {
  const Bytes bytes = random_bytes(400, 1);
  for (std::size_t offset = 0; offset < 8; ++offset) {
    for (std::size_t size = 0; size < 300; ++size) {
      const auto part = std::span(bytes).subspan(offset, size);
      const std::uint32_t expected = crc32c_by_definition(part);
      ASSERT_EQ(crc32c(part), expected) << "offset " << offset << ", size " << size;
      ASSERT_EQ(crc32c_portable(part), expected) << "offset " << offset << ", size " << size;
    }
  }
}

// Lanes are longest at 3072 bytes, so that lengths around its multiples take every path.
TEST(Crc32c, long_inputs_give_the_same_sum_with_and_without_the_instruction) {
  const Bytes bytes = random_bytes(3 * 3072 + 200, 2);
  Random random(3);
  for (std::size_t size = 3000; size < 3200; ++size) {
    const auto part = std::span(bytes).subspan(random.below(9), size);
    ASSERT_EQ(crc32c(part), crc32c_portable(part)) << "size " << size;
  }
  for (int i = 0; i < 500; ++i) {
    const std::size_t size = random.below(bytes.size() - 8);
    const auto part = std::span(bytes).subspan(random.below(9), size);
    const auto seed = static_cast<std::uint32_t>(random.next());
    ASSERT_EQ(crc32c(part, seed), crc32c_portable(part, seed)) << "size " << size;
  }
}

TEST(Crc32c, a_sum_continues_over_any_split) {
  const Bytes bytes = random_bytes(500, 4);
  const std::uint32_t whole = crc32c(bytes);
  for (std::size_t split = 0; split <= bytes.size(); ++split) {
    const auto first = std::span(bytes).first(split);
    const auto rest = std::span(bytes).subspan(split);
    ASSERT_EQ(crc32c(rest, crc32c(first)), whole) << "split at " << split;
    ASSERT_EQ(crc32c_portable(rest, crc32c(first)), whole) << "split at " << split;
  }
}

TEST(Crc32c, every_single_bit_flip_changes_the_sum) {
  Bytes bytes = random_bytes(150, 5);
  const std::uint32_t intact = crc32c(bytes);
  for (std::byte& byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      byte ^= std::byte{1} << bit;
      ASSERT_NE(crc32c(bytes), intact);
      byte ^= std::byte{1} << bit;
    }
  }
}

}  // namespace
}  // namespace quartz
