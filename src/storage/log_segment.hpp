#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/file_system.hpp"
#include "io/mapping.hpp"
#include "storage/log_format.hpp"

namespace quartz::storage {

/// One piece of the log: a file (none for `Durability::memory`) and its bytes in memory, to which
/// memtables point. Shared by the log and by the memtable over it; the memory goes with the last.
/// The bytes of a published record never change.
struct LogSegment {
  std::uint32_t id = 0;
  io::Path path;                   // Empty if there is no file.
  std::unique_ptr<io::File> file;  // Null if there is no file; of a replayed one only synced.
  io::Mapping memory;              // The file's mapping, or private memory (file medium, replay).
  bool memory_is_file = false;     // Whether `memory` maps the file, so that both can be recycled.
  bool huge_pages = false;         // Of the mapped file: cheap to write to, dear to sync often.
  std::size_t capacity = 0;        // Bytes of `memory` that records may use, header included.
  LogPosition start_position = 0;
  Sequence first_sequence = 0;
  std::size_t used = 0;  // Appender's end, header included. Guarded by the append lock.

  LogPosition end_position() const noexcept {
    return start_position + (used - kSegmentHeaderBytes);
  }
};

/// "000042.log": at least six digits, so that names sort like ids for a long time.
std::string segment_file_name(std::uint32_t id);

/// The id in such a name; nothing for any other name, not even one with a zero too many.
std::optional<std::uint32_t> segment_id_of(std::string_view file_name);

}  // namespace quartz::storage
