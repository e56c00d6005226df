#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/export.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/cursor.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/limits.hpp"
#include "quartz/storage/pinned_value.hpp"
#include "quartz/storage/read_set.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "quartz/storage/scan_options.hpp"
#include "quartz/storage/snapshot.hpp"
#include "quartz/storage/statistics.hpp"
#include "quartz/storage/storage_config.hpp"
#include "quartz/storage/write_batch.hpp"

namespace quartz {

namespace storage {
class Engine;
}

/// An ordered key-value store in one directory of one process.
///
/// Keys and values are arbitrary bytes; keys are ordered bytewise. Every write is one atomic record
/// of the log; sequences number the operations densely in the order they became visible.
///
/// Threads: every operation may be called from any number of threads at a time, except moving the
/// handle and destroying it. Errors: any operation answers `closed` after `close()`, and
/// `corruption` or `io_error` when stored bytes cannot be read; writes answer `too_large` beyond a
/// limit of limits.hpp, `conflict` where a condition does not hold, `no_space` on a full disk, and
/// `reopen_required` once an I/O failure has stopped writing.
class QUARTZ_EXPORT StorageEngine {
 public:
  /// Opens the database in `directory`, creating both unless the configuration forbids it, and
  /// replays what the log holds beyond the levels.
  /// Errors: `busy` if another process or handle has it open; `corruption` if the log is damaged
  /// below a point that was durable; `unsupported` for another format version; `read_only`;
  /// `no_space`; `invalid_argument` for a configuration that makes no sense.
  static Result<StorageEngine> open(const std::filesystem::path& directory,
                                    StorageConfig config = {});

  /// One owner of the engine: what was moved from may only be destroyed or assigned to.
  StorageEngine(StorageEngine&&) noexcept;
  StorageEngine& operator=(StorageEngine&&) noexcept;  ///< Closes what it was before.
  StorageEngine(const StorageEngine&) = delete;
  StorageEngine& operator=(const StorageEngine&) = delete;
  /// Closes; an error of that goes to the logger.
  ~StorageEngine();

  /// Refuses new work, lets running work finish and ends the background threads. Acknowledged
  /// writes keep their durability: they are in the log and need no flush. (Without a log,
  /// everything is flushed to the levels.) Snapshots, cursors and values pinned in the
  /// levels that are still alive keep the directory locked until they go; then the error is `busy`
  /// and says how many there are. A second call answers `closed`.
  Result<void> close();

  // Writing. The default keyspace unless one is named.
  /// Writes one row, in place of what was there.
  Result<void> put(std::string_view key, std::string_view value, const WriteOptions& options = {});
  /// The same in `keyspace`.
  Result<void> put(const Keyspace& keyspace, std::string_view key, std::string_view value,
                   const WriteOptions& options = {});
  /// A row that expires, or is of a kind: `put("k", "v", {.expires_at = engine.now() + 30s})`.
  /// `invalid_argument` for attributes beyond the limits. (A template so that `put("k", "v", {})`
  /// still means options.)
  template <std::same_as<RowAttributes> Attributes = RowAttributes>
  Result<void> put(std::string_view key, std::string_view value, const Attributes& attributes,
                   const WriteOptions& options = {}) {
    return put_row(default_keyspace(), key, value, attributes, options);
  }
  /// The same in `keyspace`.
  template <std::same_as<RowAttributes> Attributes = RowAttributes>
  Result<void> put(const Keyspace& keyspace, std::string_view key, std::string_view value,
                   const Attributes& attributes, const WriteOptions& options = {}) {
    return put_row(keyspace, key, value, attributes, options);
  }
  /// Removing a key that does not exist succeeds.
  Result<void> remove(std::string_view key, const WriteOptions& options = {});
  /// The same in `keyspace`.
  Result<void> remove(const Keyspace& keyspace, std::string_view key,
                      const WriteOptions& options = {});
  /// Removes every key in [first, last) in O(1) writes; reads skip the range from then on.
  Result<void> remove_range(std::string_view first, std::string_view last,
                            const WriteOptions& options = {});
  /// The same in `keyspace`.
  Result<void> remove_range(const Keyspace& keyspace, std::string_view first, std::string_view last,
                            const WriteOptions& options = {});
  /// All of `batch` or nothing, visible at once. An empty batch writes nothing, and succeeds unless
  /// a condition (`WriteOptions::unchanged`) does not hold.
  Result<void> write(const WriteBatch& batch, const WriteOptions& options = {});
  /// Of the newest write that reads see: everything that is read from now on is as of this sequence
  /// or newer. Where a `ReadSet` begins.
  std::uint64_t sequence() const noexcept;

