#pragma once

#include <cstddef>
#include <cstdint>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "storage/log_files.hpp"

namespace quartz::storage {

/// What the log holds behind a place where no valid record is.
struct Survey {
  LogPosition claimed = 0;          // The largest position that anything there calls durable.
  io::Path witness;                 // Who says so.
  std::uint64_t written_bytes = 0;  // From the place to the end of the last record in its segment,
                                    // and all records of later ones.
  bool records_in_segment = false;  // Whether a valid record follows in the same segment.
  bool anything = false;            // Whether any record or segment follows at all.
  const HeadlessFile* headless = nullptr;  // The next segment, if its header is missing.
};

/// Gathers it. The place is `offset` in `log.segments[index]`, which `reader` reads; `step` is what
/// stands there, and `expected` the sequence of the record that should. Reads all that follows.
Result<Survey> survey_behind(io::FileSystem& files, const LogFiles& log, std::size_t index,
                             const SegmentReader& reader, std::uint64_t offset,
                             const SegmentReader::Step& step, Sequence expected);

}  // namespace quartz::storage
