#include "vector/slot_states.hpp"

#include <utility>

#include "base/try.hpp"

namespace quartz::vector {

Result<std::optional<Slot>> SlotStates::take() {
  MutexLock lock(mutex_);
  if (!free_.empty()) {
    const Slot slot = free_.back();
    free_.pop_back();
    return std::optional(slot);
  }
  const std::size_t next = end();
  if (next == kSlotsMax) return std::optional<Slot>();
  QUARTZ_TRY(states_.grow(next + 1));
  end_.store(next + 1, std::memory_order_release);
  return std::optional(static_cast<Slot>(next));
}

void SlotStates::remove(Slot slot) {
  MutexLock lock(mutex_);
  removed_.push_back(slot);
  of(slot).store(State::removed, std::memory_order_release);
  live_.fetch_sub(1, std::memory_order_relaxed);
}

std::vector<Slot> SlotStates::take_removed() {
  MutexLock lock(mutex_);
  return std::exchange(removed_, {});
}

void SlotStates::give_back(std::vector<Slot> slots) {
  MutexLock lock(mutex_);
  for (const Slot slot : slots) {
    of(slot).store(State::free, std::memory_order_release);
    free_.push_back(slot);
  }
}

}  // namespace quartz::vector
