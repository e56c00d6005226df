#include "protocol/crc64.hpp"

#include <string>

#include <gtest/gtest.h>

namespace quartz::protocol {
namespace {

TEST(Crc64OfJones, is_that_of_redis) {
  EXPECT_EQ(crc64_of_jones("123456789"), 0xE9C6D914C4B8D9CAU);
  EXPECT_EQ(crc64_of_jones(""), 0U);
}

TEST(Crc64OfJones, notices_every_changed_bit) {
  const std::string bytes = "sixteen bytes...";
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    EXPECT_NE(crc64_of_jones(changed), crc64_of_jones(bytes)) << bit;
  }
}

}  // namespace
}  // namespace quartz::protocol
