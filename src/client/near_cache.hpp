#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/mutex.hpp"
#include "client/near_cache_shard.hpp"
#include "quartz/client/near_cache_config.hpp"

namespace quartz::client {

/// What a client has read and the server promised to tell it of when it changes (CLIENT TRACKING).
/// It does no I/O and knows no clock.
///
/// Its promise: a read that begins after `invalidate`, `flush` or `close_feed` has returned sees
/// nothing that was fetched before. For that, who asks for a key that is not there gets a `Fetch`
/// *before* the request is sent, which stands for the value in its place. What invalidates the key
/// removes that, too, so that a reply that it has overtaken finds no place to be stored in. Who
/// asks meanwhile waits for that one reply.
///
/// What this client writes itself it invalidates when the reply comes: the server's word on it
/// follows that.
///
/// Threads: any number at a time.
class NearCache {
  struct Flight;

 public:
  using Clock = std::chrono::steady_clock;

  /// Who is told of changes: a connection that tracks, from then on to its end. One that is over,
  /// or that there was no place for, is nobody: what is fetched over it is not kept.
  struct Feed {
    std::uint32_t slot = 0;
    std::uint64_t opened = 0;
  };
  static constexpr std::size_t kFeedsMax = 64;  ///< Open at a time.

  /// Who waits for what another one fetches. Exactly one of the two is called, once, on the thread
  /// that ends the fetch, unless it has left before.
  class Waiter {
   public:
    Waiter() = default;
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    virtual ~Waiter() = default;
    /// The value, which lives until this returns, or nothing if there is none.
    virtual void fetched(std::optional<std::string_view> value) = 0;
    /// It did not come. Whoever still wants it asks again.
    virtual void failed() = 0;

   private:
    friend class NearCache;
    std::uint64_t hash_ = 0;
    Flight* flight_ = nullptr;  // Under its shard's lock.
  };

  /// The duty to fetch a value. Dropping it lets those who wait for it fail. The cache outlives it.
  class Fetch {
   public:
    Fetch() noexcept;
    Fetch(Fetch&& other) noexcept;
    Fetch& operator=(Fetch&& other) noexcept;
    Fetch(const Fetch&) = delete;
    Fetch& operator=(const Fetch&) = delete;
    ~Fetch();

    /// The reply: a value, or that there is none. Keeps it unless it was invalidated meanwhile, and
    /// tells those who wait for it. At most once.
    void complete(std::optional<std::string_view> value);
    /// There will be no reply.
    void fail();
    /// Whether it is neither complete nor failed.
    explicit operator bool() const noexcept { return flight_ != nullptr; }

   private:
    friend class NearCache;
    Fetch(NearCache& cache, std::unique_ptr<Flight> flight) noexcept;

    NearCache* cache_ = nullptr;
    std::unique_ptr<Flight> flight_;
  };

  enum class Found : std::uint8_t {
    hit,     ///< The value is there.
    absent,  ///< It is known that there is none.
    fetch,   ///< Of `ask`: send the request now, and end the fetch with its reply.
    wait,    ///< Of `ask`: somebody does, and tells the waiter.
    miss,    ///< Of `find`.
  };
  /// What is kept under a key: the value of that key, or the whole reply to a request that it
  /// names. One is not found as the other.
  enum class Subject : std::uint8_t { value, reply };

  struct Answer {
    Found found = Found::miss;
    Fetch fetch = {};  ///< With `Found::fetch`.
  };

  struct Statistics {
    std::uint64_t hits = 0;    ///< Of `find` and `ask`, known absence included.
    std::uint64_t misses = 0;  ///< Values that were to be fetched.
    std::uint64_t waits = 0;   ///< For what another one fetched.
    std::uint64_t invalidations =
        0;                        ///< That removed something; of all at once, each counts as one.
    std::uint64_t overtaken = 0;  ///< Replies that came too late to be kept.
    std::uint64_t evictions = 0;
    std::uint64_t entries = 0;  ///< Now, with those that nobody may read any more.
    std::uint64_t bytes = 0;    ///< Of them.
  };

