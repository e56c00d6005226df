#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vector/slot_bitmap.hpp"

namespace quartz::vector {

/// A union of slots that is being put together from many parts, most of them small.
class SlotUnion {
 public:
  void add(Slot slot) { loose_.push_back(slot); }
  void add(const std::vector<Slot>& slots) {
    loose_.insert(loose_.end(), slots.begin(), slots.end());
  }
  void add(const SlotBitmap& slots) { whole_ |= slots; }
  /// A bit for each slot below `count` at least, 64 to a word, lowest first: to be set by whoever
  /// knows very many.
  std::span<std::uint64_t> bits(std::size_t count) {
    if (bits_.size() < (count + 63) / 64) bits_.resize((count + 63) / 64);
    return bits_;
  }

  /// All that was added; leaves nothing behind.
  SlotBitmap take();

 private:
  std::vector<Slot> loose_;
  std::vector<std::uint64_t> bits_;
  SlotBitmap whole_;
};

/// The slots that have one value of a field. Most values have a single slot or a handful, and some
/// have many, so that it has three forms: the slot itself, a sorted array, and a bitmap. Moves
/// only.
class SlotPostings {
 public:
  SlotPostings() noexcept : slot_(0) {}
  SlotPostings(SlotPostings&& other) noexcept;
  SlotPostings& operator=(SlotPostings&& other) noexcept;
  ~SlotPostings() { clear(); }

  /// Whether it was not there, or was there before.
  bool add(Slot slot);
  bool remove(Slot slot);

  std::uint32_t count() const noexcept { return count_; }
  bool empty() const noexcept { return count_ == 0; }
  void add_to(SlotUnion& all) const;
  /// Calls `visit(slot)` for each.
  template <class Visit>
  void for_each(const Visit& visit) const {
    if (form_ == Form::many) {
      for (const Slot slot : many_->to_vector()) visit(slot);
    } else if (form_ == Form::few) {
      std::for_each(few_, few_ + count_, visit);
    } else if (count_ == 1) {
      visit(slot_);
    }
  }
  /// What it takes beside itself.
  std::size_t bytes() const noexcept;

 private:
  enum class Form : std::uint8_t { one, few, many };
  // An array has room for as many as this at first, then for twice as many, and becomes a bitmap
  // when that is not enough. Half of it is where a bitmap becomes an array again, so that a slot
  // that comes and goes does not convert each time.
  static constexpr std::uint32_t kFewMin = 4;
  static constexpr std::uint32_t kFewMax = 64;

  void clear() noexcept;
  std::vector<Slot> slots() const;
  void become_few(const std::vector<Slot>& slots, std::uint32_t capacity);
  void become_many();
  bool add_to_few(Slot slot);
  bool remove_from_few(Slot slot);

  union {
    Slot slot_;         // one, if `count_` is
    Slot* few_;         // few
    SlotBitmap* many_;  // many
  };
  std::uint32_t count_ = 0;
  Form form_ = Form::one;
  std::uint8_t capacity_ = 0;  // few
};

}  // namespace quartz::vector
