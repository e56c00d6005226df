#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "server/service/collections.hpp"
#include "server/service/databases.hpp"
#include "server/service/vector_set_head.hpp"

namespace quartz::server {

/// The collections behind vector sets. They are made before the transaction that needs them is
/// committed, and dropped after the one that has no more use of them: whether a vector set is there
/// is decided by its rows alone.
///
/// Threads: any number at a time.
class VectorSetCollections {
 public:
  /// All outlive this.
  VectorSetCollections(StorageEngine& engine, Collections& collections) noexcept
      : engine_(engine), collections_(collections) {}

  /// The collection, if it is open and was not dropped by somebody else.
  std::optional<VectorCollection> opened(const VectorSetHead& head);
  /// Opens it, which may take long. `not_found` if somebody else has dropped it.
  Result<VectorCollection> open(const VectorSetHead& head);

  /// A collection that is not dropped while `claim` lives; then it is, unless a row refers to it.
  struct Creation {
    VectorCollection collection;
    std::shared_ptr<const void> claim;
  };
  Result<Creation> create(const VectorSetHead& head, const VectorCollectionConfig& config);

  /// Some may have been abandoned.
  void look_again() noexcept { look_due_.store(true, std::memory_order_release); }
  /// Drops those that belong to no vector set; how many there were. Cost: a look at a flag, unless
  /// something was abandoned since the last call.
  Result<std::size_t> drop_abandoned(Databases& databases);

 private:
  bool is_claimed(const std::string& name) const;
  Result<bool> is_abandoned(Databases& databases, const std::string& name) const;
  Result<std::size_t> drop_all_abandoned(Databases& databases);
  void give_up(const std::string& name);

  StorageEngine& engine_;
  Collections& collections_;
  std::atomic<bool> look_due_{true};
  mutable Mutex mutex_;
  std::map<std::string, std::size_t, std::less<>> claims_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
