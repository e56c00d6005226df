#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "quartz/error.hpp"
#include "quartz/export.hpp"

namespace quartz {

/// One flush of memtables into the levels.
struct FlushEvent {
  std::uint64_t memtable_count = 0;     ///< How many went into it.
  std::uint64_t entry_count = 0;        ///< Rows and tombstones written.
  std::uint64_t bytes = 0;              ///< Size of the files written.
  std::uint64_t applied_sequence = 0;   ///< The levels hold every write up to here.
  std::chrono::nanoseconds duration{};  ///< From its beginning to the commit in the levels.
};

/// One compaction of the levels.
struct CompactionEvent {
  std::string_view keyspace;            ///< Lives until the call returns.
  std::uint64_t input_bytes = 0;        ///< Read.
  std::uint64_t output_bytes = 0;       ///< Written.
  int output_level = 0;                 ///< Where it put what it wrote.
  std::chrono::nanoseconds duration{};  ///< From its beginning to its end.
};

/// Progress while `open` replays the log.
struct RecoveryEvent {
  std::uint64_t bytes_done = 0;    ///< Of the log, replayed.
  std::uint64_t bytes_total = 0;   ///< Of the log, to be replayed in all.
  std::uint64_t record_count = 0;  ///< Replayed.
};

/// Told what the engine does in the background. Override what you need. Calls come from the
/// engine's own threads (recovery: from the thread in `open`) and must return quickly; they must
/// not call back into the engine.
class QUARTZ_EXPORT EventListener {
 public:
  virtual ~EventListener() = default;
  virtual void on_flush(const FlushEvent&) {}                 ///< A flush has ended.
  virtual void on_compaction(const CompactionEvent&) {}       ///< A compaction has ended.
  virtual void on_recovery_progress(const RecoveryEvent&) {}  ///< Opening goes on.
  /// The engine cannot go on as it should; `error` says what it means for callers.
  virtual void on_background_error(const Error& error) { static_cast<void>(error); }
};

}  // namespace quartz
