#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/vector/vector_config.hpp"
#include "storage/operation.hpp"

namespace quartz::vector {

/// What an index file says about how it came to be: its parameters.
struct IndexStamp {
  VectorIndexConfig config;
  /// The newest write of the engine when the file was written, if it has all points of then and
  /// that write survives power loss: an engine that opens with the same one has the same points.
  /// Zero if the file has to be compared with the rows.
  storage::Sequence sequence = 0;

  bool operator==(const IndexStamp&) const = default;
};

/// docs/formats/index_file.md gives the layout.
std::vector<std::byte> encode_index_stamp(const IndexStamp& stamp);
/// `corruption` if the length is another.
Result<IndexStamp> decode_index_stamp(std::span<const std::byte> bytes);

}  // namespace quartz::vector
