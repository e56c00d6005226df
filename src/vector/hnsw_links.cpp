#include "vector/hnsw_links.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "base/check.hpp"
#include "base/try.hpp"

namespace quartz::vector {
namespace {

constexpr std::size_t kLine = 64;

}  // namespace

HnswLinks::HnswLinks(std::uint32_t m)
    : m_(m),
      level0_(2 * std::size_t{m} * sizeof(Link), std::min<std::size_t>(kLine, 2 * sizeof(Link))),
      upper_(sizeof(std::atomic<Upper*>), alignof(std::atomic<Upper*>)),
      locks_(std::make_unique<Mutex[]>(kLocks)) {
  QUARTZ_CHECK(m >= kMMin && m <= kMMax);
}

Result<void> HnswLinks::grow(std::size_t count) {
  QUARTZ_TRY(upper_.grow(count));
  return level0_.grow(count);
}

void HnswLinks::set_level(Slot slot, unsigned level) {
  QUARTZ_CHECK(level <= kLevelMax);
  if (level == 0) return;
  MutexLock lock(arena_lock_);
  Upper* upper = spare_[level];
  if (upper != nullptr) {
    spare_[level] = upper->next_spare;
  } else {
    const std::size_t bytes = sizeof(Upper) + level * std::size_t{m_} * sizeof(Link);
    upper = static_cast<Upper*>(arena_.allocate(bytes, alignof(Upper)));
    upper->level = level;
  }
  upper_of(slot).store(upper, std::memory_order_release);
}

void HnswLinks::release(Slot slot) noexcept {
  Upper* const upper = upper_of(slot).load(std::memory_order_acquire);
  const unsigned top = upper == nullptr ? 0 : upper->level;
  for (unsigned level = 0; level <= top; ++level) assign(slot, level, {});
  if (upper == nullptr) return;
  upper_of(slot).store(nullptr, std::memory_order_release);
  MutexLock lock(arena_lock_);
  upper->next_spare = std::exchange(spare_[top], upper);
}

void HnswLinks::assign(Slot slot, unsigned level, std::span<const Slot> neighbours) noexcept {
  const std::span<Link> places = list(slot, level);
  QUARTZ_CHECK(neighbours.size() <= places.size());
  std::size_t at = 0;
  for (; at < neighbours.size(); ++at) {
    places[at].store(neighbours[at] + 1, std::memory_order_release);
  }
  for (; at < places.size() && places[at].load(std::memory_order_relaxed) != 0; ++at) {
    places[at].store(0, std::memory_order_relaxed);
  }
}

bool HnswLinks::append(Slot slot, unsigned level, Slot neighbour) noexcept {
  for (Link& place : list(slot, level)) {
    if (place.load(std::memory_order_relaxed) != 0) continue;
    place.store(neighbour + 1, std::memory_order_release);
    return true;
  }
  return false;
}

std::size_t HnswLinks::bytes(std::size_t slot_count) const noexcept {
  MutexLock lock(arena_lock_);
  return slot_count * bytes_per_slot() + arena_.mapped_bytes();
}

}  // namespace quartz::vector
