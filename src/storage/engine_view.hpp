#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "storage/levels.hpp"
#include "storage/memtable.hpp"

namespace quartz::storage {

/// Where every row is at one moment. Never changes; a roll or a flush makes a new one. Reading the
/// memtables newest first and then `levels` gives the newest version of any key, because `levels`
/// is captured by the flush itself, between two ingests: it holds exactly what the memtables that
/// are not `waiting` any more held.
struct EngineView : std::enable_shared_from_this<EngineView> {
  MemtableRef active;
  std::vector<MemtableRef> older;  // Newest first; the first `waiting_count` are not flushed yet,
  std::size_t waiting_count = 0;   // the rest is warm: in `levels` too, kept for fast reads.
  std::shared_ptr<const LevelsSnapshot> levels;
  Sequence complete_after = 0;  // The memtables hold every write after this one.
};

}  // namespace quartz::storage