  explicit NearCache(const NearCacheConfig& config);
  NearCache(const NearCache&) = delete;
  NearCache& operator=(const NearCache&) = delete;
  ~NearCache();

  /// From now on there is somebody who is told of changes: CLIENT TRACKING was answered, and sent
  /// at `at` or later.
  Feed open_feed(Clock::time_point at);
  /// That ends, and so does all that was fetched over it.
  void close_feed(Feed feed);
  /// It has answered a request that was sent at `at` or later. When it did is not the question: an
  /// answer may have been on its way for long, and news of changes behind it. An ended fetch says
  /// this by itself.
  void heard(Feed feed, Clock::time_point at);

  /// `hit` with a copy of the value, `absent` or `miss`. Cost: of a hit, some 50 ns.
  Found find(std::string_view key, Clock::time_point now, std::string& value);
  /// Whoever has missed gets it, waits for it, or has to fetch it, over `feed`. The waiter lives
  /// until it is told or has left.
  Answer ask(std::string_view key, Feed feed, Clock::time_point now, std::string& value,
             Waiter& waiter, Subject subject = Subject::value);
  /// It does not wait any longer. False if it is being told, or was, or never waited.
  bool leave(Waiter& waiter);

  /// The value has changed.
  void invalidate(std::string_view key);
  /// Another one after each `invalidate` of the key, and after some of others.
  std::uint64_t generation_of(std::string_view key) const noexcept {
    return generations_[hash_of(key) % kGenerations].load(std::memory_order_acquire);
  }
  /// Any may have, of all feeds.
  void flush();

  Statistics statistics() const;

 private:
  static constexpr std::size_t kShards = 32;  // `NearCacheConfig::value_bytes_max` tells of it.

  struct alignas(64) Shard {
    explicit Shard(std::size_t bytes_max) : rows(bytes_max) {}

    mutable Mutex mutex;
    NearCacheShard rows QUARTZ_GUARDED_BY(mutex);
    Statistics counts QUARTZ_GUARDED_BY(mutex);
  };

  // Stamps are never used twice. Another one makes all rows of the one before it void at once; they
  // go when somebody comes across them.
  struct alignas(64) FeedSlot {
    std::atomic<std::uint64_t> stamp{0};  // 0: closed.
    std::atomic<Clock::rep> heard_at{0};
    std::uint64_t opened = 0;  // The stamp that it began with; under `feeds_mutex_`.
  };

  static constexpr std::size_t kGenerations = 2048;

  static std::uint64_t hash_of(std::string_view key, Subject subject = Subject::value) noexcept {
    return hash_key(key, static_cast<std::uint64_t>(subject));
  }
  Shard& shard_of(std::uint64_t hash) noexcept {
    return *shards_[static_cast<std::size_t>(hash) & (kShards - 1)];
  }
  bool is_fresh(std::uint16_t feed, std::uint64_t stamp, Clock::time_point now) const noexcept;
  std::uint64_t stamp_of(Feed feed) QUARTZ_EXCLUDES(feeds_mutex_);
  Found found(NearCacheShard::Row& row, std::string& value) const;
  void end(Flight& flight, bool replied, std::optional<std::string_view> value);
  bool keep(Shard& shard, const Flight& flight, bool replied, std::optional<std::string_view> value)
      QUARTZ_REQUIRES(shard.mutex);

  const NearCacheConfig config_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::array<FeedSlot, kFeedsMax> feeds_;
  mutable Mutex feeds_mutex_;
  std::uint64_t last_stamp_ QUARTZ_GUARDED_BY(feeds_mutex_) = 0;
  std::atomic<std::uint64_t> flushes_{0};
  std::array<std::atomic<std::uint64_t>, kGenerations> generations_{};
};

}  // namespace quartz::client
