#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>

#include "base/mutex.hpp"
#include "vector/slot.hpp"

namespace quartz::vector {

/// Slots whose vectors a search must look at one by one, because the graph does not lead to them
/// yet: a queue of which readers see every element until it is finished, not only until it is
/// taken.
///
/// Threads: all calls may be made at the same time, `for_each` under an epoch guard.
class PendingTail {
  struct Chunk;

 public:
  PendingTail();
  ~PendingTail();
  PendingTail(const PendingTail&) = delete;
  PendingTail& operator=(const PendingTail&) = delete;

  /// An element that somebody works on.
  struct Taken {
    Slot slot = kNoSlot;
    std::atomic<Slot>* place = nullptr;
    Chunk* chunk = nullptr;
  };

  /// Throws std::bad_alloc.
  void append(Slot slot);
  /// The oldest element that nobody has taken.
  std::optional<Taken> take();
  /// Readers need not look at it any more: the graph leads to the slot, or its point is gone.
  void finish(const Taken& taken);

  /// Elements that were not finished.
  std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

  /// All elements that were appended before the call and not finished, and possibly others that
  /// come or go. A reader that asks the graph afterwards misses no slot.
  template <class Visit>
  void for_each(const Visit& visit) const {
    const Chunk* chunk = first_.load(std::memory_order_acquire);
    for (; chunk != nullptr; chunk = chunk->next.load(std::memory_order_acquire)) {
      const std::size_t count = chunk->count.load(std::memory_order_acquire);
      for (std::size_t i = 0; i < count; ++i) {
        const Slot slot = chunk->slots[i].load(std::memory_order_acquire);
        if (slot != kNoSlot) visit(slot);
      }
    }
  }

 private:
  static constexpr std::size_t kChunkSlots = 512;
  struct Chunk {
    std::array<std::atomic<Slot>, kChunkSlots> slots;
    std::atomic<std::size_t> count{0};
    std::atomic<Chunk*> next{nullptr};
    std::size_t finished = 0;  // Guarded by the tail's mutex.
  };

  Mutex mutex_;
  std::atomic<Chunk*> first_;
  Chunk* last_ QUARTZ_GUARDED_BY(mutex_);
  Chunk* taking_ QUARTZ_GUARDED_BY(mutex_);                 // Where the next element to take lies,
  std::size_t taking_index_ QUARTZ_GUARDED_BY(mutex_) = 0;  // and at which place of it.
  std::atomic<std::size_t> size_{0};
};

}  // namespace quartz::vector
