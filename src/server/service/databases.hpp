#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz::server {

/// One of the numbered databases that clients select.
struct Database {
  std::size_t number = 0;
  Keyspace rows;      ///< By key: strings, and heads of collections.
  Keyspace elements;  ///< Of collections, by generation; and which rows will expire.
  /// False: there are no elements, so that no row has any, and none expires. Never false again.
  mutable std::atomic<bool> has_elements{false};
};

/// The numbered databases of an engine. Number 0 has the engine's default keyspace as its rows, so
/// that clients and the program around the engine see the same keys; the others have keyspaces of
/// their own, which are created when they are first used.
///
/// Threads: any number at a time.
class Databases {
 public:
  static constexpr std::size_t kCount = 16;

  /// Opens those that exist.
  static Result<std::unique_ptr<Databases>> open(StorageEngine& engine);

  /// Which stays where it is as long as this lives. `number` is below `kCount`.
  Result<const Database*> select(std::size_t number);
  /// Null if nobody has used it yet.
  const Database* find(std::size_t number) const noexcept {
    return opened_.at(number).load(std::memory_order_acquire);
  }

 private:
  explicit Databases(StorageEngine& engine) noexcept : engine_(engine) {}
  Result<const Database*> create(std::size_t number);

  StorageEngine& engine_;
  Mutex mutex_;
  std::array<std::unique_ptr<Database>, kCount> databases_ QUARTZ_GUARDED_BY(mutex_);
  std::array<std::atomic<const Database*>, kCount> opened_{};
};

}  // namespace quartz::server
