#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quartz::server {

// Keys of elements hold numbers with the highest byte first, so that they lie in their order.

inline void append_big_endian(std::string& to, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) to += static_cast<char>(number >> shift);
}

/// Of the first 8 bytes, which must be there.
inline std::uint64_t read_big_endian(std::string_view bytes) noexcept {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return number;
}

}  // namespace quartz::server
