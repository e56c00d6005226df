#include "server/service/key_waits.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace quartz::server {
namespace {

// Who waits for a list has nothing to do with who waits for a sorted set under the same key.
constexpr std::array kAwaitedKinds{RowKind::list, RowKind::sorted_set};

std::string queue_name(std::size_t database, RowKind kind, std::string_view key) {
  std::string name;
  name += static_cast<char>(database);
  name += static_cast<char>(kind);
  name += key;
  return name;
}

}  // namespace

std::unique_ptr<KeyWaits::Place> KeyWaits::enter(const Database& database, RowKind kind,
                                                 std::span<const std::string> keys,
                                                 std::function<void()> wake) {
  std::vector<std::string> queues;
  for (const std::string& key : keys) queues.push_back(queue_name(database.number, kind, key));
  std::ranges::sort(queues);
  const auto repeated = std::ranges::unique(queues);
  queues.erase(repeated.begin(), repeated.end());
  std::unique_ptr<Place> place(new Place(*this, std::move(queues), std::move(wake)));
  {
    MutexLock lock(listening_mutex_);
    if (listening_for_++ == 0) changes_.add(this);
  }
  MutexLock lock(mutex_);
  for (const std::string& queue : place->queues_) queues_[queue].push_back(place.get());
  count_.fetch_add(1, std::memory_order_relaxed);
  return place;
}

void KeyWaits::wake_first(const std::string& queue) {
  const auto found = queues_.find(queue);
  if (found == queues_.end()) return;
  Place& first = *found->second.front();
  if (std::exchange(first.woken_, true)) return;
  first.wake_();
}

void KeyWaits::changed(std::span<const ChangedKey> keys, const void*) {
  MutexLock lock(mutex_);
  for (const ChangedKey& key : keys) {
    for (const RowKind kind : kAwaitedKinds) wake_first(queue_name(key.database, kind, key.key));
  }
}

void KeyWaits::begin_look(Place& place) {
  MutexLock lock(mutex_);
  place.woken_ = false;
}

void KeyWaits::leave(Place& place) {
  {
    MutexLock lock(mutex_);
    for (const std::string& name : place.queues_) {
      const auto queue = queues_.find(name);
      std::erase(queue->second, &place);
      if (queue->second.empty()) queues_.erase(queue);
    }
    // It was to look and has not, or has taken a part only.
    if (place.woken_) {
      for (const std::string& queue : place.queues_) wake_first(queue);
    }
    count_.fetch_sub(1, std::memory_order_relaxed);
  }
  MutexLock lock(listening_mutex_);
  if (--listening_for_ == 0) changes_.remove(this);
}

}  // namespace quartz::server
