#pragma once

#include <cstring>
#include <string>
#include <vector>

namespace quartz::server {

/// A vector as requests carry it in binary: four bytes for each component.
inline std::string bytes_of(const std::vector<float>& vector) {
  std::string bytes(vector.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), vector.data(), bytes.size());
  return bytes;
}

}  // namespace quartz::server
