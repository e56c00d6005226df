#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "quartz/vector/vector_config.hpp"

namespace quartz::vector {

/// Tells a collection from every other that ever had its name, so that an index file of a dropped
/// one is of no use to its successor. Random.
using CollectionIdentity = std::array<std::byte, 16>;

/// What a collection's keyspace keeps about it, under `kConfigKey`.
struct CollectionRecord {
  CollectionIdentity identity{};
  VectorCollectionConfig config;

  bool operator==(const CollectionRecord&) const = default;
};

/// docs/formats/points.md gives the layout.
std::string encode_collection_record(const CollectionRecord& record);
/// `unsupported` for another version of the format, `corruption` for what cannot have been written.
Result<CollectionRecord> decode_collection_record(std::string_view bytes);

/// `invalid_argument` or `too_large`, naming the option that makes no sense.
Result<void> check_config(const VectorCollectionConfig& config);
Result<void> check_index_config(const VectorIndexConfig& config);

/// `invalid_argument`, naming the first option in which `given` differs from what is stored.
Result<void> check_same_config(std::string_view collection, const VectorCollectionConfig& stored,
                               const VectorCollectionConfig& given);

}  // namespace quartz::vector
