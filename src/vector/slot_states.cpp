#include "vector/slot_states.hpp"

#include <utility>

#include "base/check.hpp"
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

void SlotStates::link(Slot slot) {
  State expected = State::pending;
  if (of(slot).compare_exchange_strong(expected, State::linked, std::memory_order_acq_rel)) return;
  add_removed(slot);
}

bool SlotStates::unlink(Slot slot) noexcept {
  State expected = State::linked;
  return of(slot).compare_exchange_strong(expected, State::pending, std::memory_order_acq_rel);
}

void SlotStates::remove(Slot slot) {
  const State before = of(slot).exchange(State::removed, std::memory_order_acq_rel);
  live_.fetch_sub(1, std::memory_order_relaxed);
  // Of a pending one somebody still has to say that it was not linked.
  if (before == State::linked) add_removed(slot);
}

void SlotStates::add_removed(Slot slot) {
  MutexLock lock(mutex_);
  removed_.push_back(slot);
  removed_count_.store(removed_.size(), std::memory_order_relaxed);
}

std::vector<Slot> SlotStates::take_removed() {
  MutexLock lock(mutex_);
  for (const Slot slot : removed_) of(slot).store(State::leaving, std::memory_order_release);
  removed_count_.store(0, std::memory_order_relaxed);
  return std::exchange(removed_, {});
}

void SlotStates::keep_removed(std::span<const Slot> slots) {
  MutexLock lock(mutex_);
  removed_.insert(removed_.end(), slots.begin(), slots.end());
  for (const Slot slot : slots) of(slot).store(State::removed, std::memory_order_release);
  removed_count_.store(removed_.size(), std::memory_order_relaxed);
}

void SlotStates::give_back(std::span<const Slot> slots) {
  MutexLock lock(mutex_);
  for (const Slot slot : slots) {
    of(slot).store(State::free, std::memory_order_release);
    free_.push_back(slot);
  }
}

Result<void> SlotStates::restore(std::span<const State> states) {
  QUARTZ_CHECK(end() == 0 && states.size() <= kSlotsMax);
  QUARTZ_TRY(states_.grow(states.size()));
  MutexLock lock(mutex_);
  // Backwards, so that the lowest of the free ones is the first to be taken.
  for (std::size_t at = states.size(); at-- > 0;) {
    const auto slot = static_cast<Slot>(at);
    of(slot).store(states[at], std::memory_order_relaxed);
    if (states[at] == State::free) free_.push_back(slot);
    if (states[at] == State::removed) removed_.push_back(slot);
  }
  live_.store(states.size() - free_.size() - removed_.size(), std::memory_order_relaxed);
  removed_count_.store(removed_.size(), std::memory_order_relaxed);
  end_.store(states.size(), std::memory_order_release);
  return {};
}

std::vector<SlotStates::State> SlotStates::snapshot() const {
  std::vector<State> states(end());
  for (std::size_t slot = 0; slot < states.size(); ++slot) {
    states[slot] = of(static_cast<Slot>(slot)).load(std::memory_order_acquire);
  }
  return states;
}

}  // namespace quartz::vector
