#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/vector/vector_search.hpp"
#include "storage/engine.hpp"
#include "vector/index_keeper.hpp"
#include "vector/index_search.hpp"

namespace quartz::vector {

/// One search in a collection, from the query to the hits; kept from one to the next for its
/// memory. Threads: one at a time.
class SearchRun {
 public:
  /// `query` is of length 1 where the metric is the cosine, and the options make sense. Which
  /// points are found is as of one moment; payloads and vectors that have to be read from the rows
  /// may be newer. `hidden` is as in `IndexQuery`.
  Result<void> search(storage::Engine& engine, const Keyspace& keyspace, const IndexKeeper& keeper,
                      std::span<const float> query, const VectorSearchOptions& options,
                      Slot hidden = kNoSlot);

  std::vector<VectorHit> take_hits() { return std::move(hits_); }
  /// How the last search was carried out, without its hits.
  VectorSearchExplanation take_explanation() { return std::move(told_); }

 private:
  // A point whose vectors have to be read to say how far it is.
  struct Unranked {
    std::string id;
    std::uint64_t version;
    float distance;
  };

  /// Whether an index has answered, or only the rows can.
  enum class Found : std::uint8_t { in_index, in_rows_only };
  Result<Found> find(const IndexKeeper& keeper, std::span<const float> query,
                     const VectorSearchOptions& options, Slot hidden);
  Found in_rows_only(std::string_view reason);
  void find_all(const VectorIndex& index, const IndexQuery& asked, bool exact);
  Result<void> find_matching(const VectorIndex& index, const IndexQuery& asked,
                             const VectorSearchOptions& options);
  void take_found(const VectorSearchOptions& options);
  Result<void> rank_by_rows(storage::Engine& engine, const Keyspace& keyspace,
                            std::span<const float> query, std::size_t k);
  Result<void> scan_rows(storage::Engine& engine, const Keyspace& keyspace,
                         std::span<const float> query, const VectorSearchOptions& options);
  Result<void> read_rows(storage::Engine& engine, const Keyspace& keyspace, std::size_t dimensions,
                         const VectorSearchOptions& options);

  Metric metric_ = Metric::l2;
  bool takes_payloads_ = false;
  IndexSearch search_;
  IndexFilter filter_;
  std::vector<VectorHit> hits_;
  std::vector<Unranked> unranked_;
  VectorSearchExplanation told_;
};

}  // namespace quartz::vector
