#include "protocol/crc64.hpp"

#include <array>
#include <cstddef>

namespace quartz::protocol {
namespace {

constexpr std::uint64_t kReflectedPolynomial = 0x95AC9329AC4BC9B5;

constexpr std::array<std::uint64_t, 256> kRemainders = [] {
  std::array<std::uint64_t, 256> remainders{};
  for (std::size_t byte = 0; byte < remainders.size(); ++byte) {
    std::uint64_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? kReflectedPolynomial : 0);
    }
    remainders[byte] = remainder;
  }
  return remainders;
}();

}  // namespace

std::uint64_t crc64_of_jones(std::string_view bytes) noexcept {
  std::uint64_t crc = 0;
  for (const char c : bytes) {
    crc = kRemainders[(crc ^ static_cast<unsigned char>(c)) & 0xFF] ^ (crc >> 8);
  }
  return crc;
}

}  // namespace quartz::protocol
