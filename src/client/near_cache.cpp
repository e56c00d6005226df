#include "client/near_cache.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace quartz::client {

using Row = NearCacheShard::Row;

/// A request under way. Its placeholder, if it still has one, points to it; the waiters are under
/// the lock of its shard.
struct NearCache::Flight {
  std::string key;
  std::uint64_t hash = 0;
  Feed feed = {};
  std::uint64_t stamp = 0;  // 0: nothing will be kept.
  Clock::time_point began_at = {};
  std::vector<Waiter*> waiters = {};
};

NearCache::Fetch::Fetch(NearCache& cache, std::unique_ptr<Flight> flight) noexcept
    : cache_(&cache), flight_(std::move(flight)) {}

NearCache::Fetch::Fetch() noexcept = default;
NearCache::Fetch::Fetch(Fetch&& other) noexcept = default;
NearCache::Fetch::~Fetch() { fail(); }

NearCache::Fetch& NearCache::Fetch::operator=(Fetch&& other) noexcept {
  if (this == &other) return *this;
  fail();
  cache_ = other.cache_;
  flight_ = std::move(other.flight_);
  return *this;
}

void NearCache::Fetch::complete(std::optional<std::string_view> value) {
  QUARTZ_CHECK(flight_ != nullptr);
  const std::unique_ptr<Flight> flight = std::move(flight_);
  cache_->end(*flight, true, value);
}

void NearCache::Fetch::fail() {
  if (flight_ == nullptr) return;
  const std::unique_ptr<Flight> flight = std::move(flight_);
  cache_->end(*flight, false, std::nullopt);
}

NearCache::NearCache(const NearCacheConfig& config) : config_(config) {
  const auto bytes_max = static_cast<std::size_t>(config.bytes_max / kShards);
  for (std::size_t i = 0; i < kShards; ++i) shards_.push_back(std::make_unique<Shard>(bytes_max));
}

NearCache::~NearCache() = default;

NearCache::Feed NearCache::open_feed(Clock::time_point at) {
  MutexLock lock(feeds_mutex_);
  const auto slot = std::ranges::find(feeds_, 0u, &FeedSlot::opened);
  if (slot == feeds_.end()) return {};
  slot->opened = ++last_stamp_;
  slot->heard_at.store(at.time_since_epoch().count(), std::memory_order_release);
  slot->stamp.store(last_stamp_, std::memory_order_release);
  return {.slot = static_cast<std::uint32_t>(slot - feeds_.begin()), .opened = last_stamp_};
}

void NearCache::close_feed(Feed feed) {
  MutexLock lock(feeds_mutex_);
  FeedSlot& slot = feeds_.at(feed.slot);
  if (feed.opened == 0 || slot.opened != feed.opened) return;
  slot.stamp.store(0, std::memory_order_release);
  slot.opened = 0;
}

void NearCache::heard(Feed feed, Clock::time_point at) {
  MutexLock lock(feeds_mutex_);
  FeedSlot& slot = feeds_.at(feed.slot);
  if (feed.opened == 0 || slot.opened != feed.opened) return;
  const auto heard_at = at.time_since_epoch().count();
  if (heard_at > slot.heard_at.load(std::memory_order_relaxed)) {
    slot.heard_at.store(heard_at, std::memory_order_release);
  }
}

