#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {

/// Components between -1 and 1.
inline std::vector<float> random_vector(Random& random, std::size_t dimensions) {
  std::vector<float> vector(dimensions);
  for (float& x : vector) x = static_cast<float>(random.below(2'000'001)) / 1e6F - 1.0F;
  return vector;
}

inline std::vector<std::string> ids_of(const std::vector<VectorHit>& hits) {
  std::vector<std::string> ids;
  for (const VectorHit& hit : hits) ids.push_back(hit.id);
  return ids;
}

/// An engine in a directory of its own, that can be opened again.
class VectorCollectionTest : public testing::Test {
 protected:
  VectorCollection open(const VectorCollectionConfig& config) {
    return VectorCollection::open(engine_, "docs", config).value();
  }
  /// Closes the engine and opens it again. Handles of collections must have gone.
  void reopen() {
    (void)engine_.close();
    engine_ = StorageEngine::open(scratch_ / "db", config()).value();
  }
  static StorageConfig config() { return {.segment_bytes = std::size_t{4} << 20}; }

  ScratchDirectory scratch_;
  StorageEngine engine_ = StorageEngine::open(scratch_ / "db", config()).value();
};

}  // namespace quartz
