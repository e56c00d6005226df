#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/storage/pinned_value.hpp"
#include "quartz/storage/read_set.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "quartz/storage/snapshot.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/storage/write_batch.hpp"
#include "server/service/databases.hpp"
#include "server/service/key_event.hpp"
#include "server/service/pending_writes.hpp"
#include "server/service/row_kind.hpp"

namespace quartz::server {

/// A row as a transaction sees it. `value` lives until the row is written or the transaction ends.
class VisibleRow {
 public:
  explicit VisibleRow(PinnedValue pinned) noexcept
      : value(pinned.view()), attributes(pinned.attributes()), pinned_(std::move(pinned)) {}
  explicit VisibleRow(const PendingWrite& write) noexcept
      : value(write.value), attributes(write.attributes) {}

  RowKind kind() const noexcept { return static_cast<RowKind>(attributes.kind); }

  std::string_view value;
  RowAttributes attributes;

 private:
  PinnedValue pinned_;
};

/// Reads and writes that take effect together or not at all: those of one command, of several that
/// arrived together, or of all between MULTI and EXEC. It sees its own writes; nobody else does
/// before `commit`, which refuses with `conflict` if a row that was read here has been written by
/// somebody else since. Nothing is locked meanwhile.
///
/// A command that fails has written nothing before, so that the others may still be committed.
///
/// Threads: one at a time.
class Transaction {
 public:
  /// What a look at a row means.
  enum class Look : std::uint8_t {
    depending,    ///< What is written or answered depends on the row, so it must not change.
    independent,  ///< It is the whole answer: only in `isolate`d ones it must not change.
    guarded,      ///< It cannot change without another one that was looked at.
  };

  explicit Transaction(StorageEngine& engine) : engine_(engine), reads_(engine.sequence()) {}

  StorageEngine& engine() const noexcept { return engine_; }
  /// What is read is as of it; null: newest.
  const Snapshot* snapshot() const noexcept { return snapshot_ ? &*snapshot_ : nullptr; }
  ExpiryTime now() const noexcept { return engine_.now(); }

  /// From now on every look is a depending one: the answers to several commands are of one moment.
  void isolate() noexcept { isolated_ = true; }
  /// Forgets all that was read and written.
  void restart();
  /// The same, and what is read from now on is all of this moment. If nothing is written, nobody
  /// can come between; that is for what others made run again, for a snapshot costs more than it
  /// saves.
  void restart_on_snapshot();
  /// Forgets what was written, so that a commit tells only whether what was read is still so.
  void forget_writes();

  /// Nothing if there is no such row.
  Result<std::optional<VisibleRow>> read(const Keyspace& keyspace, std::string_view key,
                                         Look look = Look::depending);
  void put(const Keyspace& keyspace, std::string_view key, std::string_view value,
           const RowAttributes& attributes = {});
  void remove(const Keyspace& keyspace, std::string_view key);
  void remove_abandoned(const Keyspace& keyspace, std::string_view first, std::string_view last) {
    writes_.remove_abandoned(keyspace, first, last);
  }
  void remove_all(const Keyspace& keyspace) { writes_.remove_all(keyspace); }
  const PendingWrites& writes() const noexcept { return writes_; }
  /// As if the row had been read.
  void depend_on(const Keyspace& keyspace, std::string_view key) { reads_.add(keyspace, key); }

  /// Whatever writes refer to (a keyspace, say) lives until the next `restart`.
  void keep(std::shared_ptr<const void> kept) { kept_.push_back(std::move(kept)); }

  /// Somebody may want to know of this once it is committed. `key` is copied.
  void announce(KeyEventClass what, std::string_view event, const Database& database,
                std::string_view key);
  const std::vector<KeyEvent>& events() const noexcept { return events_; }

  /// `told` is called as soon as all is visible. It is dropped if that does not come to be: with
  /// the writes, or by a `commit` that fails.
  void when_committed(std::function<void()> told) { told_.push_back(std::move(told)); }

  /// Something that was found is no more: whatever is written, `commit` answers `conflict`.
  void invalidate() noexcept { invalid_ = true; }

  /// Makes the writes visible, and durable as `options` say. `conflict` also if a keyspace was
  /// dropped meanwhile. Cost: that of one write, or of a check
  /// if nothing was written, or nothing if no row was looked at that must not change either, or all
  /// is of a snapshot.
  /// Whatever the outcome, `restart` before anything else.
  Result<void> commit(const WriteOptions& options = {});

 private:
  void prefetch_first(const Keyspace& keyspace, std::string_view key) const;
  bool has_expired(const RowAttributes& attributes) const;
  Result<void> write(const WriteOptions& options);

  StorageEngine& engine_;
  ReadSet reads_;
  std::optional<Snapshot> snapshot_;
  bool isolated_ = false;
  bool invalid_ = false;
  PendingWrites writes_;
  std::vector<KeyEvent> events_;
  std::vector<std::function<void()>> told_;
  std::vector<std::shared_ptr<const void>> kept_;
  WriteBatch batch_;
};

}  // namespace quartz::server
