#pragma once

#include <cstddef>
#include <span>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/index_file_format.hpp"
#include "vector/quantizer.hpp"
#include "vector/slot_array.hpp"
#include "vector/slot_states.hpp"

namespace quartz::vector {

/// What an index file is made of. All of it stays the caller's.
struct IndexFileContents {
  /// What the index is of: a file is of use only where all three are the same.
  IndexIdentity identity{};
  std::span<const std::byte> parameters = {};  // At most `kIndexParametersBytesMax`.
  const Quantizer& quantizer;

  const SlotArray& codes;
  const SlotArray* vectors = nullptr;  // Rows of single precision; null where they are not kept.
  const HnswLinks& links;
  /// What each slot was at one moment, for all slots that were ever taken. Linked and removed ones
  /// are nodes of the graph and are stored. Pending ones become free: whoever opens the file finds
  /// their points missing.
  std::span<const SlotStates::State> states;
  /// Points whose slots all were linked, each slot of one point only. A linked slot of none of them
  /// is stored as a removed one, which leads through the graph and is repaired later.
  std::span<const IndexFilePoint> points;
};

/// Writes the file so that after a crash either the old one or the whole new one is there. On any
/// error of the file system the old one is, but for one while the directory was synced (see
/// StagedFile).
///
/// Links to slots that are no nodes are left out. Codes and vectors of nodes, and all links, must
/// stand still meanwhile: nobody inserts or repairs. Searches go on, and so do removals. Throws
/// std::bad_alloc. Memory: a byte for each slot, and a block.
Result<void> write_index_file(io::FileSystem& files, const io::Path& path,
                              const IndexFileContents& contents);

}  // namespace quartz::vector