  // Reading. Nothing (an empty optional) means that the key does not exist, or has expired: which
  // of the two, nobody can tell.
  /// A copy of the value of `key`.
  Result<std::optional<std::string>> get(std::string_view key,
                                         const ReadOptions& options = {}) const;
  /// The same in `keyspace`.
  Result<std::optional<std::string>> get(const Keyspace& keyspace, std::string_view key,
                                         const ReadOptions& options = {}) const;
  /// Reads into `value`, reusing its memory; whether the key exists. `value` is unspecified if not.
  Result<bool> get_into(std::string_view key, std::string& value,
                        const ReadOptions& options = {}) const;
  /// The same in `keyspace`.
  Result<bool> get_into(const Keyspace& keyspace, std::string_view key, std::string& value,
                        const ReadOptions& options = {}) const;
  /// Reads without a copy.
  Result<std::optional<PinnedValue>> get_pinned(std::string_view key,
                                                const ReadOptions& options = {}) const;
  /// The same in `keyspace`.
  Result<std::optional<PinnedValue>> get_pinned(const Keyspace& keyspace, std::string_view key,
                                                const ReadOptions& options = {}) const;
  /// All keys at one sequence, in the order asked for. Cheaper than single gets for rows that lie
  /// in the levels.
  Result<std::vector<std::optional<std::string>>> multi_get(std::span<const std::string_view> keys,
                                                            const ReadOptions& options = {}) const;
  /// The same in `keyspace`.
  Result<std::vector<std::optional<std::string>>> multi_get(const Keyspace& keyspace,
                                                            std::span<const std::string_view> keys,
                                                            const ReadOptions& options = {}) const;
  /// Whether there is a row of `key`.
  Result<bool> contains(std::string_view key, const ReadOptions& options = {}) const;
  /// The same in `keyspace`.
  Result<bool> contains(const Keyspace& keyspace, std::string_view key,
                        const ReadOptions& options = {}) const;

  /// The rows that `options` selects, in order, as a range. A failure to start is the range's
  /// `error()`.
  Scan scan(const ScanOptions& options = {}) const;
  /// A movable position in them.
  Cursor cursor(const ScanOptions& options = {}) const;
  /// The state as of now. After `close()`: a snapshot that answers `closed`.
  Snapshot snapshot() const;
  /// The clock that expiry goes by: the system's, except that it never steps back, not even over a
  /// reopen. A row that was once found expired stays so.
  ExpiryTime now() const;

  // Asynchronous forms; include <quartz/storage/async.hpp>, which describes them and needs Asio.
  /// Completes as `get` returns.
  template <class CompletionToken>
  auto async_get(std::string key, CompletionToken&& token) const;
  /// The same in `keyspace`.
  template <class CompletionToken>
  auto async_get(const Keyspace& keyspace, std::string key, CompletionToken&& token) const;
  /// Completes as `put` returns.
  template <class CompletionToken>
  auto async_put(std::string_view key, std::string_view value, WriteOptions options,
                 CompletionToken&& token);
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_put(std::string_view key, std::string_view value, CompletionToken&& token);
  /// Completes as `remove` returns.
  template <class CompletionToken>
  auto async_remove(std::string_view key, WriteOptions options, CompletionToken&& token);
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_remove(std::string_view key, CompletionToken&& token);
  /// Completes as `write` returns.
  template <class CompletionToken>
  auto async_write(WriteBatch batch, WriteOptions options, CompletionToken&& token);
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_write(WriteBatch batch, CompletionToken&& token);
  /// Completes as `flush` returns.
  template <class CompletionToken>
  auto async_flush(CompletionToken&& token);
  /// Completes as `sync` returns.
  template <class CompletionToken>
  auto async_sync(CompletionToken&& token);

  // Keyspaces.
  Keyspace default_keyspace() const;  ///< The one that calls without a keyspace mean.
  /// Durable when it returns. `already_exists` if there is one of that name.
  Result<Keyspace> create_keyspace(std::string_view name);
  /// `not_found` if there is none of that name.
  Result<Keyspace> keyspace(std::string_view name) const;
  /// All of them, the default one first, then by name.
  std::vector<Keyspace> keyspaces() const;
  /// Removes it and its rows for good. Flushes first, so this costs I/O. The default keyspace
  /// cannot be dropped.
  Result<void> drop_keyspace(const Keyspace& keyspace);

  // Maintenance.
  /// Everything acknowledged so far is in the levels, on disk, when it returns.
  Result<void> flush();
  /// Everything acknowledged so far survives power loss when it returns. Cheaper than `flush`.
  Result<void> sync();
  /// Lets the levels compact in the background; on by default.
  Result<void> start_compaction();
  /// Stops it; what runs already may finish. Level 0 then grows with every flush without slowing
  /// writers down, and reads pay for it.
  Result<void> stop_compaction();
  /// Flushes and compacts [first, last) of `keyspace` (null: the default) down to the last level
  /// and waits for it. Empty optionals mean unbounded. What was removed gives its space back then,
  /// as far as no open snapshot, cursor or read still sees it.
  Result<void> compact_range(std::optional<std::string_view> first = {},
                             std::optional<std::string_view> last = {},
                             const Keyspace* keyspace = nullptr);
  /// A complete, openable and durable copy of the state as of now; `already_exists` if `directory`
  /// does. Files of the levels are hard links where possible. Writers go on meanwhile.
  Result<void> checkpoint(const std::filesystem::path& directory);
  Statistics statistics() const;  ///< Counters since it was opened, gauges as of now.
  const std::filesystem::path& directory() const noexcept;  ///< As it was opened.

  /// For Quartz's own use.
  explicit StorageEngine(std::shared_ptr<storage::Engine> engine) noexcept;
  storage::Engine& engine() const noexcept { return *engine_; }  ///< For Quartz's own use.

 private:
  Result<void> put_row(const Keyspace& keyspace, std::string_view key, std::string_view value,
                       const RowAttributes& attributes, const WriteOptions& options);
  void close_quietly() noexcept;

  std::shared_ptr<storage::Engine> engine_;  // Null only after a move.
};

}  // namespace quartz
