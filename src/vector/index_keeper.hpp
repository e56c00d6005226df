#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/vector/vector_config.hpp"
#include "quartz/vector/vector_statistics.hpp"
#include "storage/engine.hpp"
#include "storage/record_observer.hpp"
#include "vector/collection_record.hpp"
#include "vector/index_stamp.hpp"
#include "vector/indexed_point.hpp"
#include "vector/recall_calibration.hpp"
#include "vector/vector_index.hpp"

namespace quartz::vector {

/// Keeps the index of a collection in step with its rows: takes in every write of the engine before
/// the write returns, links points in the background, makes the places of removed ones free, builds
/// the index anew when it has to, and saves it.
///
/// Who may do what:
/// - Indexes are fed under `feed_mutex_`, by whoever appends to the engine's log.
/// - The graph changes under `links_lock_`, shared; saving has it alone.
/// - What is done now and then, by one thread at a time, is done under `upkeep_mutex_`.
/// Order of locks: upkeep_mutex_ → links_lock_ → (the engine's append lock) → feed_mutex_ → those
/// of an index.
class IndexKeeper final : private storage::RecordObserver {
 public:
  using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

  IndexKeeper(std::shared_ptr<storage::Engine> engine, Keyspace keyspace,
              const CollectionRecord& record, const VectorRuntimeConfig& runtime);
  ~IndexKeeper() override;

  /// Loads the index that was saved, or begins to build one, and follows the writes from then on.
  /// Errors: those of reading the rows.
  Result<void> start();
  /// Ends the background work and saves the index, unless the collection is to be dropped.
  void stop(bool save);

  /// The index that serves, and the newest write that is visible, in the engine as well as here:
  /// the index has taken it in before. Under an epoch guard, as long as which both are good.
  struct View {
    const VectorIndex* index = nullptr;
    storage::Sequence at = 0;
  };
  View view() const noexcept {
    // In this order: an index that took over is not older than the writes seen.
    const VectorIndex* const index = serving_.load(std::memory_order_acquire);
    return {index, engine_->visible_sequence()};
  }
  /// Why the index does not know all points, if so: it ran out of memory, or of places.
  Result<void> check_complete() const;

  /// See `RecallCalibration`.
  std::size_t ef_for(double recall, std::size_t k) const noexcept {
    return calibration_.ef_for(recall, k);
  }

  /// Waits while more vectors are pending than is allowed.
  void wait_for_room();
  /// Whether it would not wait now.
  bool has_room() const;
  /// Whether another point of so many vectors stays within the bound on memory. `no_space`.
  Result<void> check_memory(std::size_t vector_count, std::size_t other_bytes) const;

  /// See `VectorCollection`.
  Result<void> rebuild(const VectorIndexConfig& config, const Progress& progress);
  Result<void> declare_payload_index(const PayloadIndexConfig& config);
  Result<void> wait_until_linked(const Progress& progress) const;
  Result<void> save();
  VectorCollectionConfig config() const;
  void add_statistics(VectorStatistics& statistics) const;

 private:
  using IndexPointer = std::shared_ptr<VectorIndex>;

  // With fewer vectors than this a quantizer cannot be trained well, and comparing with each of
  // them takes no longer than a walk.
  static constexpr std::size_t kTrainingVectorsMin = 2048;
  // How long a writer that waits for room, or whoever waits for the graph, sleeps at most before it
  // looks again.
  static constexpr std::chrono::milliseconds kLookAgain{20};

  // storage::RecordObserver
  void appended(storage::Sequence first_sequence, std::span<const std::byte> operations,
                std::uint32_t count) noexcept override;
  void closing() noexcept override;

  // index_keeper_feed.cpp
  void feed(storage::OperationView operation, storage::Sequence sequence)
      QUARTZ_REQUIRES(feed_mutex_);
  void feed_put(std::string_view id, std::string_view value, storage::Sequence sequence)
      QUARTZ_REQUIRES(feed_mutex_);
  void note_failure(Error error) QUARTZ_REQUIRES(feed_mutex_);

  // index_keeper_build.cpp
  Result<IndexPointer> open_index();
  Result<IndexPointer> load_index(IndexStamp& stamp) const;
  Result<IndexPointer> make_index(const VectorIndexConfig& config);
  Result<void> read_rows(VectorIndex& index);
  void begin_feeding(const IndexPointer& index);
  void end_feeding(const IndexPointer& index);
  void serve(const IndexPointer& index);
  Result<void> rebuild_locked(const VectorIndexConfig& config, const Progress& progress)
      QUARTZ_REQUIRES(upkeep_mutex_);
  Result<void> wait_until_useful(const VectorIndex& index, const Progress& progress);
  Result<void> store_record(const CollectionRecord& record);

