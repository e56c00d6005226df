#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::vector {

/// A point as its row in the engine keeps it; docs/formats/points.md gives the layout. Views of the
/// row's value.
struct PointValue {
  std::uint64_t version = 0;  ///< Another one for every write of a point.
  std::uint32_t vector_count = 0;
  std::size_t dimensions = 0;
  std::span<const std::byte> components;  ///< Of all vectors, f32, at any alignment.
  std::string_view payload;               ///< Valid, or empty.

  /// The components of all vectors, one after another.
  void copy_components(std::vector<float>& to) const;
  std::vector<std::vector<float>> vectors() const;
};

/// Puts the row of a point together.
class PointValueWriter {
 public:
  /// At least one vector must follow, as many as are announced.
  PointValueWriter(std::uint64_t version, std::size_t dimensions, std::size_t vector_count,
                   std::size_t payload_bytes);
  void add_vector(std::span<const float> components);
  std::string finish(std::string_view payload) &&;

 private:
  std::string value_;
};

/// Takes a row apart. `unsupported` for another version of the format, `corruption` if the lengths
/// do not fit together. Whether the payload is one is not judged.
Result<PointValue> parse_point_value(std::string_view value, std::size_t dimensions);

/// Keys of a collection's keyspace: points lie behind one byte, its configuration behind another.
inline constexpr char kPointKeyPrefix = 'p';
inline constexpr std::string_view kConfigKey = "c";

inline std::string point_key(std::string_view id) {
  std::string key(1, kPointKeyPrefix);
  key += id;
  return key;
}
/// Whether it is the key of a point; the id is what follows the first byte.
inline bool is_point_key(std::string_view key) noexcept {
  return key.size() > 1 && key.front() == kPointKeyPrefix;
}

}  // namespace quartz::vector
