#include "base/epoch.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <list>
#include <thread>

#include "base/check.hpp"
#include "base/mutex.hpp"

// The protocol.
//
// Retired objects collect in batches. Closing a batch advances the epoch and stamps the batch with
// the number it had before; every unlinking of the batch's objects happens before that. A guard
// publishes the epoch it read when it began. A batch may be freed when its stamp is below the epoch
// of every guard and below the epoch itself, read before the guards were looked at.
//
// Why no guard can hold an object of such a batch:
// - A guard that was seen began at an epoch above the stamp. It read that number from the advance
//   that closed the batch, or from a later one, so it also sees all of the batch unlinked.
// - A guard that was not seen stored its epoch after the look, in the single order of sequentially
//   consistent operations. Its second read of the epoch comes later still, so it sees the advance
//   that closed the batch, and again everything unlinked before.
// - A guard that has left stored kOutside with release; the look acquires it, so its reads happen
//   before the free.

namespace quartz {

constinit EpochClock epoch_clock;

namespace {

struct Retired {
  void* object;
  void (*release)(void*) noexcept;
};

// Objects that are freed together.
struct Batch {
  static constexpr std::size_t kCapacity = 64;
  static constexpr std::uint64_t kOpen = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t stamp = kOpen;
  bool taken = false;  // Somebody is freeing it; it stays listed until then, for drain_retired.
  std::size_t count = 0;
  std::array<Retired, kCapacity> objects;
};

// One thread's batches, unless there are more threads than shards. The open one, if any, is last.
struct alignas(128) Shard {
  Mutex mutex;
  std::list<Batch> batches QUARTZ_GUARDED_BY(mutex);  // Stamps ascend.
};

constexpr std::size_t kShards = 64;

// What is left when the process ends is freed if nobody is in it, so that leak checkers are not
// told of objects that were only waiting. Some rounds, because what is freed may retire more.
void reclaim_at_exit() {
  constexpr int kRounds = 8;
  for (int round = 0; round < kRounds && reclaim_retired() > 0; ++round) continue;
}

// Never destroyed: threads and static objects may retire until the process is gone.
std::array<Shard, kShards>& shards() {
  static auto* const all = [] {
    auto* const created = new std::array<Shard, kShards>;
    static_cast<void>(std::atexit(reclaim_at_exit));
    return created;
  }();
  return *all;
}

void close(Batch& batch) noexcept {
  batch.stamp = epoch_clock.now.fetch_add(1, std::memory_order_seq_cst);
}

void close_open_batch(Shard& shard) {
  MutexLock lock(shard.mutex);
  if (!shard.batches.empty() && shard.batches.back().stamp == Batch::kOpen) {
    close(shard.batches.back());
  }
}

// Batches with stamps below it may be freed.
std::uint64_t freeable_below() noexcept {
  std::uint64_t limit = epoch_clock.now.load(std::memory_order_seq_cst);
  for (const ThreadSlot* slot = all_thread_slots(); slot != nullptr; slot = slot->next) {
    const std::uint64_t entered = slot->epoch.load(std::memory_order_seq_cst);
    if (entered != ThreadSlot::kOutside) limit = std::min(limit, entered);
  }
  return limit;
}

using BatchPosition = std::list<Batch>::iterator;

bool take_freeable(Shard& shard, std::uint64_t limit, BatchPosition& batch) {
  MutexLock lock(shard.mutex);
  batch = std::find_if(shard.batches.begin(), shard.batches.end(),
                       [&](const Batch& b) { return !b.taken && b.stamp < limit; });
  if (batch == shard.batches.end()) return false;
  batch->taken = true;
  return true;
}

// Frees outside the lock, because a release may retire further objects.
void free_below(Shard& shard, std::uint64_t limit) {
  BatchPosition batch;
  while (take_freeable(shard, limit, batch)) {
    for (std::size_t i = 0; i < batch->count; ++i) {
      batch->objects[i].release(batch->objects[i].object);
    }
    MutexLock lock(shard.mutex);
    shard.batches.erase(batch);
  }
}

// A release that retires must not start another round inside this one: chains of objects that
// retire their successors would use up the stack.
class Reclaiming {
 public:
  explicit Reclaiming(ThreadSlot& slot) noexcept : slot_(slot) { slot_.reclaiming = true; }
  ~Reclaiming() { slot_.reclaiming = false; }
  Reclaiming(const Reclaiming&) = delete;
  Reclaiming& operator=(const Reclaiming&) = delete;

 private:
  ThreadSlot& slot_;
};

bool any_closed_through(std::uint64_t stamp) {
  for (Shard& shard : shards()) {
    MutexLock lock(shard.mutex);
    if (!shard.batches.empty() && shard.batches.front().stamp <= stamp) return true;
  }
  return false;
}

}  // namespace

void retire(void* object, void (*release)(void*) noexcept) {
  ThreadSlot& slot = this_thread_slot();
  Shard& shard = shards()[slot.index % kShards];
  {
    MutexLock lock(shard.mutex);
    if (shard.batches.empty() || shard.batches.back().stamp != Batch::kOpen) {
      shard.batches.emplace_back();
    }
    Batch& batch = shard.batches.back();
    batch.objects[batch.count++] = {object, release};
    if (batch.count < Batch::kCapacity) return;
    close(batch);
  }
  if (slot.reclaiming) return;
  const Reclaiming reclaiming(slot);
  free_below(shard, freeable_below());
}

std::uint64_t reclaim_retired() {
  ThreadSlot& slot = this_thread_slot();
  for (Shard& shard : shards()) close_open_batch(shard);
  if (!slot.reclaiming) {
    const Reclaiming reclaiming(slot);
    const std::uint64_t limit = freeable_below();
    for (Shard& shard : shards()) free_below(shard, limit);
  }
  std::uint64_t waiting = 0;
  for (Shard& shard : shards()) {
    MutexLock lock(shard.mutex);
    for (const Batch& batch : shard.batches) waiting += batch.count;
  }
  return waiting;
}

void drain_retired() {
  const ThreadSlot& slot = this_thread_slot();
  QUARTZ_CHECK(slot.guards == 0);  // It would wait for its own guard,
  QUARTZ_CHECK(!slot.reclaiming);  // or for the batch that is being freed around it.
  // Waits for the guards also if there is nothing else to free.
  static constexpr char kNothing = 0;
  retire(const_cast<char*>(&kNothing), [](void*) noexcept {});
  for (Shard& shard : shards()) close_open_batch(shard);
  const std::uint64_t last = epoch_clock.now.load(std::memory_order_seq_cst) - 1;
  auto pause = std::chrono::microseconds(1);
  while (true) {
    reclaim_retired();
    if (!any_closed_through(last)) return;
    // A reader is under way, and nothing tells when it leaves: guards pay for no notification.
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, std::chrono::microseconds(1000));
  }
}

}  // namespace quartz
