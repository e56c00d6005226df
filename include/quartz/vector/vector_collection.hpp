#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/export.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/storage_config.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/storage/write_batch.hpp"
#include "quartz/vector/filter.hpp"
#include "quartz/vector/vector_config.hpp"
#include "quartz/vector/vector_point.hpp"
#include "quartz/vector/vector_search.hpp"
#include "quartz/vector/vector_statistics.hpp"

namespace quartz {

namespace vector {
class Collection;
}

/// Points in an engine, found by their nearness to a vector: an id, one or more vectors, and a
/// payload of JSON that filters ask about. Points are rows of the engine: they are written in
/// records of its log, alone or in a `WriteBatch` with other rows, and share their durability. An
/// index over them, which can always be built again, makes searching fast.
///
/// A write that has returned is found by every search that begins afterwards, and a batch is found
/// all or not at all. Handles are cheap to copy; all handles of one collection of an engine share
/// one index. The last one that goes, or the engine's `close`, saves the index, so that the next
/// `open` need not build it.
///
/// Threads: every operation may be called from any number of threads at a time. Errors: `closed`
/// after the engine was closed or the collection dropped; those of the engine's reads and writes.
class QUARTZ_EXPORT VectorCollection {
 public:
  /// Opens the collection `name` of `engine`, which must outlive its use, creating it if there is
  /// none. Names are 1 to `kCollectionNameBytesMax` bytes of `[A-Za-z0-9._-]`. An index that was
  /// saved is loaded and compared with the points; without one, or with one that is damaged, points
  /// are searched one by one until a new one is built in the background, which is logged.
  ///
  /// Errors: `invalid_argument` for a configuration that makes no sense, or that differs from the
  /// stored one, naming the option; `corruption` if what is stored is no configuration.
  static Result<VectorCollection> open(StorageEngine& engine, std::string_view name,
                                       const VectorCollectionConfig& config,
                                       const VectorRuntimeConfig& runtime = {});
  /// The same with the configuration that is stored; `not_found` if there is no such collection.
  static Result<VectorCollection> open(StorageEngine& engine, std::string_view name,
                                       const VectorRuntimeConfig& runtime = {});
  /// Names of the engine's collections, sorted.
  static std::vector<std::string> list(const StorageEngine& engine);
  /// Removes the collection and its points for good. Handles answer `closed` from then on.
  /// `not_found` if there is none.
  static Result<void> drop(StorageEngine& engine, std::string_view name);

  VectorCollection(const VectorCollection&) noexcept;  ///< A handle of the same collection.
  /// What was moved from may only be destroyed or assigned to.
  VectorCollection(VectorCollection&&) noexcept;
  /// Becomes a handle of the other's collection.
  VectorCollection& operator=(const VectorCollection&) noexcept;
  VectorCollection& operator=(VectorCollection&&) noexcept;  ///< Becomes what the other was.
  ~VectorCollection();

  const std::string& name() const noexcept;  ///< As it was created.
  VectorCollectionConfig config() const;     ///< As it is now.

  // Writing. `invalid_argument` for a vector of other dimensions or with a component that is not
  // finite, and for a zero vector where the metric is the cosine; `invalid_argument` or `too_large`
  // for what is no payload (see payload_limits.hpp); `no_space` beyond a bound on memory.

  /// Stores a point under `id`, in place of what was there.
  Result<void> upsert(std::string_view id, std::span<const float> vector,
                      std::string_view payload = {}, const WriteOptions& options = {});
  /// The same; `point` may have several vectors.
  Result<void> upsert(const VectorPoint& point, const WriteOptions& options = {});
  /// Removing a point that does not exist succeeds.
  Result<void> remove(std::string_view id, const WriteOptions& options = {});
  /// Replaces the payload of a point; whether there is one. Not lost beside other calls of these
  /// functions; a batch that stores the same point at the same time may be overwritten.
  Result<bool> set_payload(std::string_view id, std::string_view payload,
                           const WriteOptions& options = {});

