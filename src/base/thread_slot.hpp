#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace quartz {

/// What the process keeps for each running thread: a small number, and its place in the epoch
/// protocol (base/epoch.hpp). Slots are never freed, only handed to a later thread, so that anybody
/// may walk over all of them at any time. A slot has cache lines to itself: two, because processors
/// fetch them in pairs.
struct alignas(128) ThreadSlot {
  static constexpr std::uint64_t kOutside = 0;  // No epoch has this number.

  explicit ThreadSlot(std::size_t number) noexcept : index(number) {}

  /// The epoch in which the thread's outermost guard began; kOutside without one.
  std::atomic<std::uint64_t> epoch{kOutside};
  std::uint32_t guards = 0;    ///< Guards alive; the owner's alone.
  bool reclaiming = false;     ///< The thread is freeing retired objects; the owner's alone.
  bool taken = true;           ///< Belongs to a thread; guarded by the registry's mutex.
  const std::size_t index;     ///< From 0 up, without gaps.
  ThreadSlot* next = nullptr;  ///< Set before the slot is published, then constant.
};

/// The calling thread's slot once it has one. Read through `this_thread_slot`. The model makes it a
/// plain load relative to the thread's register even in a shared library.
[[gnu::tls_model("initial-exec")]] extern constinit thread_local ThreadSlot* current_thread_slot;

/// Gives the calling thread a slot until it ends.
ThreadSlot& register_thread_slot() noexcept;

/// The newest slot; `next` leads to all others. Null before the first thread registered.
const ThreadSlot* all_thread_slots() noexcept;

/// The calling thread's slot. Cost: one load and a branch; a short lock at a thread's first call.
inline ThreadSlot& this_thread_slot() noexcept {
  ThreadSlot* slot = current_thread_slot;
  if (slot == nullptr) [[unlikely]]
    return register_thread_slot();
  return *slot;
}

}  // namespace quartz
