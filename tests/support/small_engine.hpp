#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/storage/event_listener.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz {

/// A configuration so small that a few hundred rows run through every part of an engine: segments
/// of 64 KiB, table files to match, no low-water mark, and no lines on standard error.
StorageConfig small_config();

/// Opens `directory`, or ends the process: a test of something else could say nothing then.
StorageEngine open_small(const std::filesystem::path& directory,
                         StorageConfig config = small_config());

/// "key000042"; ordered like the numbers.
std::string numbered_key(std::uint64_t number);

/// The value, "(none)" for a missing key, or "(error: …)".
std::string read(const StorageEngine& engine, std::string_view key,
                 const ReadOptions& options = {});
std::string read(const StorageEngine& engine, const Keyspace& keyspace, std::string_view key,
                 const ReadOptions& options = {});

using Rows = std::vector<std::pair<std::string, std::string>>;
/// The rows of a scan, in its order; the last one is ("(error)", message) if it ended on an error.
Rows rows_of(const StorageEngine& engine, const ScanOptions& options = {});
/// The same without the values.
std::vector<std::string> keys_of(const StorageEngine& engine, const ScanOptions& options = {});

/// Writes rows that nobody looks at into `keyspace`, until the memtable that is active now waits
/// for its flush or was flushed.
void fill_active_memtable(StorageEngine& engine, const Keyspace& keyspace);

/// Copies a database, open or not: what a process that is killed now would leave. No flush or
/// compaction may run meanwhile, since files are copied one after the other.
void copy_database(const std::filesystem::path& from, const std::filesystem::path& to);

/// Whether no other thread runs in this process. A mounted file system is seen by threads that are
/// started later, but RocksDB keeps the ones that an earlier test has started: tests that mount
/// need a process of their own, as ctest gives it to each case.
bool alone_in_process();

/// A listener that holds the engine's background thread in its next flush once `hold` was called,
/// so that later memtables stay waiting.
class HeldFlushes : public EventListener {
 public:
  ~HeldFlushes() override;
  void hold();
  /// Blocks until a flush is being held.
  void wait_until_held();
  void release();
  void on_flush(const FlushEvent&) override;

 private:
  Mutex mutex_;
  CondVar changed_;
  bool wanted_ QUARTZ_GUARDED_BY(mutex_) = false;
  bool held_ QUARTZ_GUARDED_BY(mutex_) = false;
};

/// Lets held flushes go at the end of a scope: declared after the engine, so that a test which ends
/// early can still close it.
class ReleaseAtEnd {
 public:
  explicit ReleaseAtEnd(HeldFlushes& flushes) : flushes_(flushes) {}
  ~ReleaseAtEnd() { flushes_.release(); }
  ReleaseAtEnd(const ReleaseAtEnd&) = delete;
  ReleaseAtEnd& operator=(const ReleaseAtEnd&) = delete;

 private:
  HeldFlushes& flushes_;
};

}  // namespace quartz
