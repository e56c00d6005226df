#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "quartz/vector/vector_config.hpp"
#include "storage/operation.hpp"
#include "vector/code_space.hpp"
#include "vector/collection_record.hpp"
#include "vector/hnsw_insert.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/hnsw_search.hpp"
#include "vector/index_stamp.hpp"
#include "vector/indexed_point.hpp"
#include "vector/payload_indexes.hpp"
#include "vector/pending_tail.hpp"
#include "vector/point_entry.hpp"
#include "vector/point_table.hpp"
#include "vector/quantizer.hpp"
#include "vector/slot_array.hpp"
#include "vector/slot_bitmap.hpp"
#include "vector/slot_states.hpp"

namespace quartz::vector {

class IndexFileReader;
struct IndexFilePoint;

/// An index over the points of a collection, all in memory: their codes, the graph, their ids, and
/// the indexes of their payloads. A point is found as soon as it was added: it waits in a tail that
/// searches look through, until somebody links it.
///
/// Points are there from one write to another. A search that sees the writes up to a sequence finds
/// what was there then, whatever happens beside it: `PointEntry::visible_at`.
///
/// Threads: `add` and `remove` by any, one after another under a lock of the index; `link_next` by
/// any number; `reclaim` by one; what is const by any, readers of slots and entries under an epoch
/// guard.
class VectorIndex {
 public:
  /// An empty one. Points get codes of `quantizer`; `config` says the rest. Errors: those of
  /// `PayloadIndexes::declare`.
  static Result<std::unique_ptr<VectorIndex>> make(const Quantizer& quantizer,
                                                   const VectorIndexConfig& config,
                                                   std::span<const PayloadIndexConfig> indexes);
  /// What `save` has written. Points may be out of date: see `begin_catching_up`. Errors: those of
  /// reading the file; `corruption` if a point is there twice or has no payload.
  static Result<std::unique_ptr<VectorIndex>> load(const IndexFileReader& file,
                                                   const VectorIndexConfig& config,
                                                   std::span<const PayloadIndexConfig> indexes);
  /// Writes all points that are in the graph. Nobody may link or reclaim meanwhile. The stamp's
  /// sequence is only stored if no write after it has changed the index.
  Result<void> save(io::FileSystem& files, const io::Path& path, const CollectionIdentity& identity,
                    IndexStamp stamp) const;
  ~VectorIndex();
  VectorIndex(const VectorIndex&) = delete;
  VectorIndex& operator=(const VectorIndex&) = delete;

  // Points, as writes come.

  /// Stores a point that the write of that sequence made, in place of what was under its id.
  /// Errors: `too_large` if there are too many vectors, `io_error` without memory; the point that
  /// was there is gone then.
  Result<void> add(const IndexedPoint& point, storage::Sequence sequence);
  void remove(std::string_view id, storage::Sequence sequence);
  /// Removes the points whose ids are in [first, last), or not below `first` where there is no
  /// `last`. Cost: linear in the points.
  void remove_range(std::string_view first, std::optional<std::string_view> last,
                    storage::Sequence sequence);

  // Points, as they are read from the rows beside writes.

  /// From now on until `end_catching_up` rows are read, of a state that may be older than writes
  /// that come meanwhile: what those say stays. Points that are there already may be out of date.
  void begin_catching_up();
  /// Whether a row has to be added: not if its version is there, or a write has come since. To be
  /// asked once about each row.
  bool wants(std::string_view id, std::uint64_t version);
  Result<void> add_read(const IndexedPoint& point);
  /// What was there at the beginning, and no row or write has spoken of since, is gone.
  void end_catching_up();
  /// Ends it without a row: what was there at the beginning was up to date.
  void skip_catching_up();

  // Work behind the writes.

  /// What a thread that links works with, for one index.
  struct Linking {
    HnswScratch scratch;
    std::optional<PendingTail::Taken> taken;  // Not finished, for lack of memory.
    std::vector<PendingTail::Taken> removed;  // Before they were linked; still in the tail.
  };
  /// Links the oldest vector that waits; false if none does, or the quantizer is not to stay.
  /// Throws std::bad_alloc; the vector is then the next one again.
  bool link_next(Linking& linking);
  /// Takes those out of the tail that were removed before they were linked. Until then searches
  /// that see writes before their removal find them there: the caller has waited for those.
  void drop_removed(Linking& linking);
  /// Removed vectors whose places can be made free, each once. Whoever sees writes before their
  /// removal must begin before this is called: the caller holds up the writes that remove.
  std::vector<Slot> take_removed() { return states_.take_removed(); }
  /// Leads the graph past them and makes their places free; vectors that have lost many of their
  /// neighbours, or that hardly anything else led to, are linked again. A search finds those all
  /// the while. Cost: two passes over all links. Throws std::bad_alloc.
  void reclaim(std::span<const Slot> removed);

  /// A number that no other index of this process has or had, never zero. An index may come to lie
  /// where another one was.
  std::uint64_t serial() const noexcept { return serial_; }

