#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "vector/slot.hpp"
#include "vector/slot_array.hpp"

namespace quartz::vector {

/// Which slots hold a point. A slot goes from free to pending when its point may be found, to
/// linked when the graph leads to it, to removed when it must not be found any more though the
/// graph leads through it as before, to leaving when no new link may lead to it, and back to free
/// when none does.
///
/// Threads: all calls may be made at the same time; each slot's changes by one thread at a time.
class SlotStates {
 public:
  enum class State : std::uint8_t { free, pending, linked, removed, leaving };

  SlotStates() : states_(sizeof(std::atomic<State>), 1) {}

  /// A free slot, to be filled and then shown by `show`; a used one again if there is one. Nothing
  /// once `kSlotsMax` are in use. `io_error` without memory.
  Result<std::optional<Slot>> take();
  /// The point in a taken slot may be found.
  void show(Slot slot) noexcept {
    of(slot).store(State::pending, std::memory_order_release);
    live_.fetch_add(1, std::memory_order_relaxed);
  }
  /// The graph leads to a shown slot, or its point was removed meanwhile and nobody will link it:
  /// whoever has to link a slot calls this, once.
  void link(Slot slot);
  /// The point in a shown slot must not be found any more.
  void remove(Slot slot);
  /// A linked slot is to be linked again; false if it was removed meanwhile.
  bool unlink(Slot slot) noexcept;
  /// Slots that were removed since the last call and have passed `link`: they are leaving from now
  /// on. The caller gives them back when nothing leads to them, or keeps them.
  std::vector<Slot> take_removed();
  /// They are as they were before they were taken.
  void keep_removed(std::span<const Slot> slots);
  /// How many there are to take.
  std::size_t removed_count() const noexcept {
    return removed_count_.load(std::memory_order_relaxed);
  }
  /// They may be taken again. Taken slots that were never shown can be given back as well.
  void give_back(std::span<const Slot> slots);

  /// What each slot is, for all that were ever taken; none goes back to free meanwhile.
  std::vector<State> snapshot() const;

  /// Takes these states for the slots from 0 on, before any was taken; removed ones come with the
  /// next `take_removed`. `io_error` without memory. Threads: nobody else knows it yet.
  Result<void> restore(std::span<const State> states);

  /// Pending or linked.
  bool live(Slot slot) const noexcept {
    const State state = of(slot).load(std::memory_order_acquire);
    return state == State::pending || state == State::linked;
  }
  bool linked(Slot slot) const noexcept {
    return of(slot).load(std::memory_order_acquire) == State::linked;
  }
  /// Removed or leaving.
  bool removed(Slot slot) const noexcept {
    return of(slot).load(std::memory_order_acquire) >= State::removed;
  }
  bool leaving(Slot slot) const noexcept {
    return of(slot).load(std::memory_order_acquire) == State::leaving;
  }
  std::size_t live_count() const noexcept { return live_.load(std::memory_order_relaxed); }
  /// All slots that were ever taken are below.
  std::size_t end() const noexcept { return end_.load(std::memory_order_acquire); }

 private:
  std::atomic<State>& of(Slot slot) const noexcept {
    return *reinterpret_cast<std::atomic<State>*>(states_.at(slot));
  }

  void add_removed(Slot slot);

  SlotArray states_;
  std::atomic<std::size_t> live_{0};
  std::atomic<std::size_t> end_{0};
  std::atomic<std::size_t> removed_count_{0};
  mutable Mutex mutex_;
  std::vector<Slot> free_ QUARTZ_GUARDED_BY(mutex_);
  std::vector<Slot> removed_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::vector
