#include <algorithm>

#include "storage/engine.hpp"

namespace quartz::storage {

Sequence Engine::add_observer(RecordObserver* observer) {
  MutexLock lock(append_mutex_);
  observers_.push_back(observer);
  return next_sequence_ - 1;
}

void Engine::remove_observer(RecordObserver* observer) {
  MutexLock lock(append_mutex_);
  std::erase(observers_, observer);
}

void Engine::tell_observers_locked(Sequence first_sequence, std::span<const std::byte> operations,
                                   std::uint32_t count) {
  for (RecordObserver* observer : observers_) observer->appended(first_sequence, operations, count);
}

}  // namespace quartz::storage
