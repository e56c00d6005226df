#include "vector/pending_tail.hpp"

#include "base/epoch.hpp"

namespace quartz::vector {

PendingTail::PendingTail() : first_(new Chunk), last_(first_.load()), taking_(last_) {}

PendingTail::~PendingTail() {
  for (Chunk* chunk = first_.load(); chunk != nullptr;) {
    Chunk* const next = chunk->next.load();
    delete chunk;
    chunk = next;
  }
}

void PendingTail::append(Slot slot) {
  MutexLock lock(mutex_);
  std::size_t count = last_->count.load(std::memory_order_relaxed);
  if (count == kChunkSlots) {
    auto* const next = new Chunk;
    last_->next.store(next, std::memory_order_release);
    last_ = next;
    count = 0;
  }
  last_->slots[count].store(slot, std::memory_order_relaxed);
  last_->count.store(count + 1, std::memory_order_release);
  size_.fetch_add(1, std::memory_order_relaxed);
}

std::optional<PendingTail::Taken> PendingTail::take() {
  MutexLock lock(mutex_);
  if (taking_index_ == kChunkSlots) {
    Chunk* const next = taking_->next.load(std::memory_order_relaxed);
    if (next == nullptr) return std::nullopt;
    taking_ = next;
    taking_index_ = 0;
  }
  if (taking_index_ == taking_->count.load(std::memory_order_relaxed)) return std::nullopt;
  std::atomic<Slot>& place = taking_->slots[taking_index_++];
  return Taken{place.load(std::memory_order_relaxed), &place, taking_};
}

void PendingTail::finish(const Taken& taken) {
  taken.place->store(kNoSlot, std::memory_order_release);
  size_.fetch_sub(1, std::memory_order_relaxed);
  MutexLock lock(mutex_);
  ++taken.chunk->finished;
  // The last chunk stays, for what comes, and so does one that is taken from still.
  while (true) {
    Chunk* const chunk = first_.load(std::memory_order_relaxed);
    if (chunk->finished < kChunkSlots || chunk == last_) return;
    if (chunk == taking_) {
      taking_ = chunk->next.load(std::memory_order_relaxed);
      taking_index_ = 0;
    }
    first_.store(chunk->next.load(std::memory_order_relaxed), std::memory_order_release);
    retire_object(chunk);
  }
}

}  // namespace quartz::vector
