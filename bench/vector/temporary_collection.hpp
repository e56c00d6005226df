#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/vector/vector_rows.hpp"
#include "quartz/vector/vector_collection.hpp"

namespace quartz::bench {

/// A collection "points" of an engine in a directory of its own, which goes with it. What fails
/// ends the process by `require`.
class TemporaryCollection {
 public:
  TemporaryCollection();
  ~TemporaryCollection();
  TemporaryCollection(const TemporaryCollection&) = delete;
  TemporaryCollection& operator=(const TemporaryCollection&) = delete;

  /// Opens both; `config` is empty where the collection exists.
  void open(const std::optional<VectorCollectionConfig>& config,
            const VectorRuntimeConfig& runtime);
  void close();

  /// Stores rows under their numbers, in batches, and waits until all are in the graph.
  using PayloadOf = std::function<std::string(std::size_t row)>;
  void fill(const VectorRows& rows, const PayloadOf& payload_of = {});

  /// Where the database is; another program could only have it after `close`.
  const std::filesystem::path& directory() const noexcept { return directory_; }
  /// Has been opened.
  VectorCollection& points() noexcept { return *points_; }
  const VectorCollection& points() const noexcept { return *points_; }

 private:
  std::filesystem::path directory_;
  std::optional<StorageEngine> engine_;
  std::optional<VectorCollection> points_;
};

/// How collections are built that are measured: as the graphs of all peers.
VectorCollectionConfig measured_collection(std::size_t dimensions, bool vectors_in_memory);

/// The row that `fill` stored under an id.
std::uint32_t row_of(const std::string& id);

}  // namespace quartz::bench
