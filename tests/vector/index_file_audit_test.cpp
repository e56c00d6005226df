#include "vector/index_file_audit.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/coding.hpp"
#include "vector/components.hpp"
#include "vector/float16.hpp"
#include "vector/vector_file_bytes.hpp"

namespace quartz::vector {
namespace {

std::optional<std::size_t> bad_component(Quantization quantization, const std::string& bytes) {
  return find_bad_component(quantization, as_bytes(bytes));
}

TEST(IndexFileAudit, of_single_precision_finds_the_first_that_no_vector_has) {
  EXPECT_EQ(bad_component(Quantization::none, encoded(0.0F, -0.0F, 1.0F, -kLengthMax, kLengthMax)),
            std::nullopt);
  EXPECT_EQ(
      bad_component(Quantization::none, encoded(1.0F, 1.0F, std::numeric_limits<float>::quiet_NaN(),
                                                std::numeric_limits<float>::infinity())),
      2u);
  EXPECT_EQ(
      bad_component(Quantization::none, encoded(1.0F, -std::numeric_limits<float>::infinity())),
      1u);
  EXPECT_EQ(bad_component(Quantization::none, encoded(std::numeric_limits<float>::max())), 0u);
  EXPECT_EQ(bad_component(Quantization::none, ""), std::nullopt);
}

TEST(IndexFileAudit, of_half_precision_finds_the_first_that_is_not_finite) {
  const auto half = [](float value) { return encoded(to_float16(value)); };
  EXPECT_EQ(bad_component(Quantization::f16, half(kFloat16Max) + half(-kFloat16Max)), std::nullopt);
  EXPECT_EQ(
      bad_component(Quantization::f16, half(1) + half(-std::numeric_limits<float>::infinity())),
      1u);
  EXPECT_EQ(bad_component(Quantization::f16, half(std::numeric_limits<float>::quiet_NaN())), 0u);
}

TEST(IndexFileAudit, of_the_upper_half_of_single_precision_finds_the_first_that_is_too_large) {
  const auto half = [](float value) { return encoded(to_bfloat16(value)); };
  EXPECT_EQ(bad_component(Quantization::bf16, half(kLengthMax) + half(-kLengthMax)), std::nullopt);
  EXPECT_EQ(bad_component(Quantization::bf16, half(1) + half(-1.1F * kLengthMax)), 1u);
  EXPECT_EQ(bad_component(Quantization::bf16, half(std::numeric_limits<float>::quiet_NaN())), 0u);
}

TEST(IndexFileAudit, finds_a_bad_component_anywhere_in_a_long_row) {
  for (std::size_t at = 0; at < 67; ++at) {
    std::string bytes;
    for (std::size_t i = 0; i < 67; ++i)
      bytes += encoded(i >= at ? std::numeric_limits<float>::quiet_NaN() : 1.0F);
    EXPECT_EQ(bad_component(Quantization::none, bytes), at);
  }
}

TEST(IndexFileAudit, finds_nothing_in_codes_of_whole_numbers) {
  for (const auto quantization : {Quantization::sq8, Quantization::sq4, Quantization::bit1}) {
    EXPECT_EQ(bad_component(quantization, std::string(64, '\xFF')), std::nullopt);
  }
}

TEST(IndexFileAudit, of_nodes_knows_free_linked_and_removed_ones_of_every_level) {
  std::vector<std::uint8_t> nodes = {0};
  for (unsigned lists = 1; lists <= 16; ++lists) {
    nodes.push_back(static_cast<std::uint8_t>(lists));
    nodes.push_back(static_cast<std::uint8_t>(0x80u | lists));
  }
  EXPECT_EQ(find_bad_node(nodes), std::nullopt);
  for (unsigned byte = 0; byte < 256; ++byte) {
    const auto node = static_cast<std::uint8_t>(byte);
    const bool known = std::ranges::count(nodes, node) > 0;
    const std::vector<std::uint8_t> two = {1, node};
    EXPECT_EQ(find_bad_node(two), known ? std::nullopt : std::optional<std::size_t>(1)) << byte;
  }
}

TEST(IndexFileAudit, of_a_list_finds_the_first_link_that_may_not_be_there) {
  const std::vector<std::uint8_t> nodes = {1, 2, 0, 0x81, 0x82};
  const auto bad = [&](std::vector<std::uint32_t> list, Slot owner, unsigned level) {
    return find_bad_link(list, owner, level, nodes);
  };
  EXPECT_EQ(bad({2, 4, 5, 0}, 0, 0), std::nullopt);
  EXPECT_EQ(bad({2, 4, 5, 1}, 0, 0), 3u) << "to itself";
  EXPECT_EQ(bad({2, 3, 0, 0}, 0, 0), 1u) << "to a free slot";
  EXPECT_EQ(bad({2, 6, 0, 0}, 0, 0), 1u) << "beyond the slots";
  EXPECT_EQ(bad({2, 0, 4, 0}, 0, 0), 2u) << "behind the end";
  EXPECT_EQ(bad({5, 0}, 1, 1), std::nullopt);
  EXPECT_EQ(bad({5, 1}, 1, 1), 1u) << "to a slot without that level";
  EXPECT_EQ(bad({0, 0}, 2, 0), std::nullopt);
  EXPECT_EQ(bad({1, 0}, 2, 0), 0u) << "of a free slot";
}

}  // namespace
}  // namespace quartz::vector
