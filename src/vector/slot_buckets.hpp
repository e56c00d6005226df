#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "vector/slot.hpp"
#include "vector/slot_postings.hpp"

namespace quartz::vector {

/// Sets the bit of each slot whose byte lies between `first` and `last`. There is a bit for each
/// byte; other bits stay. Cost: some 0.03 ns a byte with the processor's help.
inline void set_bits_between(std::span<const std::uint8_t> bytes, std::uint8_t first,
                             std::uint8_t last, std::span<std::uint64_t> bits) noexcept {
  std::size_t at = 0;
#if defined(__SSE2__)
  const __m128i low = _mm_set1_epi8(static_cast<char>(first));
  const __m128i width = _mm_set1_epi8(static_cast<char>(last - first));
  for (; bytes.size() - at >= 64; at += 64) {
    std::uint64_t word = 0;
    for (unsigned part = 0; part < 64; part += 16) {
      const auto* const from = reinterpret_cast<const __m128i*>(bytes.data() + at + part);
      const __m128i above = _mm_sub_epi8(_mm_loadu_si128(from), low);
      const __m128i within = _mm_cmpeq_epi8(_mm_min_epu8(above, width), above);
      word |= std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(within))} << part;
    }
    bits[at / 64] |= word;
  }
#endif
  for (; at < bytes.size(); ++at) {
    const bool within = bytes[at] >= first && bytes[at] <= last;
    bits[at / 64] |= std::uint64_t{within} << (at % 64);
  }
}

/// In which of some 250 buckets the value of each slot lies, buckets of about as many slots each,
/// in the order of the values. So the slots of a wide range are found by a pass over a byte a slot,
/// except for those in the two buckets at its ends. It only works while each slot has one value.
/// Threads: any number may read at the same time; changing takes one alone.
template <class Key>
class SlotBuckets {
 public:
  /// `slot` has the value from now on, or has not; also if it has others.
  template <class Sought>
  void add(const Sought& value, Slot slot);
  void remove(Slot slot) noexcept;
  /// Whether so many values have come since the buckets were made that they may fit badly.
  bool is_stale() const noexcept { return added_ > made_of_ / 16 + kStaleMin; }
  /// Makes the buckets anew. `visit_all` is given what to call with each value, in order, and its
  /// SlotPostings; `pairs` is how many slots they have. Cost: some nanoseconds for each of them.
  template <class VisitAll>
  void remake(std::uint64_t pairs, VisitAll visit_all);

  /// Whether it knows the one value of each slot, if there are so many pairs of both.
  bool is_complete(std::uint64_t pairs) const noexcept { return bucketed_ == pairs; }
  std::span<const Key> firsts() const noexcept { return firsts_; }
  /// The slots with values from `firsts()[begin]` on and before `firsts()[end]`, or to the last.
  void set_bits(std::size_t begin, std::size_t end, std::span<std::uint64_t> bits) const noexcept {
    set_bits_between(bucket_of_, static_cast<std::uint8_t>(begin + 2),
                     static_cast<std::uint8_t>(end + 1), bits);
  }
  std::size_t slot_count() const noexcept { return bucket_of_.size(); }
  std::size_t bytes() const noexcept {
    return firsts_.capacity() * sizeof(Key) + bucket_of_.capacity();
  }

 private:
  // Few values are found as fast without.
  static constexpr std::uint64_t kStaleMin = 4096;
  static constexpr std::uint64_t kBuckets = 250;

  // Unless it is in one already.
  void put(std::size_t bucket, Slot slot) {
    if (bucket_of_[slot] != 0) return;
    bucket_of_[slot] = static_cast<std::uint8_t>(bucket);
    ++bucketed_;
  }

  std::vector<Key> firsts_;
  // 0: no value; 1: before the first of `firsts_`; i + 2: from `firsts_[i]` on.
  std::vector<std::uint8_t> bucket_of_;
  std::uint64_t bucketed_ = 0;
  std::uint64_t made_of_ = 0;  // As many when the buckets were made.
  std::uint64_t added_ = 0;    // Since then.
};

template <class Key>
template <class Sought>
void SlotBuckets<Key>::add(const Sought& value, Slot slot) {
  if (bucket_of_.size() <= slot) {
    if (bucket_of_.capacity() <= slot) bucket_of_.reserve(slot + slot / 4 + 64);
    bucket_of_.resize(slot + std::size_t{1});
  }
  ++added_;
  const auto past = std::upper_bound(firsts_.begin(), firsts_.end(), value,
                                     [](const Sought& v, const Key& first) { return v < first; });
  put(static_cast<std::size_t>(past - firsts_.begin()) + 1, slot);
}

template <class Key>
void SlotBuckets<Key>::remove(Slot slot) noexcept {
  if (slot >= bucket_of_.size() || bucket_of_[slot] == 0) return;
  bucket_of_[slot] = 0;
  --bucketed_;
}

template <class Key>
template <class VisitAll>
void SlotBuckets<Key>::remake(std::uint64_t pairs, VisitAll visit_all) {
  firsts_.clear();
  std::ranges::fill(bucket_of_, std::uint8_t{0});
  bucketed_ = added_ = 0;
  made_of_ = pairs;
  const std::uint64_t per_bucket = pairs / kBuckets + 1;
  std::uint64_t in_bucket = per_bucket;
  visit_all([&](const Key& value, const SlotPostings& slots) {
    if (in_bucket >= per_bucket) {
      firsts_.push_back(value);
      in_bucket = 0;
    }
    in_bucket += slots.count();
    slots.for_each([&](Slot slot) { put(firsts_.size() + 1, slot); });
  });
}

}  // namespace quartz::vector