  /// What `WriteBatch::upsert` and `WriteBatch::remove` call: adds the operation to `batch`, or the
  /// error that makes writing it fail. May wait, as an upsert does, for the index to catch up.
  void add_upsert(WriteBatch& batch, std::string_view id, std::span<const float> vector,
                  std::string_view payload = {}) const;
  /// The same; `point` may have several vectors.
  void add_upsert(WriteBatch& batch, const VectorPoint& point) const;
  void add_remove(WriteBatch& batch, std::string_view id) const;  ///< The same for a removal.

  // Reading.
  /// The point of that id; nothing if there is none.
  Result<std::optional<VectorPoint>> get(std::string_view id) const;
  Result<bool> contains(std::string_view id) const;  ///< Whether there is a point of that id.
  /// Points. O(1).
  std::uint64_t count() const;
  /// Points that match. Cost: a pass over all points, which reads each with its vector and its
  /// payload, whatever indexes of payloads there are.
  Result<std::uint64_t> count(const Filter& filter) const;
  /// A page of points in the order of their ids.
  Result<std::vector<VectorPoint>> scroll(const VectorScrollOptions& options = {}) const;

  // Searching. Hits come nearest first; of equally near ones, any order. `invalid_argument` for a
  // query that could not be stored, a number out of range, or a filter with a mistake.

  /// The `k` points nearest to `query`.
  Result<std::vector<VectorHit>> search(std::span<const float> query,
                                        const VectorSearchOptions& options = {}) const;
  /// The same, telling how it was done.
  Result<VectorSearchExplanation> explain(std::span<const float> query,
                                          const VectorSearchOptions& options = {}) const;
  /// One answer for each query; `queries` holds them one after another. On up to `threads` threads
  /// at once, 0: as many as there are usable processors; fewer if the system refuses more.
  Result<std::vector<std::vector<VectorHit>>> search_batch(std::span<const float> queries,
                                                           const VectorSearchOptions& options = {},
                                                           std::uint32_t threads = 0) const;
  /// The points nearest to a stored one, without itself; nothing if there is none of that id.
  Result<std::optional<std::vector<VectorHit>>> search_by_id(
      std::string_view id, const VectorSearchOptions& options = {}) const;
  /// All points whose score is `score` or nearer, at most `options.k` of them, the nearest first.
  Result<std::vector<VectorHit>> search_range(std::span<const float> query, float score,
                                              const VectorSearchOptions& options = {}) const;

  // The index.
  VectorStatistics statistics() const;  ///< As of now.
  /// Is told of vectors linked and of how many there are.
  using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;
  /// Builds the index anew, with other parameters, while the present one serves; returns when the
  /// new one has taken over.
  Result<void> reindex(const VectorIndexConfig& config, const Progress& progress = {});
  /// Makes an index on a field of the payloads, of those there are and those to come.
  Result<void> create_payload_index(std::string_view field, PayloadIndexKind kind);
  /// Returns when all points of before the call are in the graph.
  Result<void> wait_until_indexed(const Progress& progress = {}) const;
  /// Writes the index to a file now, so that opening after a crash takes less.
  Result<void> save_index();
  /// Share of the `k` exactly nearest that searches find with these options; 1 if it is empty.
  /// Queries are first vectors of up to `sample_count` of the collection's own points, spread
  /// evenly. Each is searched for as if it was not there, for stored vectors are easier to find.
  Result<double> measure_recall(const VectorSearchOptions& options = {},
                                std::size_t sample_count = 100) const;

  /// For Quartz's own use.
  explicit VectorCollection(std::shared_ptr<vector::Collection> collection) noexcept;
  /// For Quartz's own use.
  vector::Collection& collection() const noexcept { return *collection_; }

 private:
  std::shared_ptr<vector::Collection> collection_;  // Null only after a move.
};

/// Longest name of a collection: it is part of the name of a keyspace.
inline constexpr std::size_t kCollectionNameBytesMax = 120;

}  // namespace quartz
