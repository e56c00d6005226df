#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "storage/arena.hpp"
#include "storage/hash_index.hpp"
#include "storage/log_segment.hpp"
#include "storage/operation.hpp"
#include "storage/radix_tree.hpp"
#include "storage/radix_tree_iterator.hpp"
#include "storage/range_tombstones.hpp"
#include "storage/version_log.hpp"

namespace quartz::storage {

/// What a memtable knows of a key at a sequence.
struct MemtableHit {
  enum class Kind : std::uint8_t {
    none,       // Nothing: ask what is older.
    value,      // `value` is it.
    tombstone,  // Removed here (by key or by range): there is nothing older worth asking for.
  };
  Kind kind = Kind::none;
  std::string_view value;  // Points into the segment.
};

/// An index over the operations of one log segment: per keyspace an adaptive radix tree whose
/// leaves are version chains, and a set of removed ranges; and for look-ups of single keys a hash
/// index over all keyspaces. Bytes stay in the segment.
///
/// The writer fills the hash index, and notes the operation for the trees, which are brought up to
/// date by `order` on some other thread, and by readers that need them before that.
///
/// Threads: one writer at a time (the append lock), any number of readers beside it. Readers of
/// newest versions take no lock; others take one if the trees are behind what they look at.
/// What a reader finds stays valid as long as it holds the memtable.
/// Owned by reference count (`MemtableRef`), so that views, snapshots and pinned values share it.
class Memtable {
 public:
  explicit Memtable(std::shared_ptr<LogSegment> segment);
  ~Memtable();
  Memtable(const Memtable&) = delete;
  Memtable& operator=(const Memtable&) = delete;

  // Writer.

  /// Indexes one operation of the segment (or, without a segment, of memory that lives as long).
  /// Sequences grow from
  /// call to call. Visible to readers that look at `sequence` or later.
  /// Throws std::bad_alloc, then without effect.
  void insert(Sequence sequence, OperationView operation);
  /// The same for a caller who has `key_hash`, `hash_key(key, keyspace)`, already.
  void insert(Sequence sequence, OperationView operation, std::uint64_t key_hash);

  /// Whether `key` was put or removed after sequence `at`, also as one of a range. `key_hash` is
  /// `hash_key(key, keyspace)`. Exact, and without a lock but where too many keys share a place of
  /// the hash index.
  /// Throws std::bad_alloc as `find` does.
  bool written_after(Sequence at, KeyspaceId keyspace, std::string_view key,
                     std::uint64_t key_hash) const;

  // Readers.

  /// Starts to bring near what `find` and `insert` of a key with that hash read first.
  void prefetch(std::uint64_t key_hash) const noexcept { hash_index_.prefetch(key_hash); }

  /// The next step: what `find` reads after that. Whether it saw any; a hint, for there may be one
  /// all the same, or one of another key.
  bool prefetch_operation(std::uint64_t key_hash) const noexcept;

  /// The newest version of `key` with a sequence of at most `at`. `key_hash` is
  /// `hash_key(key, keyspace)`.
  /// Throws std::bad_alloc if a tree has to be brought up to date and there is no memory.
  MemtableHit find(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash,
                   Sequence at) const;

  /// Takes up to `count_max` of the operations that wait into the trees, oldest first. Throws
  /// std::bad_alloc; what is left then waits on. Any thread.
  void order(std::uint64_t count_max) const;
  /// Operations that `order` has not come to yet.
  std::uint64_t unordered_count() const noexcept { return versions_.waiting(); }

  /// Sequence of the newest range tombstone of at most `at` that covers `key`; 0 if none does.
  Sequence range_tombstone_over(KeyspaceId keyspace, std::string_view key,
                                Sequence at) const noexcept;
  /// Whether any range of the keyspace was removed, whenever that was.
  bool has_range_tombstones(KeyspaceId keyspace) const noexcept;
  /// The stretch around `key` that the same range tombstones cover, as of `at`; for good.
  RangeStretch range_stretch(KeyspaceId keyspace, std::string_view key, Sequence at) const;
  /// Removed ranges of at most `at` as disjoint fragments in key order, each with its newest
  /// sequence; for the flush.
  std::vector<RangeTombstone> range_tombstones(KeyspaceId keyspace, Sequence at) const;

  /// Moves over the keys of one keyspace that have a version of at most `at`, in order, showing the
  /// newest such version each; point tombstones are shown, range tombstones are not applied. Keys
  /// inserted meanwhile are newer than `at` and not shown. The memtable must outlive it.
  /// Threads: one at a time, beside the writer.
  class Iterator {
   public:
    Iterator(const Memtable& memtable, KeyspaceId keyspace, Sequence at);
    ~Iterator() = default;
    Iterator(Iterator&&) noexcept = default;
    Iterator& operator=(Iterator&&) noexcept = default;

    void seek_to_first();
    void seek_to_last();
    void seek(std::string_view key);               // Smallest >= key.
    void seek_for_previous(std::string_view key);  // Largest <= key.
    // Only while valid.
    void next();
    void previous();
    bool valid() const noexcept { return version_ != nullptr; }
    std::string_view key() const noexcept { return version_->key(); }
    // The newest visible version: put or remove.
    OperationView operation() const noexcept { return OperationView(version_->operation); }
    Sequence sequence() const noexcept { return version_->sequence; }  // Its sequence.