void NearCache::flush() {
  MutexLock lock(feeds_mutex_);
  for (FeedSlot& slot : feeds_) {
    if (slot.opened != 0) slot.stamp.store(++last_stamp_, std::memory_order_release);
  }
  flushes_.fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t NearCache::stamp_of(Feed feed) {
  MutexLock lock(feeds_mutex_);
  const FeedSlot& slot = feeds_.at(feed.slot);
  return feed.opened != 0 && slot.opened == feed.opened ? slot.stamp.load(std::memory_order_relaxed)
                                                        : 0;
}

bool NearCache::is_fresh(std::uint16_t feed, std::uint64_t stamp,
                         Clock::time_point now) const noexcept {
  const FeedSlot& slot = feeds_[feed];
  // In this order: as the stamp is still the row's, the time is of the row's feed.
  const Clock::time_point heard_at{Clock::duration(slot.heard_at.load(std::memory_order_acquire))};
  if (slot.stamp.load(std::memory_order_acquire) != stamp || stamp == 0) return false;
  return config_.stale_after.count() == 0 || now - heard_at <= config_.stale_after;
}

NearCache::Found NearCache::found(Row& row, std::string& value) const {
  row.used = true;
  if (!row.exists) return Found::absent;
  value.assign(row.value());
  return Found::hit;
}

NearCache::Found NearCache::find(std::string_view key, Clock::time_point now, std::string& value) {
  const std::uint64_t hash = hash_of(key);
  Shard& shard = shard_of(hash);
  MutexLock lock(shard.mutex);
  Row* const row = shard.rows.find(key, hash);
  if (row == nullptr || row->flight != nullptr || !is_fresh(row->feed, row->stamp, now)) {
    return Found::miss;
  }
  ++shard.counts.hits;
  return found(*row, value);
}

NearCache::Answer NearCache::ask(std::string_view key, Feed feed, Clock::time_point now,
                                 std::string& value, Waiter& waiter, Subject subject) {
  const std::uint64_t hash = hash_of(key, subject);
  const std::uint64_t stamp = stamp_of(feed);
  Shard& shard = shard_of(hash);
  MutexLock lock(shard.mutex);
  if (Row* const row = shard.rows.find(key, hash)) {
    const bool fresh = is_fresh(row->feed, row->stamp, now);
    if (fresh && row->flight == nullptr) {
      ++shard.counts.hits;
      return {.found = found(*row, value)};
    }
    if (fresh) {
      ++shard.counts.waits;
      auto* const flight = static_cast<Flight*>(row->flight);
      waiter.hash_ = hash;
      waiter.flight_ = flight;
      flight->waiters.push_back(&waiter);
      return {.found = Found::wait};
    }
    shard.rows.remove(*row);
  }
  ++shard.counts.misses;
  auto flight = std::make_unique<Flight>(
      Flight{.key = std::string(key), .hash = hash, .feed = feed, .stamp = stamp, .began_at = now});
  if (stamp != 0) {
    Row& placeholder = shard.rows.add(key, hash, std::nullopt);
    placeholder.feed = static_cast<std::uint16_t>(feed.slot);
    placeholder.stamp = stamp;
    placeholder.flight = flight.get();
    shard.counts.evictions += shard.rows.make_room();
  }
  return {.found = Found::fetch, .fetch = Fetch(*this, std::move(flight))};
}

bool NearCache::leave(Waiter& waiter) {
  Shard& shard = shard_of(waiter.hash_);
  MutexLock lock(shard.mutex);
  if (waiter.flight_ == nullptr) return false;
  std::erase(waiter.flight_->waiters, &waiter);
  waiter.flight_ = nullptr;
  return true;
}

void NearCache::end(Flight& flight, bool replied, std::optional<std::string_view> value) {
  if (replied) heard(flight.feed, flight.began_at);
  std::vector<Waiter*> waiters;
  {
    Shard& shard = shard_of(flight.hash);
    MutexLock lock(shard.mutex);
    if (!keep(shard, flight, replied, value)) ++shard.counts.overtaken;
    waiters.swap(flight.waiters);
    for (Waiter* const waiter : waiters) waiter->flight_ = nullptr;
  }
  for (Waiter* const waiter : waiters) {
    if (replied) {
      waiter->fetched(value);
    } else {
      waiter->failed();
    }
  }
}

// Puts the value into the place of the placeholder. False if it was to be kept and has no place.
bool NearCache::keep(Shard& shard, const Flight& flight, bool replied,
                     std::optional<std::string_view> value) {
  Row* const placeholder = shard.rows.find(flight.key, flight.hash);
  const bool in_place = placeholder != nullptr && placeholder->flight == &flight;
  if (in_place) shard.rows.remove(*placeholder);
  if (!replied || flight.stamp == 0) return true;
  // A feed that ends behind this look has another stamp than the row.
  if (!in_place ||
      feeds_.at(flight.feed.slot).stamp.load(std::memory_order_acquire) != flight.stamp) {
    return false;
  }
  const std::size_t value_bytes = value ? value->size() : 0;
  if (value_bytes > config_.value_bytes_max ||
      !shard.rows.has_room_for(flight.key.size(), value_bytes)) {
    return true;
  }
  Row& row = shard.rows.add(flight.key, flight.hash, value);
  row.feed = static_cast<std::uint16_t>(flight.feed.slot);
  row.stamp = flight.stamp;
  shard.counts.evictions += shard.rows.make_room();
  return true;
}

void NearCache::invalidate(std::string_view key) {
  const std::uint64_t hash = hash_of(key);
  generations_[hash % kGenerations].fetch_add(1, std::memory_order_release);
  Shard& shard = shard_of(hash);
  MutexLock lock(shard.mutex);
  if (Row* const row = shard.rows.find(key, hash)) {
    ++shard.counts.invalidations;
    shard.rows.remove(*row);
  }
}

NearCache::Statistics NearCache::statistics() const {
  Statistics sum;
  sum.invalidations = flushes_.load(std::memory_order_relaxed);
  for (const auto& shard : shards_) {
    MutexLock lock(shard->mutex);
    sum.hits += shard->counts.hits;
    sum.misses += shard->counts.misses;
    sum.waits += shard->counts.waits;
    sum.invalidations += shard->counts.invalidations;
    sum.overtaken += shard->counts.overtaken;
    sum.evictions += shard->counts.evictions;
    sum.entries += shard->rows.count();
    sum.bytes += shard->rows.bytes();
  }
  return sum;
}

}  // namespace quartz::client