  // What a search needs.
  const Quantizer& quantizer() const noexcept { return quantizer_; }
  const VectorIndexConfig& config() const noexcept { return config_; }
  const HnswLinks& links() const noexcept { return links_; }
  const SlotStates& states() const noexcept { return states_; }
  const PendingTail& pending() const noexcept { return pending_; }
  /// For queries, from `Quantizer::encode_query`.
  const CodeSpace& query_space() const noexcept { return query_space_; }
  const std::byte* code(Slot slot) const noexcept { return codes_.at(slot); }
  /// Whether components are in memory in single precision.
  bool has_components() const noexcept { return rows_ != nullptr; }
  /// The components of a vector, or null if they are not in memory.
  const float* components(Slot slot) const noexcept {
    return rows_ == nullptr ? nullptr : reinterpret_cast<const float*>(rows_->at(slot));
  }
  /// Brings near what `point` reads.
  void prefetch_point(Slot slot) const noexcept { __builtin_prefetch(&entry_of(slot)); }
  /// The point of a slot; null for one that has none.
  const PointEntry* point(Slot slot) const noexcept {
    return entry_of(slot).load(std::memory_order_acquire);
  }
  /// The newest point of that id, visible yet or not; null if there is none. Waits for writers.
  const PointEntry* find(std::string_view id) const;
  /// Shared by whoever asks the indexes of payloads.
  SharedMutex& payload_lock() const noexcept { return payload_lock_; }
  const PayloadIndexes& payload_indexes() const noexcept { return payload_indexes_; }
  /// Slots whose code can be read, those of removed points among them. Under the same lock.
  const SlotBitmap& slots_with_point() const noexcept { return slots_with_point_; }
  /// Makes another index on payloads, of what there is as well. Writes wait meanwhile.
  Result<void> declare_payload_index(const PayloadIndexConfig& config);

  std::size_t point_count() const noexcept { return point_count_.load(std::memory_order_relaxed); }
  std::uint64_t linked_count() const noexcept { return linked_.load(std::memory_order_relaxed); }
  struct Memory {
    std::size_t codes = 0;
    std::size_t links = 0;
    std::size_t vectors = 0;
    std::size_t points = 0;
    std::size_t total() const noexcept { return codes + links + vectors + points; }
  };
  /// Without the indexes on payloads.
  Memory memory() const;
  /// Cost: linear in their values.
  std::size_t payload_index_bytes() const;
  /// About what one more point of one vector takes.
  std::size_t bytes_per_vector() const noexcept;

  /// Whether the quantizer was trained on points, or needs no training: otherwise everything waits
  /// in the tail, for an index that was.
  bool links_points() const noexcept { return config_.quantization == quantizer_.quantization(); }

 private:
  // What writes have removed while the index catches up with older rows.
  struct RemovedIds {
    std::unordered_set<std::string> ids;
    std::vector<std::pair<std::string, std::optional<std::string>>> ranges;
    bool contains(std::string_view id) const;
  };

  VectorIndex(const Quantizer& quantizer, const VectorIndexConfig& config);

  void link_again(std::span<const Slot> slots);

  std::atomic<PointEntry*>& entry_of(Slot slot) const noexcept {
    return *reinterpret_cast<std::atomic<PointEntry*>*>(entries_.at(slot));
  }
  Result<void> take_stored(const IndexFilePoint& point);
  Result<void> add_locked(const IndexedPoint& point, storage::Sequence sequence)
      QUARTZ_REQUIRES(mutex_);
  Result<std::vector<Slot>> take_slots(std::size_t count) QUARTZ_REQUIRES(mutex_);
  Result<void> grow(std::size_t count) QUARTZ_REQUIRES(mutex_);
  void store_vector(Slot slot, std::span<const float> components);
  Result<void> index_payload(const PointEntry& entry);
  void forget_payload(const PointEntry* entry, Slot slot);
  void remove_locked(std::string_view id, storage::Sequence sequence) QUARTZ_REQUIRES(mutex_);
  void hide_locked(PointEntry& entry, storage::Sequence sequence) QUARTZ_REQUIRES(mutex_);

  const std::uint64_t serial_;
  const Quantizer quantizer_;
  const VectorIndexConfig config_;

  SlotArray codes_;
  std::unique_ptr<SlotArray> vectors_;  // In single precision, if they are kept beside the codes.
  const SlotArray* rows_ = nullptr;     // Where components lie in single precision, if at all.
  SlotArray entries_;
  HnswLinks links_;
  SlotStates states_;
  PendingTail pending_;
  const CodeSpace code_space_;
  const CodeSpace query_space_;
  const HnswInserter<CodeSpace> inserter_;

  mutable Mutex mutex_;
  PointTable table_ QUARTZ_GUARDED_BY(mutex_);
  std::size_t entry_bytes_ QUARTZ_GUARDED_BY(mutex_) = 0;
  storage::Sequence changed_by_ QUARTZ_GUARDED_BY(mutex_) = 0;  // The newest write that was fed.
  std::optional<RemovedIds> catching_up_ QUARTZ_GUARDED_BY(mutex_);

  mutable SharedMutex payload_lock_ QUARTZ_ACQUIRED_AFTER(mutex_);
  // Guarded by the lock, which callers of the getters hold.
  PayloadIndexes payload_indexes_;
  SlotBitmap slots_with_point_;

  std::atomic<std::size_t> point_count_{0};
  std::atomic<std::uint64_t> linked_{0};
};

}  // namespace quartz::vector
