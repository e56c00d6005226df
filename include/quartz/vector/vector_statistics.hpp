#pragma once

#include <cstdint>
#include <string>

#include "quartz/vector/vector_config.hpp"

namespace quartz {

/// What a collection holds and does. Each figure is exact on its own; together they are not a
/// consistent cut.
struct VectorStatistics {
  std::uint64_t points = 0;           ///< In the collection.
  std::uint64_t vectors = 0;          ///< Of all points; some have several.
  std::uint64_t vectors_pending = 0;  ///< Found by searches, but not in the graph yet.
  std::uint64_t vectors_removed = 0;  ///< Not found any more; the graph leads past them soon.
  std::uint64_t points_ignored = 0;   ///< Rows of the collection's keyspace that are no points.

  // Memory of the index, in bytes.
  std::uint64_t memory_bytes = 0;         ///< The sum of those below.
  std::uint64_t code_bytes = 0;           ///< Vectors as the graph compares them.
  std::uint64_t link_bytes = 0;           ///< Of the graph.
  std::uint64_t vector_bytes = 0;         ///< In single precision, if they are kept.
  std::uint64_t point_bytes = 0;          ///< Ids and payloads.
  std::uint64_t payload_index_bytes = 0;  ///< Of indexes on payloads.

  // Since open.
  std::uint64_t searches = 0;             ///< Carried out.
  std::uint64_t vectors_linked = 0;       ///< Put into the graph.
  std::uint64_t vectors_reclaimed = 0;    ///< Removed ones whose place was made free.
  std::uint64_t index_files_written = 0;  ///< Saved states of the index.

  bool rebuilding = false;  ///< Another index is being built, to replace this one.
  /// How the index came to be when the collection was opened: "loaded", or why it was built anew.
  std::string opened_by;
};

}  // namespace quartz
