#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"

namespace quartz {

/// The collection that all writers share.
inline constexpr std::string_view kCrashCollection = "points";
inline constexpr std::size_t kCrashDimensions = 4;

/// Payloads are `{"step": …, "kind": …}` with one of so many kinds from 0 on, or empty.
inline constexpr std::uint64_t kPayloadKinds = 5;

/// How a collection of these steps is created.
VectorCollectionConfig crash_collection_config();

/// What one writer has stored: points of the collection, and keys of the default keyspace that
/// were written in the same batches.
struct WriterPoints {
  std::map<std::string, VectorPoint> points;
  std::map<std::string, std::string> keys;

  bool operator==(const WriterPoints&) const = default;
};

/// One write of one writer to the collection; like `Step`, all of it follows from its number. The
/// first steps fill the collection beyond the number of vectors that a graph begins with. Others
/// are a batch of upserts, removes and keys, or a new payload for one point.
class VectorStep {
 public:
  VectorStep(std::uint32_t writer, std::uint64_t number);

  Result<void> write_to(StorageEngine& engine, VectorCollection& collection,
                        const WriteOptions& options) const;
  void apply_to(WriterPoints& stored) const;

 private:
  // In the order in which they are done. Each upsert and remove has a key beside it, which says
  // by which step the point was stored.
  std::vector<VectorPoint> upserts_;
  std::vector<std::string> removes_;
  std::vector<std::pair<std::string, std::optional<std::string>>> keys_;  // Nothing: a remove.
  // Instead of all those: the id and the payload.
  std::optional<std::pair<std::string, std::string>> payload_;
  std::string number_;
};

}  // namespace quartz
