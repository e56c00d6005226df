#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "storage/operation.hpp"
#include "vector/slot.hpp"

namespace quartz::vector {

/// A point in the memory of an index: which slots its vectors have, and from which write until
/// which it is there. One piece of memory with its slots, id and payload behind it.
///
/// Threads: readers hold an epoch guard; what changes is atomic, or belongs to the index's lock.
class PointEntry {
 public:
  struct Free {
    void operator()(PointEntry* entry) const noexcept;
  };
  using Owned = std::unique_ptr<PointEntry, Free>;

  /// Throws std::bad_alloc.
  static Owned make(std::string_view id, std::uint64_t version, storage::Sequence added,
                    std::span<const Slot> slots, std::string_view payload);
  PointEntry(const PointEntry&) = delete;
  PointEntry& operator=(const PointEntry&) = delete;

  std::uint64_t version() const noexcept { return version_; }
  std::string_view id() const noexcept {
    return {reinterpret_cast<const char*>(this + 1) + slot_count_ * sizeof(Slot), id_bytes_};
  }
  std::string_view payload() const noexcept { return {id().data() + id_bytes_, payload_bytes_}; }
  std::span<const Slot> slots() const noexcept {
    return {reinterpret_cast<const Slot*>(this + 1), slot_count_};
  }
  /// Memory that it takes.
  std::size_t bytes() const noexcept {
    return sizeof(PointEntry) + slot_count_ * sizeof(Slot) + id_bytes_ + payload_bytes_;
  }

  /// Whether a search that sees all writes up to `at`, and none after, finds it.
  bool visible_at(storage::Sequence at) const noexcept {
    return added_ <= at && at < removed_.load(std::memory_order_acquire);
  }
  void remove_at(storage::Sequence sequence) noexcept {
    removed_.store(sequence, std::memory_order_release);
  }
  /// While an index catches up with the rows (see `VectorIndex::begin_catching_up`): whether the
  /// entry is known to agree with them. Under the index's lock.
  bool settled() const noexcept { return settled_; }
  void set_settled(bool settled) noexcept { settled_ = settled; }
  /// Gives one of its slots up; true for the last one.
  bool drop_slot() noexcept { return slots_left_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

 private:
  PointEntry(std::uint64_t version, storage::Sequence added, std::size_t slot_count,
             std::size_t id_bytes, std::size_t payload_bytes) noexcept;

  const std::uint64_t version_;
  const storage::Sequence added_;
  std::atomic<storage::Sequence> removed_{storage::kSequenceMax};
  std::atomic<std::uint32_t> slots_left_;
  const std::uint32_t payload_bytes_;
  const std::uint16_t slot_count_;
  const std::uint16_t id_bytes_;
  bool settled_ = true;
};

}  // namespace quartz::vector
