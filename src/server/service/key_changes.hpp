#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"

namespace quartz::server {

/// A key whose row was written by a committed transaction.
struct ChangedKey {
  std::size_t database = 0;
  std::string_view key;
};

/// Told of keys that have changed: by a write of this server that everybody sees by then.
class KeyChangeListener {
 public:
  virtual ~KeyChangeListener() = default;
  /// On the writer's thread; views live until this returns. `origin` is whoever the write was made
  /// for, or null. Must not add or remove listeners.
  virtual void changed(std::span<const ChangedKey> keys, const void* origin) = 0;
  /// All keys of a database are gone, or any of them may have changed.
  virtual void emptied(std::size_t database, const void* origin) = 0;
};

/// Tells listeners of changes. Without any it costs a look at a counter.
/// Threads: any number at a time. Who was removed is told nothing any more.
class KeyChanges {
 public:
  void add(KeyChangeListener* listener);
  void remove(KeyChangeListener* listener);

  bool wanted() const noexcept { return count_.load(std::memory_order_acquire) != 0; }
  void changed(std::span<const ChangedKey> keys, const void* origin);
  void emptied(std::size_t database, const void* origin);

 private:
  Mutex mutex_;
  std::vector<KeyChangeListener*> listeners_ QUARTZ_GUARDED_BY(mutex_);
  std::atomic<std::size_t> count_{0};
};

}  // namespace quartz::server
