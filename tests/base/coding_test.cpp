#include "base/coding.hpp"

#include <array>

#include <gtest/gtest.h>

namespace quartz {
namespace {

TEST(Coding, a_stored_integer_is_little_endian_at_any_alignment) {
  std::array<std::byte, 16> memory{};
  for (std::size_t offset = 0; offset < 8; ++offset) {
    store<std::uint32_t>(memory.data() + offset, 0x04030201u);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(memory[offset + i], std::byte(i + 1));
    EXPECT_EQ(load<std::uint32_t>(memory.data() + offset), 0x04030201u);
  }
}

TEST(Coding, every_width_comes_back_as_it_went) {
  std::array<std::byte, 8> memory{};
  store<std::uint8_t>(memory.data(), 0xFE);
  EXPECT_EQ(load<std::uint8_t>(memory.data()), 0xFE);
  store<std::uint16_t>(memory.data(), 0xFEDC);
  EXPECT_EQ(load<std::uint16_t>(memory.data()), 0xFEDC);
  store<std::uint64_t>(memory.data(), 0xFEDCBA9876543210u);
  EXPECT_EQ(load<std::uint64_t>(memory.data()), 0xFEDCBA9876543210u);
}

TEST(Coding, text_and_bytes_are_two_views_of_the_same_memory) {
  const std::string_view text("a\0b", 3);
  const auto bytes = as_bytes(text);
  ASSERT_EQ(bytes.size(), 3u);
  EXPECT_EQ(bytes[1], std::byte{0});
  EXPECT_EQ(as_text(bytes), text);
  EXPECT_EQ(as_text(bytes).data(), text.data());
}

TEST(Coding, rounding_up_stops_at_the_next_multiple) {
  EXPECT_EQ(round_up(0, 8), 0u);
  EXPECT_EQ(round_up(1, 8), 8u);
  EXPECT_EQ(round_up(8, 8), 8u);
  EXPECT_EQ(round_up(4097, 4096), 8192u);
}

}  // namespace
}  // namespace quartz
