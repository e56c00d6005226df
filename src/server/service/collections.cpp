#include "server/service/collections.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::server {

std::optional<VectorCollection> Collections::opened(std::string_view name) const {
  MutexLock lock(mutex_);
  const auto found = opened_.find(name);
  if (found == opened_.end()) return std::nullopt;
  return found->second;
}

Result<VectorCollection> Collections::open(std::string_view name) {
  if (auto collection = opened(name)) return *std::move(collection);
  // Not while it is being dropped, or it would be kept although it is gone.
  MutexLock lock(creation_mutex_);
  // Somebody else may have loaded it meanwhile.
  if (auto collection = opened(name)) return *std::move(collection);
  QUARTZ_ASSIGN(VectorCollection collection, VectorCollection::open(engine_, name));
  keep(collection);
  return collection;
}

Result<Collections::Creation> Collections::create(std::string_view name,
                                                  const VectorCollectionConfig& config) {
  MutexLock lock(creation_mutex_);
  const std::vector<std::string> present = names();
  if (!std::ranges::binary_search(present, name)) {
    QUARTZ_ASSIGN(VectorCollection collection, VectorCollection::open(engine_, name, config));
    keep(collection);
    return Creation{.collection = std::move(collection), .created = true};
  }
  QUARTZ_ASSIGN(VectorCollection collection, VectorCollection::open(engine_, name));
  keep(collection);
  if (collection.config() != config) {
    return Error(Errc::already_exists,
                 fmt::format("collection {} is there with another configuration", name));
  }
  return Creation{.collection = std::move(collection)};
}

Result<void> Collections::drop(std::string_view name) {
  MutexLock lock(creation_mutex_);
  forget(name);
  return VectorCollection::drop(engine_, name);
}

void Collections::forget(std::string_view name) {
  // Its last handle may save an index, which nobody should wait for.
  std::optional<VectorCollection> last;
  MutexLock lock(mutex_);
  const auto found = opened_.find(name);
  if (found == opened_.end()) return;
  last.emplace(std::move(found->second));
  opened_.erase(found);
}

void Collections::keep(const VectorCollection& collection) {
  MutexLock lock(mutex_);
  opened_.insert_or_assign(collection.name(), collection);
}

}  // namespace quartz::server
