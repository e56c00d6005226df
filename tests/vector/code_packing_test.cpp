#include "vector/code_packing.hpp"

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::vector {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

struct Packing {
  const char* name;
  unsigned bits;
  decltype(&pack_u8) pack;
  decltype(&unpack_u8) unpack;

  std::size_t bytes(std::size_t components) const { return (components * bits + 7) / 8; }
  unsigned steps() const { return (1u << bits) - 1; }
};

constexpr Packing kPackings[] = {
    {"u8", 8, &pack_u8, &unpack_u8},
    {"u4", 4, &pack_u4, &unpack_u4},
    {"bits", 1, &pack_bits, &unpack_bits},
};

TEST(CodePacking, the_first_component_is_lowest_and_what_is_left_over_is_zero) {
  const AffineRange range{0, 1};
  std::vector<std::byte> code(3, std::byte{0xFF});
  EXPECT_EQ(pack_u8(range, std::vector<float>{1, 2, 255}, code.data()), 258u);
  EXPECT_THAT(code, ElementsAre(std::byte{1}, std::byte{2}, std::byte{255}));
  EXPECT_EQ(pack_u4(range, std::vector<float>{1, 2, 15}, code.data()), 18u);
  EXPECT_THAT(code, ElementsAre(std::byte{0x21}, std::byte{0x0F}, std::byte{255}));
  EXPECT_EQ(pack_bits(range, std::vector<float>{1, 0, 0, 0, 0, 0, 0, 1, 1}, code.data()), 3u);
  EXPECT_THAT(code, ElementsAre(std::byte{0x81}, std::byte{0x01}, std::byte{255}));
}

TEST(CodePacking, every_number_comes_back_as_its_value) {
  const AffineRange range{-3.5F, 0.25F};
  for (const Packing& packing : kPackings) {
    for (std::size_t count = 1; count < 40; ++count) {
      std::vector<float> vector(count);
      for (std::size_t i = 0; i < count; ++i) {
        const auto number = static_cast<unsigned>(i * 7) % (packing.steps() + 1);
        vector[i] = range.minimum + range.step * static_cast<float>(number);
      }
      std::vector<std::byte> code(packing.bytes(count));
      packing.pack(range, vector, code.data());
      std::vector<float> back(count);
      packing.unpack(range, code.data(), back);
      EXPECT_EQ(back, vector) << packing.name << ", " << count;
    }
  }
}

TEST(CodePacking, components_are_at_most_half_a_step_off) {
  Random random(1);
  const AffineRange range{-2, 0.3F};
  for (const Packing& packing : kPackings) {
    const float width = range.step * static_cast<float>(packing.steps());
    std::vector<float> vector(1000);
    for (float& component : vector) {
      component = range.minimum + width * static_cast<float>(random.below(1000)) / 999;
    }
    std::vector<std::byte> code(packing.bytes(vector.size()));
    packing.pack(range, vector, code.data());
    std::vector<float> back(vector.size());
    packing.unpack(range, code.data(), back);
    for (std::size_t i = 0; i < vector.size(); ++i) {
      ASSERT_NEAR(back[i], vector[i], range.step * 0.50001F) << packing.name;
    }
  }
}

TEST(CodePacking, components_outside_of_the_range_get_its_ends) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const AffineRange range{1, 0x1p-60F};
  for (const Packing& packing : kPackings) {
    const float last = range.minimum + range.step * static_cast<float>(packing.steps());
    std::vector<float> back(2);
    std::vector<std::byte> code(packing.bytes(2));
    for (const float distance : {2.0F, 1e30F, std::numeric_limits<float>::max(), kInfinity}) {
      packing.pack(range, std::vector<float>{-distance, distance}, code.data());
      packing.unpack(range, code.data(), back);
      EXPECT_THAT(back, ElementsAre(range.minimum, last)) << packing.name << ", " << distance;
    }
  }
}

TEST(CodePacking, what_is_not_a_number_gets_the_first_number) {
  const std::vector<float> vector(8, std::numeric_limits<float>::quiet_NaN());
  for (const Packing& packing : kPackings) {
    std::vector<std::byte> code(packing.bytes(8), std::byte{1});
    EXPECT_EQ(packing.pack({0, 1}, vector, code.data()), 0u);
    EXPECT_THAT(code, Each(std::byte{0})) << packing.name;
  }
}

TEST(CodePacking, of_many_components_gives_what_each_would_get_by_itself) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNothing = std::numeric_limits<float>::quiet_NaN();
  Random random(7);
  const AffineRange range{-1.7F, 0.013F};
  for (std::size_t count = 0; count < 200; ++count) {
    std::vector<float> vector(count);
    for (float& component : vector) {
      component = static_cast<float>(random.below(6000)) / 1000 - 3;
      if (random.below(20) == 0) component = random.below(2) == 0 ? kInfinity : -kInfinity;
      if (random.below(20) == 0) component = kNothing;
    }
    std::vector<std::byte> code(count + 1, std::byte{0xA5});
    const std::uint32_t sum = pack_u8(range, vector, code.data());
    std::uint32_t expected = 0;
    for (std::size_t i = 0; i < count; ++i) {
      std::byte alone{};
      expected += pack_u8(range, std::span(vector).subspan(i, 1), &alone);
      ASSERT_EQ(code[i], alone) << "component " << i << " of " << count << ": " << vector[i];
    }
    EXPECT_EQ(sum, expected);
    EXPECT_EQ(code[count], std::byte{0xA5}) << "behind the end of " << count;
  }
}

TEST(CodePacking, the_middle_belongs_to_the_upper_side) {
  std::byte code{};
  pack_bits({-1, 2}, std::vector<float>{-0.001F, 0, 0.001F}, &code);
  EXPECT_EQ(code, std::byte{0b110});
}

}  // namespace
}  // namespace quartz::vector
