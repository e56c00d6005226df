#include "server/service/key_changes.hpp"

namespace quartz::server {

void KeyChanges::add(KeyChangeListener* listener) {
  MutexLock lock(mutex_);
  listeners_.push_back(listener);
  count_.store(listeners_.size(), std::memory_order_release);
}

void KeyChanges::remove(KeyChangeListener* listener) {
  MutexLock lock(mutex_);
  std::erase(listeners_, listener);
  count_.store(listeners_.size(), std::memory_order_release);
}

void KeyChanges::changed(std::span<const ChangedKey> keys, const void* origin) {
  MutexLock lock(mutex_);
  for (KeyChangeListener* const listener : listeners_) listener->changed(keys, origin);
}

void KeyChanges::emptied(std::size_t database, const void* origin) {
  MutexLock lock(mutex_);
  for (KeyChangeListener* const listener : listeners_) listener->emptied(database, origin);
}

}  // namespace quartz::server
