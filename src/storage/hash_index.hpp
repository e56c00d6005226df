#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "io/mapping.hpp"
#include "storage/arena.hpp"
#include "storage/linear_hashing.hpp"
#include "storage/operation.hpp"

namespace quartz::storage {

/// Where in a log segment the newest operation of a key lies, by the key's hash: one cache miss
/// where a walk through the ordered index is a chain of them, and an answer for absent keys too.
///
/// Of an operation's sequence only so much is kept as to see whether it is old enough for nearly
/// every look-up; for the others, the ordered index knows.
///
/// Threads: one writer; any number of readers beside it, without locks. A reader sees every change
/// that happened before its call, and possibly newer ones.
class HashIndex {
 public:
  /// For the operations of a segment of that many bytes. With zero bytes every answer is `unknown`.
  /// Throws std::bad_alloc if there is no address space.
  explicit HashIndex(std::size_t segment_bytes);

  enum class Answer : std::uint8_t {
    absent,   ///< No operation of the key was inserted.
    found,    ///< `offset` is where the newest one lies, its sequence within the bounds.
    unknown,  ///< Ask the ordered index: too many keys share the place, or nothing is indexed.
  };
  struct Found {
    Answer answer = Answer::unknown;
    std::uint32_t offset = 0;
    Sequence sequence_min = 0;
    Sequence sequence_max = 0;
  };

  /// `matches(offset)` says whether the operation there is one of the key that is looked for.
  template <class Matches>
  Found find(std::uint64_t hash, const Matches& matches) const noexcept;

  /// Starts to bring near what the other calls for such a key read first.
  void prefetch(std::uint64_t hash) const noexcept {
    if (usable()) __builtin_prefetch(&bucket_of(hash, count_.load(std::memory_order_relaxed)));
  }

  /// The offsets that `find` would most likely ask about, given to `seen`: those of one cache line.
  template <class Seen>
  void candidates(std::uint64_t hash, const Seen& seen) const noexcept {
    if (!usable()) return;
    const Bucket& home = bucket_of(hash, count_.load(std::memory_order_acquire));
    for (const auto& place : home.entries) {
      const std::uint64_t entry = place.load(std::memory_order_relaxed);
      if ((entry & kTagMask) == tag_of(hash) && entry != 0) seen(offset_of(entry));
    }
  }

  // Writer. Offsets below 2^32; sequences grow from call to call.

  /// Makes sure of the memory for one `insert`; in `arena`, which must outlive the index, and
  /// always be the same. Throws std::bad_alloc, then without effect.
  void prepare_insert(Arena& arena) {
    if (!usable()) return;
    if (entries_ >= count_.load(std::memory_order_relaxed) * kEntriesPerBucket) grow(arena);
    if (spare_ == nullptr) spare_ = new_bucket(arena);
  }
  /// Makes `offset` the newest operation of a key: in the place of the one for which
  /// `matches(offset)` holds (see `find`), or as the key's first.
  template <class Matches>
  void put(std::uint64_t hash, std::uint32_t offset, Sequence sequence,
           const Matches& matches) noexcept;

  /// Memory in use; grows with what is inserted.
  std::size_t bytes() const noexcept;

 private:
  // An entry: offset (32 bits), age (13), tag (19). The tag's low bits decide where an entry goes
  // when its bucket is split, so that growing reads no key; the others tell keys apart.
  static constexpr unsigned kTagBits = 19;
  static constexpr unsigned kAgeBits = 13;
  static constexpr unsigned kGrowthBits = 6;
  static constexpr std::uint64_t kTagMask = (std::uint64_t{1} << kTagBits) - 1;
  static constexpr std::uint64_t kAgeMax = (std::uint64_t{1} << kAgeBits) - 1;

  // So many entries to a bucket on average; just before its turn to be split it has twice as many,
  // and one in twenty overflows.
  static constexpr std::size_t kEntriesPerBucket = 2;

  struct alignas(64) Bucket {
    static constexpr std::size_t kEntries = 7;

    std::array<std::atomic<std::uint64_t>, kEntries> entries;  // Zero: free.
    std::atomic<Bucket*> overflow;                             // More entries, null, or crowded().
  };
  static_assert(sizeof(Bucket) == 64);

