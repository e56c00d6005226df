#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "storage/arena.hpp"
#include "vector/slot.hpp"
#include "vector/slot_array.hpp"

namespace quartz::vector {

/// Where a search through the graph begins.
struct HnswEntry {
  Slot slot = kNoSlot;  // None: the graph is empty.
  unsigned level = 0;   // Its highest.
};

/// The links of a hierarchical navigable small world graph (Malkov and Yashunin, "Efficient and
/// robust approximate nearest neighbor search using Hierarchical Navigable Small World graphs",
/// TPAMI 2018). Every slot of the graph has a list of up to 2 m neighbours on level 0, and one of
/// up to m on each further level that it reaches; one slot in m reaches one level more.
///
/// Threads: lists are read without a lock, beside writers: a reader meets each link that stands
/// there all the while, and possibly some that come or go. A list is written under `lock_of(slot)`,
/// or by whoever alone knows the slot. A link is published with what its slot has to show.
class HnswLinks {
 public:
  /// A link as it is stored: the neighbour's slot plus one, so that fresh memory holds no links.
  using Link = std::atomic<std::uint32_t>;

  static constexpr std::uint32_t kMMin = 2;
  static constexpr std::uint32_t kMMax = 128;
  static constexpr unsigned kLevelMax = 15;

  /// `m` lies between `kMMin` and `kMMax`.
  explicit HnswLinks(std::uint32_t m);

  /// See SlotArray. With it go the lists of level 0.
  Result<void> grow(std::size_t count);
  std::size_t capacity() const noexcept { return level0_.capacity(); }

  std::uint32_t m() const noexcept { return m_; }
  std::size_t length_max(unsigned level) const noexcept { return level == 0 ? 2 * m_ : m_; }

  /// Highest level of a slot, for slots that were given one.
  unsigned level_of(Slot slot) const noexcept {
    const Upper* upper = upper_of(slot).load(std::memory_order_acquire);
    return upper == nullptr ? 0 : upper->level;
  }
  /// Gives the slot, which nobody else knows yet, empty lists up to `level`. Throws std::bad_alloc.
  void set_level(Slot slot, unsigned level);
  /// Takes the lists of a slot that nobody can reach any more.
  void release(Slot slot) noexcept;

  /// All places of a list; the links are those before the first zero. `level` is one that the slot
  /// has.
  std::span<Link> list(Slot slot, unsigned level) const noexcept {
    if (level == 0) return {reinterpret_cast<Link*>(level0_.at(slot)), 2 * std::size_t{m_}};
    Upper* const upper = upper_of(slot).load(std::memory_order_acquire);
    return {upper->links() + (level - 1) * std::size_t{m_}, m_};
  }
  /// The lists of level 0, one for each slot, each of 2 m links without padding: for whoever fills
  /// a graph that nobody else knows yet.
  SlotArray& level0() noexcept { return level0_; }
  /// Calls `visit(slot)` for each neighbour.
  template <class Visit>
  void for_each(Slot slot, unsigned level, const Visit& visit) const {
    for (const Link& link : list(slot, level)) {
      const std::uint32_t stored = link.load(std::memory_order_acquire);
      if (stored == 0) return;
      visit(stored - 1);
    }
  }
  /// Replaces a list, under its lock.
  void assign(Slot slot, unsigned level, std::span<const Slot> neighbours) noexcept;
  /// Adds to a list that has room, under its lock; false if it has none.
  bool append(Slot slot, unsigned level, Slot neighbour) noexcept;

  void prefetch(Slot slot) const noexcept {
    const std::byte* const at = level0_.at(slot);
    for (std::size_t line = 0; line < level0_.stride(); line += 64) __builtin_prefetch(at + line);
  }

  Mutex& lock_of(Slot slot) const noexcept { return locks_[slot % kLocks]; }

  HnswEntry entry() const noexcept {
    const std::uint64_t packed = entry_.load(std::memory_order_acquire);
    if (packed == 0) return {};
    return {static_cast<Slot>(packed - 1), static_cast<unsigned>(packed >> 32)};
  }
  void set_entry(HnswEntry entry) noexcept {
    entry_.store(std::uint64_t{entry.level} << 32 | (entry.slot + 1), std::memory_order_release);
  }
  /// The graph is empty from now on.
  void clear_entry() noexcept { entry_.store(0, std::memory_order_release); }
  /// Held by whoever may change the entry.
  Mutex& entry_lock() const noexcept { return entry_lock_; }

  /// Memory of the lists, without what was reserved and not used.
  std::size_t bytes(std::size_t slot_count) const noexcept;
  /// Of a slot that reaches no further level.
  std::size_t bytes_per_slot() const noexcept { return level0_.stride() + upper_.stride(); }

 private:
  struct Upper {
    Upper* next_spare;
    std::uint32_t level;
    Link* links() noexcept { return reinterpret_cast<Link*>(this + 1); }
  };
  static constexpr std::size_t kLocks = 1024;

  std::atomic<Upper*>& upper_of(Slot slot) const noexcept {
    return *reinterpret_cast<std::atomic<Upper*>*>(upper_.at(slot));
  }

  const std::uint32_t m_;
  SlotArray level0_;
  SlotArray upper_;
  mutable Mutex arena_lock_;
  storage::Arena arena_ QUARTZ_GUARDED_BY(arena_lock_);
  // Released ones, by their level.
  std::array<Upper*, kLevelMax + 1> spare_ QUARTZ_GUARDED_BY(arena_lock_){};
  const std::unique_ptr<Mutex[]> locks_;
  mutable Mutex entry_lock_;
  std::atomic<std::uint64_t> entry_{0};
};

}  // namespace quartz::vector
