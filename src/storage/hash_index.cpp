#include "storage/hash_index.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

#include "base/check.hpp"
#include "base/coding.hpp"

namespace quartz::storage {
namespace {

// So that a segment of a few large rows takes little: growth makes up for small ones.
constexpr std::size_t kSegmentBytesPerFirstBucket = 8192;
// A smaller table would be mostly the empty rest of its first huge page.
constexpr std::size_t kHugePagesFromBytes = 8 * io::Mapping::kHugePageBytes;
// Of an operation, about the least; to spread the ages.
constexpr std::size_t kOperationBytesMin = 32;

}  // namespace

HashIndex::HashIndex(std::size_t segment_bytes) {
  // Offsets have 32 bits; a segment beyond that is found by the ordered index alone.
  if (segment_bytes == 0 || segment_bytes > std::size_t{1} << 32) return;
  const std::size_t first_count =
      std::bit_ceil(std::max<std::size_t>(8, segment_bytes / kSegmentBytesPerFirstBucket));
  const std::size_t bytes = (first_count << kGrowthBits) * sizeof(Bucket);
  huge_pages_ = bytes >= kHugePagesFromBytes;
  auto memory = io::Mapping::anonymous(
      bytes, huge_pages_ ? io::Mapping::Pages::automatic : io::Mapping::Pages::small);
  if (!memory) throw std::bad_alloc();
  memory_ = *std::move(memory);
  // All zero is an empty bucket.
  buckets_ = reinterpret_cast<Bucket*>(memory_.data());
  first_count_log2_ = static_cast<unsigned>(std::countr_zero(first_count));
  while ((segment_bytes / kOperationBytesMin) >> age_shift_ >= kAgeMax) ++age_shift_;
  count_.store(first_count, std::memory_order_relaxed);
}

std::uint64_t HashIndex::entry(std::uint64_t hash, std::uint32_t offset,
                               Sequence sequence) noexcept {
  Sequence first = first_sequence_.load(std::memory_order_relaxed);
  if (first == 0) {
    first = sequence;
    first_sequence_.store(first, std::memory_order_relaxed);
  }
  const std::uint64_t age = std::min((sequence - first) >> age_shift_, kAgeMax);
  return std::uint64_t{offset} << (kTagBits + kAgeBits) | age << kTagBits | tag_of(hash);
}

HashIndex::Bucket* HashIndex::new_bucket(Arena& arena) {
  return static_cast<Bucket*>(arena.allocate(sizeof(Bucket), alignof(Bucket)));
}

bool HashIndex::add(Bucket& home, std::uint64_t entry) noexcept {
  if (auto* free = place_where(home, [](std::uint64_t held) { return held == 0; })) {
    free->store(entry, std::memory_order_release);
    return true;
  }
  Bucket* last = &home;
  std::size_t overflows = 0;
  while (Bucket* next = last->overflow.load(std::memory_order_relaxed)) {
    if (next == crowded()) return false;
    last = next;
    ++overflows;
  }
  if (overflows == kOverflowMax) {
    last->overflow.store(crowded(), std::memory_order_release);
    return false;
  }
  spare_->entries.front().store(entry, std::memory_order_relaxed);
  last->overflow.store(std::exchange(spare_, nullptr), std::memory_order_release);
  return true;
}

bool HashIndex::is_crowded(const Bucket& home) noexcept {
  const Bucket* bucket = &home;
  while (bucket != nullptr && bucket != crowded()) {
    bucket = bucket->overflow.load(std::memory_order_relaxed);
  }
  return bucket == crowded();
}

void HashIndex::crowd(Bucket& home) noexcept {
  Bucket* last = &home;
  while (Bucket* next = last->overflow.load(std::memory_order_relaxed)) {
    if (next == crowded()) return;
    last = next;
  }
  last->overflow.store(crowded(), std::memory_order_relaxed);
}

std::size_t HashIndex::bytes() const noexcept {
  const std::size_t bytes = count_.load(std::memory_order_relaxed) * sizeof(Bucket);
  return huge_pages_ ? round_up(bytes, io::Mapping::kHugePageBytes) : bytes;
}

// Readers may be in the source all the while: it is emptied of what moved only when they can see
// where it went. What stays does not change its place, so that nobody misses it on its way.
void HashIndex::grow(Arena& arena) {
  const std::size_t count = count_.load(std::memory_order_relaxed);
  if (count == std::size_t{1} << (first_count_log2_ + kGrowthBits)) return;
  Bucket& source = buckets_[linear_hashing_source(count)];
  Bucket& target = buckets_[count];
  // The bits above those that the first buckets are told apart by begin the tag.
  const std::uint64_t deciding = std::bit_floor(count) >> first_count_log2_;
  // An attempt that ended for want of memory may have left some behind.
  while (auto* left = place_where(target, [](std::uint64_t held) { return held != 0; })) {
    left->store(0, std::memory_order_relaxed);
  }
  for (Bucket* from = &source; from != nullptr && from != crowded();
       from = from->overflow.load(std::memory_order_relaxed)) {
    for (const auto& place : from->entries) {
      const std::uint64_t held = place.load(std::memory_order_relaxed);
      if ((held & deciding) == 0) continue;
      if (spare_ == nullptr) spare_ = new_bucket(arena);
      add(target, held);
    }
  }
  if (is_crowded(source)) crowd(target);
  count_.store(count + 1, std::memory_order_release);
  while (auto* moved =
             place_where(source, [&](std::uint64_t held) { return (held & deciding) != 0; })) {
    moved->store(0, std::memory_order_release);
  }
  __builtin_prefetch(&buckets_[linear_hashing_source(count + 1)], 1);  // While there is time.
}

}  // namespace quartz::storage
