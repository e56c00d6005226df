#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"

namespace quartz::server {

/// The collections of vectors that a server works with. One stays open from its first use until it
/// is dropped or the server ends, so that its index is loaded once. Threads: any number at a time.
class Collections {
 public:
  explicit Collections(StorageEngine& engine) noexcept : engine_(engine) {}

  /// One that is open already. Cost: a look-up.
  std::optional<VectorCollection> opened(std::string_view name) const;
  /// Opens it, which loads its index or builds it anew and may take long. `not_found`.
  Result<VectorCollection> open(std::string_view name);

  struct Creation {
    VectorCollection collection;
    bool created = false;  ///< False: it was there, with the same configuration.
  };
  /// `already_exists` if there is one of another configuration; those of `VectorCollection::open`.
  Result<Creation> create(std::string_view name, const VectorCollectionConfig& config);
  /// Removes it and its points. `not_found`.
  Result<void> drop(std::string_view name);
  /// Forgets one that was dropped by somebody else.
  void forget(std::string_view name);
  std::vector<std::string> names() const { return VectorCollection::list(engine_); }

 private:
  void keep(const VectorCollection& collection);

  StorageEngine& engine_;
  Mutex creation_mutex_;  // One creates or drops at a time.
  mutable Mutex mutex_;   // Innermost.
  std::map<std::string, VectorCollection, std::less<>> opened_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