  // index_keeper_work.cpp
  Result<void> start_threads();
  void run_linker() noexcept;
  bool link_some(VectorIndex::Linking& linking, IndexPointer& current);
  IndexPointer index_to_link() const;
  void wake_linkers() noexcept;
  void look_after();
  void train_if_due() QUARTZ_REQUIRES(upkeep_mutex_);
  void reclaim_if_due() QUARTZ_REQUIRES(upkeep_mutex_);
  std::vector<Slot> take_removed(VectorIndex& index);
  void wait_until_visible(storage::Sequence sequence) const;
  void wait_until_fed_is_visible() const;
  void wait_for_searches() const;
  void calibrate_if_due() QUARTZ_REQUIRES(upkeep_mutex_);
  void save_if_due() QUARTZ_REQUIRES(upkeep_mutex_);
  Result<void> save_locked(bool last) QUARTZ_REQUIRES(upkeep_mutex_);

  // Declared before the lock of `upkeep_mutex_` by whoever has that for long and is no linker:
  // those have tried it in vain meanwhile, and went to sleep.
  class WakesLinkersAtEnd {
   public:
    explicit WakesLinkersAtEnd(IndexKeeper& keeper) noexcept : keeper_(keeper) {}
    ~WakesLinkersAtEnd() { keeper_.wake_linkers(); }
    WakesLinkersAtEnd(const WakesLinkersAtEnd&) = delete;
    WakesLinkersAtEnd& operator=(const WakesLinkersAtEnd&) = delete;

   private:
    IndexKeeper& keeper_;
  };

  std::vector<IndexPointer> fed_indexes() const;
  IndexPointer serving_index() const;
  bool stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }
  std::string describe(std::string_view event) const;

  const std::shared_ptr<storage::Engine> engine_;
  const Keyspace keyspace_;
  const VectorRuntimeConfig runtime_;
  const CollectionIdentity identity_;
  const std::size_t dimensions_;
  const Metric metric_;
  const io::Path index_path_;

  // Saving, reclaiming and building anew.
  Mutex upkeep_mutex_;
  SharedMutex links_lock_ QUARTZ_ACQUIRED_AFTER(upkeep_mutex_);
  std::uint64_t changes_when_saved_ QUARTZ_GUARDED_BY(upkeep_mutex_) = 0;

  // Of an index that is not trained: how many vectors make it due, and how many that are gone. Both
  // are raised where building it has failed.
  std::atomic<std::size_t> training_due_at_{kTrainingVectorsMin};
  std::size_t renewal_due_at_ QUARTZ_GUARDED_BY(upkeep_mutex_) = kTrainingVectorsMin;

  mutable Mutex feed_mutex_ QUARTZ_ACQUIRED_AFTER(links_lock_);
  std::vector<IndexPointer> fed_ QUARTZ_GUARDED_BY(feed_mutex_);
  IndexPointer serving_owner_ QUARTZ_GUARDED_BY(feed_mutex_);
  PointReader reader_ QUARTZ_GUARDED_BY(feed_mutex_);
  VectorCollectionConfig config_ QUARTZ_GUARDED_BY(feed_mutex_);
  storage::Sequence fed_sequence_ QUARTZ_GUARDED_BY(feed_mutex_) =
      0;  // All up to it were taken in.
  std::optional<Error> failure_ QUARTZ_GUARDED_BY(feed_mutex_);
  std::string opened_by_ QUARTZ_GUARDED_BY(feed_mutex_);
  std::atomic<const VectorIndex*> serving_{nullptr};
  std::atomic<bool> failed_{false};
  std::atomic<bool> following_{false};

  Mutex stop_mutex_;
  bool stopped_ QUARTZ_GUARDED_BY(stop_mutex_) = false;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint32_t> work_{0};  // Changes whenever there may be something to do.
  std::atomic<std::uint32_t> waiting_writers_{0};
  mutable Mutex room_mutex_;
  mutable CondVar room_;
  std::vector<std::thread> linkers_ QUARTZ_GUARDED_BY(stop_mutex_);

  RecallCalibration calibration_;
  std::atomic<std::uint64_t> changes_{0};
  std::atomic<std::uint64_t> ignored_{0};
  std::atomic<std::uint64_t> linked_{0};
  std::atomic<std::uint64_t> reclaimed_{0};
  std::atomic<std::uint64_t> files_written_{0};
  std::atomic<bool> rebuilding_{false};
};

}  // namespace quartz::vector
