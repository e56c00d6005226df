#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz::server {

/// What tells the elements of one collection from those of all that ever were, also under the same
/// key. So removing a collection takes no look at its elements, and what is left of an old one is
/// never taken for a new one's. Never 0.
using Generation = std::uint64_t;

/// Hands out generations. Some at a time are taken from the engine, where the next one is stored;
/// those that were not used when it closes are lost. Threads: any number at a time.
class Generations {
 public:
  static Result<std::unique_ptr<Generations>> open(StorageEngine& engine);

  Result<Generation> next();

 private:
  Generations(StorageEngine& engine, Keyspace keyspace) noexcept
      : engine_(engine), keyspace_(std::move(keyspace)) {}
  Result<void> take_more() QUARTZ_REQUIRES(mutex_);

  StorageEngine& engine_;
  Keyspace keyspace_;
  Mutex mutex_;
  Generation next_ QUARTZ_GUARDED_BY(mutex_) = 0;
  Generation end_ QUARTZ_GUARDED_BY(mutex_) = 0;
};

}  // namespace quartz::server
