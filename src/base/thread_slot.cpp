#include "base/thread_slot.hpp"

#include <pthread.h>

#include "base/check.hpp"
#include "base/mutex.hpp"

namespace quartz {

constinit thread_local ThreadSlot* current_thread_slot = nullptr;

namespace {

constinit Mutex registry_mutex;
constinit std::atomic<ThreadSlot*> newest_slot{nullptr};

// Runs at the thread's end, after the destructors of its thread_local objects, which may still use
// guards. Should a later key's destructor do so too, it gets a slot again and this runs once more.
void release_slot(void* slot) noexcept {
  current_thread_slot = nullptr;
  MutexLock lock(registry_mutex);
  static_cast<ThreadSlot*>(slot)->taken = false;
}

// Owns the hook at thread exit. It goes with the library, since a hook into unloaded code would
// crash; threads that end afterwards merely keep their slot taken.
class ThreadExitKey {
 public:
  ThreadExitKey() noexcept { QUARTZ_CHECK(pthread_key_create(&key_, &release_slot) == 0); }
  ~ThreadExitKey() { pthread_key_delete(key_); }
  ThreadExitKey(const ThreadExitKey&) = delete;
  ThreadExitKey& operator=(const ThreadExitKey&) = delete;

  void arm(ThreadSlot& slot) const noexcept { (void)pthread_setspecific(key_, &slot); }

 private:
  pthread_key_t key_{};
};

// The one with the lowest number, so that numbers stay small, or a new one.
ThreadSlot& take_slot() QUARTZ_REQUIRES(registry_mutex) {
  ThreadSlot* const newest = newest_slot.load(std::memory_order_relaxed);
  ThreadSlot* lowest = nullptr;
  for (ThreadSlot* slot = newest; slot != nullptr; slot = slot->next) {
    if (!slot->taken) lowest = slot;  // The list runs from high numbers to low ones.
  }
  if (lowest != nullptr) {
    lowest->taken = true;
    return *lowest;
  }
  auto* slot = new ThreadSlot(newest == nullptr ? 0 : newest->index + 1);
  slot->next = newest;
  // Ordered with the epochs: a reclaimer that misses this slot also precedes its first guard.
  newest_slot.store(slot, std::memory_order_seq_cst);
  return *slot;
}

}  // namespace

ThreadSlot& register_thread_slot() noexcept {
  static const ThreadExitKey exit_key;
  MutexLock lock(registry_mutex);
  ThreadSlot& slot = take_slot();
  current_thread_slot = &slot;
  exit_key.arm(slot);
  return slot;
}

const ThreadSlot* all_thread_slots() noexcept {
  return newest_slot.load(std::memory_order_seq_cst);
}

}  // namespace quartz
