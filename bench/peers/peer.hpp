#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/measure/require.hpp"

namespace quartz::bench {

/// What a write survives. Every engine is set to exactly this, never to less.
enum class Promise : std::uint8_t {
  none,     ///< Nothing: the write-ahead log is off, where the engine has one.
  process,  ///< A killed process; the system's caches hold what was written.
  disk,     ///< Power loss: synced before the call returns.
};

/// How a peer is opened: the same for every engine in one measurement.
struct PeerOptions {
  std::filesystem::path directory;  ///< Created if missing; nobody else's files in it.
  Promise promise = Promise::process;
  std::size_t write_memory_bytes = std::size_t{512} << 20;  ///< Memtables, write buffers.
  std::size_t cache_memory_bytes = std::size_t{512} << 20;  ///< Rows, blocks, pages, all together.
  /// Upper bound on keys and values that will be written, for engines that must know it (LMDB).
  std::size_t data_bytes_max = std::size_t{4} << 30;
  /// Writes stay in the log until `flush`, however many: what recovery has to read.
  bool keep_in_log = false;
};

struct Row {
  std::string_view key;
  std::string_view value;
};

/// A walk in key order over the state when it was made or last moved, as the engine offers it.
class PeerCursor {
 public:
  virtual ~PeerCursor() = default;
  virtual void seek(std::string_view key) = 0;  ///< Smallest key >= `key`.
  virtual void seek_to_first() = 0;
  virtual void seek_to_last() = 0;
  virtual bool valid() const = 0;
  // Only while valid. The views live until the next move.
  virtual void next() = 0;
  virtual void previous() = 0;
  virtual std::string_view key() = 0;
  virtual std::string_view value() = 0;
};

/// One thread's access to a peer, in the engine's fastest documented way for that use: prepared
/// statements, reused read transactions, handles of its own. Any failure of the engine ends the
/// program with a message (see `require`): a benchmark of a failing engine has no figures.
class PeerSession {
 public:
  virtual ~PeerSession() = default;
  virtual void put(std::string_view key, std::string_view value) = 0;
  /// All rows in one atomic write.
  virtual void write(std::span<const Row> rows) = 0;
  virtual void remove(std::string_view key) = 0;
  /// Copies the value into `value`, reusing its memory; whether the key exists.
  virtual bool get(std::string_view key, std::string& value) = 0;
  /// Reads all keys at one moment, where the engine can; how many exist. `values` is as long as
  /// `keys`.
  virtual std::size_t multi_get(std::span<const std::string_view> keys,
                                std::span<std::string> values) = 0;
  virtual std::unique_ptr<PeerCursor> cursor() = 0;
};

/// An engine under measurement. Its destructor closes it cleanly.
///
/// Threads: `session` may be called from any thread; a session belongs to the thread that made it.
/// All sessions and cursors end before the peer.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual std::unique_ptr<PeerSession> session() = 0;
  /// Moves what lies in logs and write buffers to where it stays; nothing to do for engines
  /// without.
  virtual void flush() = 0;
  /// Brings the whole database into its best form for reading, and waits for it.
  virtual void compact() = 0;
  /// Waits until no flush and no compaction is running or due.
  virtual void settle() = 0;
};

/// What can be measured, by its name in tables and files: "rocksdb".
struct PeerKind {
  std::string name;
  std::string version;  ///< Of the library that is linked: "7.8.3".
  /// What a reader has to know about its figures: "built with assertions"; empty if nothing.
  std::string remark;
  /// Categories it takes part in; empty: in all. For variants that only make sense in some.
  std::vector<std::string> only_categories;
  /// Categories it does not take part in, because the engine cannot do what they measure.
  std::vector<std::string> not_in_categories;
  std::unique_ptr<Peer> (*open)(const PeerOptions&);
};

/// The engine that this program measures, then variants of it. Each `<engine>_peer.cpp` defines
/// this function, and each is linked into a program of its own: two engines in one process would
/// share its memory figures, and two RocksDBs (Quartz has one) would mix up their symbols.
const std::vector<PeerKind>& peer_kinds();
/// The peer of that name; null if this program does not have it.
const PeerKind* find_peer_kind(std::string_view name);

}  // namespace quartz::bench
