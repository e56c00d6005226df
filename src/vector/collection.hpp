#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/write_batch.hpp"
#include "quartz/vector/vector_config.hpp"
#include "quartz/vector/vector_point.hpp"
#include "quartz/vector/vector_search.hpp"
#include "quartz/vector/vector_statistics.hpp"
#include "storage/engine.hpp"
#include "vector/collection_record.hpp"
#include "vector/index_keeper.hpp"

namespace quartz::vector {

/// The collection behind `VectorCollection`: rows in the engine, and the index that its keeper
/// keeps in step with them. The contract of each operation stands in
/// quartz/vector/vector_collection.hpp.
class Collection {
 public:
  /// The only one of its name in its engine, whoever asks.
  static Result<std::shared_ptr<Collection>> open(const std::shared_ptr<storage::Engine>& engine,
                                                  std::string_view name,
                                                  const VectorCollectionConfig* config,
                                                  const VectorRuntimeConfig& runtime);
  static std::vector<std::string> list(const storage::Engine& engine);
  static Result<void> drop(const std::shared_ptr<storage::Engine>& engine, std::string_view name);

  Collection(std::shared_ptr<storage::Engine> engine, std::string_view name, Keyspace keyspace,
             const CollectionRecord& record, const VectorRuntimeConfig& runtime);

  const std::string& name() const noexcept { return name_; }
  /// Where the rows of the points lie; stays where it is.
  const Keyspace& keyspace() const noexcept { return keyspace_; }
  std::size_t dimensions() const noexcept { return dimensions_; }
  IndexKeeper& keeper() noexcept { return keeper_; }
  const IndexKeeper& keeper() const noexcept { return keeper_; }

  // collection_write.cpp
  Result<void> upsert(std::string_view id, std::span<const std::span<const float>> vectors,
                      std::string_view payload, const WriteOptions& options);
  Result<void> remove(std::string_view id, const WriteOptions& options);
  Result<bool> set_payload(std::string_view id, std::string_view payload,
                           const WriteOptions& options);
  void add_upsert(WriteBatch& batch, std::string_view id,
                  std::span<const std::span<const float>> vectors, std::string_view payload);
  void add_remove(WriteBatch& batch, std::string_view id) const;
  /// The row under which a point may be stored, for whoever writes rows himself. May wait, as an
  /// upsert does, for the index to catch up.
  Result<std::string> encode_point(std::string_view id,
                                   std::span<const std::span<const float>> vectors,
                                   std::string_view payload);
  /// Whether an upsert would not wait for the index now.
  bool has_room() const { return keeper_.has_room(); }
  /// Writes a batch to the engine of the collection.
  Result<void> write(const WriteBatch& batch, const WriteOptions& options);

  // collection_read.cpp
  Result<std::optional<VectorPoint>> get(std::string_view id) const;
  Result<bool> contains(std::string_view id) const;
  std::uint64_t count() const;
  Result<std::uint64_t> count(const Filter& filter) const;
  Result<std::vector<VectorPoint>> scroll(const VectorScrollOptions& options) const;

  // collection_graph.cpp
  /// The ids that a point's first vector is linked to, level by level, the highest one first. There
  /// is one level without any while the point is not in the graph. Nothing if there is no point.
  Result<std::optional<std::vector<std::vector<std::string>>>> neighbours(
      std::string_view id) const;
  /// The highest level of the graph.
  unsigned graph_level() const;
  /// The id of any point; nothing if there is none.
  std::optional<std::string> random_id() const;
  /// Ids of `count` different points, or of all if there are no more, in any order. Cost: linear in
  /// the points.
  std::vector<std::string> random_ids(std::size_t count) const;

  // collection_search.cpp
  Result<std::vector<VectorHit>> search(std::span<const float> query,
                                        const VectorSearchOptions& options) const;
  Result<VectorSearchExplanation> explain(std::span<const float> query,
                                          const VectorSearchOptions& options) const;
  Result<std::vector<std::vector<VectorHit>>> search_batch(std::span<const float> queries,
                                                           const VectorSearchOptions& options,
                                                           std::uint32_t threads) const;
  Result<std::optional<std::vector<VectorHit>>> search_by_id(
      std::string_view id, const VectorSearchOptions& options) const;
  Result<std::vector<VectorHit>> search_range(std::span<const float> query, float score,
                                              const VectorSearchOptions& options) const;
  Result<double> measure_recall(const VectorSearchOptions& options, std::size_t sample_count) const;

  Result<void> check_open() const;
  /// Expires when the collection has gone altogether, its index saved.
  std::weak_ptr<void> presence() const noexcept { return presence_; }
  VectorStatistics statistics() const;

 private:
  Result<void> check_id(std::string_view id) const;
  Result<void> check_vector(std::span<const float> vector, std::string_view what) const;
  Result<std::span<const float>> prepare_query(std::span<const float> query,
                                               const VectorSearchOptions& options,
                                               std::vector<float>& normalised) const;
  Result<void> check_search(const VectorSearchOptions& options) const;
  Result<std::vector<VectorHit>> search_run(std::span<const float> query,
                                            const VectorSearchOptions& options, Slot hidden) const;
  Result<std::vector<VectorHit>> search_others(std::string_view id, std::span<const float> vector,
                                               const VectorSearchOptions& options,
                                               Slot hidden = kNoSlot) const;
  struct Sampled {
    std::string id;
    Slot slot;
  };
  std::vector<Sampled> sample(std::size_t count) const;
  Mutex& write_lock_of(std::string_view id) noexcept;

  // First: it goes last, and tells that everything else has gone.
  const std::shared_ptr<void> presence_ = std::make_shared<char>();
  const std::shared_ptr<storage::Engine> engine_;
  const std::string name_;
  const Keyspace keyspace_;
  const std::size_t dimensions_;
  const Metric metric_;
  std::atomic<std::uint64_t> next_version_;
  // Writers of one point that go through the same of these do not lose each other's payload.
  static constexpr std::size_t kWriteLocks = 64;
  std::array<Mutex, kWriteLocks> write_locks_;
  mutable std::atomic<std::uint64_t> searches_{0};
  // Last: it ends first, while the others are there still.
  IndexKeeper keeper_;
};

}  // namespace quartz::vector
