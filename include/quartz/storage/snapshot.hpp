#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "quartz/export.hpp"

namespace quartz {

namespace storage {
struct SnapshotState;
}

/// The whole engine, all keyspaces, as it was at one sequence; it never changes. Taking one costs a
/// few pointers, whatever the size of the data; holding one keeps superseded versions and log
/// segments from being reclaimed (`Statistics::snapshots_open` shows how many there are).
/// After `close()` reads through it answer `closed`.
/// Expiry is no write: a row that has expired by now is absent to a snapshot too, though it was
/// there when the snapshot was taken.
/// Threads: may be read from by any number at a time. Move-only: one owner per pin.
class QUARTZ_EXPORT Snapshot {
 public:
  /// One owner of the pin: what was moved from may only be destroyed or assigned to.
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) noexcept;  ///< Lets go what it was before.
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot();

  /// Every write up to this sequence is visible, none after it.
  std::uint64_t sequence() const noexcept;

  /// For Quartz's own use.
  explicit Snapshot(std::shared_ptr<const storage::SnapshotState> state);
  /// For Quartz's own use.
  const std::shared_ptr<const storage::SnapshotState>& state() const noexcept { return state_; }

 private:
  std::shared_ptr<const storage::SnapshotState> state_;  // Null only after a move.
};

}  // namespace quartz
