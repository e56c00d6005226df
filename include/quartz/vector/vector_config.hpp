#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "quartz/vector/metric.hpp"
#include "quartz/vector/payload_index_kind.hpp"
#include "quartz/vector/quantization.hpp"

namespace quartz {

/// How the graph of a collection is built. Stored with it; `VectorCollection::reindex` changes it.
struct VectorIndexConfig {
  /// How components are kept for searching. Fewer bits: less memory, faster, and more candidates
  /// to compare exactly for the same recall.
  Quantization quantization = Quantization::sq8;
  std::uint32_t m = 16;                 ///< Links of a point, twice as many on level 0; 2 to 128.
  std::uint32_t ef_construction = 200;  ///< Candidates that an insertion looks at; 1 to 10,000.
  std::uint64_t seed = 1;               ///< Of the levels of points: the same graph again.
  /// Whether vectors stay in memory in single precision, 4 bytes a component, to compare what the
  /// graph finds exactly. False: they are read from the engine for that, which takes microseconds
  /// for each search more and saves most of the memory.
  bool vectors_in_memory = true;
  /// Whether payloads stay in memory, where filters read them. Indexes on payloads need it. False:
  /// a filter reads the payload of each point that it asks about from the engine.
  bool payloads_in_memory = true;

  /// All of it the same.
  friend bool operator==(const VectorIndexConfig&, const VectorIndexConfig&) = default;
};

/// An index on a field of the payloads, by which filters find points without reading payloads.
struct PayloadIndexConfig {
  std::string field;  ///< As a filter names it: "year", "author.name", or "id".
  PayloadIndexKind kind = PayloadIndexKind::keyword;  ///< What it finds by.

  /// All of it the same.
  friend bool operator==(const PayloadIndexConfig&, const PayloadIndexConfig&) = default;
};

/// What a collection is. Stored with it when it is created, and compared when it is opened.
struct VectorCollectionConfig {
  std::size_t dimensions = 0;      ///< Components of each vector, 1 to `kDimensionsMax`.
  Metric metric = Metric::cosine;  ///< What nearness is.
  VectorIndexConfig index = {};    ///< How the graph is built, and what is kept in memory.
  std::vector<PayloadIndexConfig> payload_indexes = {};  ///< At most `kPayloadIndexesMax`.

  /// All of it the same.
  friend bool operator==(const VectorCollectionConfig&, const VectorCollectionConfig&) = default;
};

/// How a collection runs in this process; not stored.
struct VectorRuntimeConfig {
  /// Background threads that link points into the graph; 0: one for every two usable processors.
  std::uint32_t index_threads = 0;
  /// Points that may wait for their place in the graph. Searches look at all of them, so a long
  /// tail makes them slower; a writer that would exceed it waits. At least 1.
  std::size_t pending_points_max = 20'000;
  /// Bound on `VectorStatistics::memory_bytes`; an upsert beyond it answers `no_space`. 0: none.
  std::size_t memory_bytes_max = 0;
};

}  // namespace quartz
