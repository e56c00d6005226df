#pragma once

#include <atomic>
#include <cstdint>

#include "base/thread_slot.hpp"

namespace quartz {

/// Epoch-based reclamation (Fraser, "Practical lock-freedom", 2004): readers mark the stretch in
/// which they hold raw pointers, and what a writer unlinks is freed only when every reader that
/// could have seen it has left. One domain for the process, so that entering costs no look-up.
/// epoch.cpp gives the protocol and why it is right.

/// The process's epoch. It advances by one whenever a batch of retired objects is closed.
struct alignas(128) EpochClock {
  std::atomic<std::uint64_t> now{1};
};
extern constinit EpochClock epoch_clock;

/// While one is alive, nothing retired after its construction is freed. Nests. Keep it short, and
/// never block under it: a guard that stays holds back all reclamation of the process.
/// Threads: belongs to the thread that made it. Cost: two stores, one of them ordered.
class EpochGuard {
 public:
  EpochGuard() noexcept : slot_(this_thread_slot()) {
    if (slot_.guards++ != 0) return;
    slot_.epoch.store(epoch_clock.now.load(std::memory_order_acquire), std::memory_order_seq_cst);
    // Its value does not matter. A reclaimer that did not see the store above advanced the epoch
    // before this load, which therefore sees it advanced, and with it everything unlinked by then.
    (void)epoch_clock.now.load(std::memory_order_seq_cst);
  }
  ~EpochGuard() {
    if (--slot_.guards == 0) slot_.epoch.store(ThreadSlot::kOutside, std::memory_order_release);
  }
  EpochGuard(const EpochGuard&) = delete;
  EpochGuard& operator=(const EpochGuard&) = delete;

 private:
  ThreadSlot& slot_;
};

/// Frees `object` by `release(object)` once no guard that was alive at this call remains. The
/// object must already be unreachable for new readers. `release` runs on some later caller's
/// thread, of this function, of `reclaim_retired` or of `drain_retired`; it may retire further
/// objects but must not block. Cost: a lock that is rarely contended; every 64th call frees what it
/// may.
void retire(void* object, void (*release)(void*) noexcept);

template <class T>
void retire_object(T* object) {
  retire(object, [](void* p) noexcept { delete static_cast<T*>(p); });
}

/// Frees what may be freed now; how many objects are still waiting, those of all threads. For
/// threads that retire rarely.
std::uint64_t reclaim_retired();

/// Waits until every guard that was alive at this call is gone, and everything retired before it,
/// by any thread, is freed. Must not be called under a guard or by a `release`.
void drain_retired();

}  // namespace quartz
