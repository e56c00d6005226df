#include <algorithm>
#include <utility>
#include <vector>

#include "storage/engine.hpp"

namespace quartz::storage {

Sequence Engine::add_observer(RecordObserver* observer) {
  MutexLock lock(append_mutex_);
  observers_.push_back(observer);
  return next_sequence_ - 1;
}

void Engine::remove_observer(RecordObserver* observer) {
  MutexLock no_close(observers_told_mutex_);
  MutexLock lock(append_mutex_);
  std::erase(observers_, observer);
}

void Engine::tell_observers_locked(Sequence first_sequence, std::span<const std::byte> operations,
                                   std::uint32_t count) {
  for (RecordObserver* observer : observers_) observer->appended(first_sequence, operations, count);
}

void Engine::tell_observers_of_close() {
  MutexLock no_removal(observers_told_mutex_);
  std::vector<RecordObserver*> observers;
  {
    MutexLock lock(append_mutex_);
    if (std::exchange(observers_told_of_close_, true)) return;
    observers = observers_;
  }
  for (RecordObserver* observer : observers) observer->closing();
}

}  // namespace quartz::storage
