#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/corrupt_file.hpp"

namespace quartz::vector {

// Files of vectors put together byte by byte, so that what is tested does not vouch for itself.

/// The numbers as they stand in memory, little endian, one behind the other.
template <class... Numbers>
std::string encoded(Numbers... numbers) {
  std::string bytes;
  (bytes.append(reinterpret_cast<const char*>(&numbers), sizeof(numbers)), ...);
  return bytes;
}

inline std::string bin_file(std::uint32_t count, std::uint32_t dimensions, std::string_view rows) {
  return encoded(count, dimensions).append(rows);
}

/// One row of an fvecs, ivecs or bvecs file.
template <class... Elements>
std::string vecs_row(Elements... elements) {
  return encoded(std::int32_t{sizeof...(elements)}, elements...);
}

/// An .npy file with this version and this text as its header.
inline std::string npy_file(int major, std::string_view text, std::string_view rows) {
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(major);
  bytes += '\0';
  bytes += major == 1 ? encoded(static_cast<std::uint16_t>(text.size()))
                      : encoded(static_cast<std::uint32_t>(text.size()));
  return bytes.append(text).append(rows);
}

}  // namespace quartz::vector