   private:
    bool show() noexcept;
    void show_or_advance();
    void show_or_retreat();

    RadixTree::Iterator keys_;
    Sequence at_;
    const Version* version_ = nullptr;
  };

  /// Ids of keyspaces with anything in here, ascending.
  std::vector<KeyspaceId> keyspaces() const;

  const std::shared_ptr<LogSegment>& segment() const noexcept { return segment_; }
  /// 0 while empty.
  Sequence first_sequence() const noexcept {
    return first_sequence_.load(std::memory_order_acquire);
  }
  /// 0 while empty.
  Sequence last_sequence() const noexcept { return last_sequence_.load(std::memory_order_acquire); }
  /// Operations inserted.
  std::uint64_t entry_count() const noexcept {
    return entry_count_.load(std::memory_order_relaxed);
  }
  /// Index memory, without the segment; grows in steps of up to 2 MiB. Includes what the trees
  /// will need for what waits.
  std::size_t index_bytes() const noexcept {
    return sizeof(Memtable) + arena_.mapped_bytes() + tree_arena_.mapped_bytes() +
           hash_index_.bytes() + unordered_count() * kTreeBytesPerKey;
  }

  // Reference count; starts at 1. `retain` needs a reference, or an epoch guard together with a
  // pointer that was reachable inside it.
  void retain() const noexcept;
  bool try_retain() const noexcept;  // False if the last reference is gone already.
  void release() const noexcept;     // Deletes itself with the last one, by way of `retire`.

 private:
  static constexpr std::size_t kKeyspacesPerPage = 1024;
  static constexpr std::size_t kKeyspacePages = (kKeyspaceIdMax + 1) / kKeyspacesPerPage;

  // What there is of one keyspace. In the arena, but destroyed with the memtable.
  struct Keyspace {
    KeyspaceId id = 0;
    RadixTree tree;
    RangeTombstones range_tombstones;
    Keyspace* next = nullptr;  // The keyspace that came before this one.
  };
  struct KeyspacePage {
    std::array<std::atomic<Keyspace*>, kKeyspacesPerPage> keyspaces{};
  };

  Keyspace* find_keyspace(KeyspaceId id) const noexcept;
  Keyspace& keyspace_for_writing(KeyspaceId id);
  void index_by_hash(OperationView operation, std::uint64_t key_hash, Sequence sequence) noexcept;
  std::optional<MemtableHit> find_by_hash(KeyspaceId keyspace, std::string_view key,
                                          std::uint64_t key_hash, Sequence at) const noexcept;
  // Brings the trees up to what a reader at `at` may see.
  void order_through(Sequence at) const;
  // Up to so many, and none newer than `at`.
  void order_some_locked(std::uint64_t count_max, Sequence at) const QUARTZ_REQUIRES(order_mutex_);

  // Brings near what the trees will need for these.
  void approach_locked(std::span<const Version> some) const noexcept QUARTZ_REQUIRES(order_mutex_);

  // Of random keys; measured.
  static constexpr std::size_t kTreeBytesPerKey = 48;

  std::shared_ptr<LogSegment> segment_;
  Arena arena_;  // The writer's.
  HashIndex hash_index_;
  mutable VersionLog versions_;  // Appended by the writer, taken under `order_mutex_`.
  mutable Mutex order_mutex_;
  mutable Arena tree_arena_;  // Of whoever holds `order_mutex_`, but for its size.
  mutable std::atomic<Sequence> ordered_through_{0};  // The trees hold everything up to here.
  std::atomic<bool> has_range_tombstones_{false};
  std::array<std::atomic<KeyspacePage*>, kKeyspacePages> keyspace_pages_{};
  std::atomic<Keyspace*> newest_keyspace_{nullptr};
  std::atomic<Sequence> first_sequence_{0};
  std::atomic<Sequence> last_sequence_{0};
  std::atomic<std::uint64_t> entry_count_{0};
  mutable std::atomic<std::uint32_t> reference_count_{1};
};

/// Owns one reference.
class MemtableRef {
 public:
  MemtableRef() noexcept = default;
  /// Takes over the reference that a new memtable starts with.
  static MemtableRef adopt(Memtable* memtable) noexcept { return MemtableRef(memtable); }
  MemtableRef(const MemtableRef& other) noexcept : memtable_(other.memtable_) {
    if (memtable_ != nullptr) memtable_->retain();
  }
  MemtableRef(MemtableRef&& other) noexcept : memtable_(std::exchange(other.memtable_, nullptr)) {}
  MemtableRef& operator=(MemtableRef other) noexcept {
    std::swap(memtable_, other.memtable_);
    return *this;
  }
  ~MemtableRef() {
    if (memtable_ != nullptr) memtable_->release();
  }
  Memtable* get() const noexcept { return memtable_; }
  Memtable* operator->() const noexcept { return memtable_; }
  Memtable& operator*() const noexcept { return *memtable_; }
  explicit operator bool() const noexcept { return memtable_ != nullptr; }

 private:
  explicit MemtableRef(Memtable* memtable) noexcept : memtable_(memtable) {}
  Memtable* memtable_ = nullptr;
};

}  // namespace quartz::storage
