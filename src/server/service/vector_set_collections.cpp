#include "server/service/vector_set_collections.hpp"

#include <utility>

#include "base/try.hpp"
#include "server/service/big_endian.hpp"
#include "vector/collection.hpp"

namespace quartz::server {

std::optional<VectorCollection> VectorSetCollections::opened(const VectorSetHead& head) {
  std::optional<VectorCollection> collection = collections_.opened(head.collection);
  if (!collection) return std::nullopt;
  const Result<void> usable = collection->collection().check_open();
  if (usable || usable.error().code() != Errc::closed) return collection;
  collections_.forget(head.collection);
  return std::nullopt;
}

Result<VectorCollection> VectorSetCollections::open(const VectorSetHead& head) {
  if (auto collection = opened(head)) return *std::move(collection);
  return collections_.open(head.collection);
}

Result<VectorSetCollections::Creation> VectorSetCollections::create(
    const VectorSetHead& head, const VectorCollectionConfig& config) {
  {
    MutexLock lock(mutex_);
    ++claims_[head.collection];
  }
  std::shared_ptr<const void> claim(static_cast<const void*>(this),
                                    [this, name = head.collection](const void*) { give_up(name); });
  QUARTZ_ASSIGN(Collections::Creation creation, collections_.create(head.collection, config));
  return Creation{.collection = std::move(creation.collection), .claim = std::move(claim)};
}

void VectorSetCollections::give_up(const std::string& name) {
  {
    MutexLock lock(mutex_);
    const auto found = claims_.find(name);
    if (--found->second == 0) claims_.erase(found);
  }
  look_again();
}

bool VectorSetCollections::is_claimed(const std::string& name) const {
  MutexLock lock(mutex_);
  return claims_.contains(name);
}

Result<bool> VectorSetCollections::is_abandoned(Databases& databases,
                                                const std::string& name) const {
  const auto origin = vector_set_origin(name);
  if (!origin) return false;
  // A claim that has ended meanwhile has left its rows behind: so it is asked for first.
  if (is_claimed(name)) return false;
  QUARTZ_ASSIGN(const Database* const database, databases.select(origin->database));
  std::string element;
  append_big_endian(element, origin->generation);
  QUARTZ_ASSIGN(const bool used, engine_.contains(database->elements, element));
  return !used;
}

Result<std::size_t> VectorSetCollections::drop_abandoned(Databases& databases) {
  if (!look_due_.exchange(false, std::memory_order_acq_rel)) return std::size_t{0};
  const auto dropped = drop_all_abandoned(databases);
  if (!dropped) look_again();
  return dropped;
}

Result<std::size_t> VectorSetCollections::drop_all_abandoned(Databases& databases) {
  std::size_t dropped = 0;
  for (const std::string& name : collections_.names()) {
    QUARTZ_ASSIGN(const bool abandoned, is_abandoned(databases, name));
    if (!abandoned) continue;
    const Result<void> gone = collections_.drop(name);
    if (!gone && gone.error().code() != Errc::not_found) return gone.error();
    ++dropped;
  }
  return dropped;
}

}  // namespace quartz::server