  bool usable() const noexcept { return buckets_ != nullptr; }
  std::uint64_t tag_of(std::uint64_t hash) const noexcept {
    return hash >> first_count_log2_ & kTagMask;
  }
  Bucket& bucket_of(std::uint64_t hash, std::size_t count) const noexcept {
    return buckets_[linear_hashing_bucket(hash, count)];
  }
  static std::uint32_t offset_of(std::uint64_t entry) noexcept {
    return static_cast<std::uint32_t>(entry >> (kTagBits + kAgeBits));
  }
  Sequence sequence_min(std::uint64_t entry) const noexcept {
    const std::uint64_t age = entry >> kTagBits & kAgeMax;
    return first_sequence_.load(std::memory_order_relaxed) + (age << age_shift_);
  }
  Sequence sequence_max(std::uint64_t entry) const noexcept {
    const std::uint64_t age = entry >> kTagBits & kAgeMax;
    const Sequence first = first_sequence_.load(std::memory_order_relaxed);
    return age == kAgeMax ? kSequenceMax : first + ((age + 1) << age_shift_) - 1;
  }
  std::uint64_t entry(std::uint64_t hash, std::uint32_t offset, Sequence sequence) noexcept;
  static Bucket* new_bucket(Arena& arena);
  /// Behind a bucket's last overflow: not all keys that belong here have entries. Keys that are
  /// made to share a bucket shall not slow down its writer and readers for ever.
  static Bucket* crowded() noexcept {
    static Bucket mark{};
    return &mark;
  }
  static constexpr std::size_t kOverflowMax = 3;
  /// Where `wanted(entry)` holds, in a bucket or behind it; null if nowhere.
  template <class Wanted>
  static std::atomic<std::uint64_t>* place_where(Bucket& home, const Wanted& wanted) noexcept;
  static bool is_crowded(const Bucket& home) noexcept;
  void insert(Bucket& home, std::uint64_t entry) noexcept {
    if (add(home, entry)) ++entries_;
  }
  static void crowd(Bucket& home) noexcept;
  /// False if the bucket is crowded, or is now.
  bool add(Bucket& home, std::uint64_t entry) noexcept;
  void grow(Arena& arena);

  io::Mapping memory_;
  bool huge_pages_ = false;
  Bucket* buckets_ = nullptr;
  unsigned first_count_log2_ = 0;  // Of the buckets it begins with.
  unsigned age_shift_ = 0;
  std::atomic<std::size_t> count_{0};
  std::atomic<Sequence> first_sequence_{0};
  std::size_t entries_ = 0;
  Bucket* spare_ = nullptr;  // For the next bucket that overflows.
};

template <class Wanted>
std::atomic<std::uint64_t>* HashIndex::place_where(Bucket& home, const Wanted& wanted) noexcept {
  for (Bucket* bucket = &home; bucket != nullptr && bucket != crowded();
       bucket = bucket->overflow.load(std::memory_order_relaxed)) {
    for (auto& place : bucket->entries) {
      if (wanted(place.load(std::memory_order_relaxed))) return &place;
    }
  }
  return nullptr;
}

template <class Matches>
void HashIndex::put(std::uint64_t hash, std::uint32_t offset, Sequence sequence,
                    const Matches& matches) noexcept {
  if (!usable()) return;
  const std::uint64_t tag = tag_of(hash);
  Bucket& home = bucket_of(hash, count_.load(std::memory_order_relaxed));
  auto* place = place_where(home, [&](std::uint64_t held) {
    return (held & kTagMask) == tag && held != 0 && matches(offset_of(held));
  });
  const std::uint64_t added = entry(hash, offset, sequence);
  if (place == nullptr) return insert(home, added);
  place->store(added, std::memory_order_release);
}

template <class Matches>
HashIndex::Found HashIndex::find(std::uint64_t hash, const Matches& matches) const noexcept {
  if (!usable()) return {};
  const std::uint64_t tag = tag_of(hash);
  std::size_t count = count_.load(std::memory_order_acquire);
  while (true) {
    const Bucket& home = bucket_of(hash, count);
    const Bucket* bucket = &home;
    do {
      for (const auto& place : bucket->entries) {
        const std::uint64_t entry = place.load(std::memory_order_acquire);
        if ((entry & kTagMask) != tag || entry == 0) continue;
        const std::uint32_t offset = offset_of(entry);
        if (matches(offset))
          return {Answer::found, offset, sequence_min(entry), sequence_max(entry)};
      }
      bucket = bucket->overflow.load(std::memory_order_acquire);
      if (bucket == crowded()) [[unlikely]]
        return {};
    } while (bucket != nullptr);
    // An entry leaves its bucket only after the count that says where it went was published.
    const std::size_t now = count_.load(std::memory_order_acquire);
    if (&bucket_of(hash, now) == &home) return {Answer::absent, 0, 0, 0};
    count = now;
  }
}

}  // namespace quartz::storage
