#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <deque>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "base/random.hpp"
#include "client/near_cache.hpp"
#include "support/number_from_environment.hpp"

namespace quartz::client {
namespace {

using Found = NearCache::Found;

constexpr std::size_t kKeys = 64;
constexpr std::uint64_t kThreads = 4;
using Versions = std::array<std::uint64_t, kKeys>;

std::string key_of(std::size_t number) { return "key" + std::to_string(number); }

std::uint64_t version_in(std::string_view value) {
  std::uint64_t version = 0;
  std::from_chars(value.data(), value.data() + value.size(), version);
  return version;
}

/// What a read that begins now must not be older than: the newest versions whose invalidation was
/// delivered.
class Floors {
 public:
  void raise(std::size_t key, std::uint64_t version) noexcept {
    std::uint64_t floor = floors_.at(key).load();
    while (floor < version && !floors_.at(key).compare_exchange_weak(floor, version)) {
    }
  }
  void raise_all(const Versions& versions) noexcept {
    for (std::size_t key = 0; key < kKeys; ++key) raise(key, versions.at(key));
  }
  std::uint64_t of(std::size_t key) const noexcept { return floors_.at(key).load(); }

 private:
  std::array<std::atomic<std::uint64_t>, kKeys> floors_{};
};

/// Checks what another one has fetched.
class CheckedWaiter : public NearCache::Waiter {
 public:
  CheckedWaiter(std::uint64_t floor, std::atomic<std::uint64_t>& stale)
      : floor_(floor), stale_(stale) {}
  void fetched(std::optional<std::string_view> value) override {
    if (!value || version_in(*value) < floor_) ++stale_;
    told_.store(true);
  }
  void failed() override { told_.store(true); }
  bool told() const noexcept { return told_.load(); }

 private:
  const std::uint64_t floor_;
  std::atomic<std::uint64_t>& stale_;
  std::atomic<bool> told_{false};
};

/// A server with versions of its keys, and connections over which it is asked and tells of changes.
/// What it says arrives when somebody delivers it: invalidations in their order, replies in any, so
/// that they overtake each other.
class Server {
 public:
  Server(NearCache& cache, Floors& floors, std::size_t connections)
      : cache_(cache), floors_(floors), is_alone_(connections == 1), connections_(connections) {
    for (Connection& connection : connections_) connection.feed = cache_.open_feed({});
  }

  NearCache::Feed feed(std::size_t number) {
    MutexLock lock(mutex_);
    return connections_.at(number).feed;
  }

  /// It reads now, and tracks the key from now on; the reply is on its way. If that connection is
  /// over, there will be none.
  void get(std::size_t number, NearCache::Feed over, std::size_t key, NearCache::Fetch fetch) {
    MutexLock lock(mutex_);
    Connection& connection = connections_.at(number);
    if (over.opened == 0 || connection.feed.opened != over.opened) {
      connection.lost.push_back(std::move(fetch));
      return;
    }
    connection.tracked.at(key) = true;
    connection.replies.push_back({.version = versions_.at(key), .fetch = std::move(fetch)});
  }

  void set(std::size_t key) {
    MutexLock lock(mutex_);
    ++versions_.at(key);
    for (Connection& connection : connections_) {
      if (!std::exchange(connection.tracked.at(key), false)) continue;
      connection.news.push_back({.key = key, .versions = versions_});
    }
  }

  void set_all() {
    MutexLock lock(mutex_);
    for (std::uint64_t& version : versions_) ++version;
    for (Connection& connection : connections_) {
      if (connection.feed.opened == 0) continue;
      connection.tracked.fill(false);
      connection.news.push_back({.versions = versions_});
    }
  }

  void deliver_reply(std::size_t number, Random& random) {
    std::vector<NearCache::Fetch> lost;
    Reply reply;
    {
      MutexLock lock(mutex_);
      Connection& connection = connections_.at(number);
      lost.swap(connection.lost);
      if (connection.replies.empty()) return;
      std::swap(connection.replies.at(random.below(connection.replies.size())),
                connection.replies.back());
      reply = std::move(connection.replies.back());
      connection.replies.pop_back();
    }
    reply.fetch.complete(std::to_string(reply.version));
  }

  void deliver_news(std::size_t number) {
    News news;
    {
      MutexLock lock(mutex_);
      Connection& connection = connections_.at(number);
      if (connection.news.empty()) return;
      news = connection.news.front();
      connection.news.pop_front();
    }
    if (news.key) {
      cache_.invalidate(key_of(*news.key));
      floors_.raise(*news.key, news.versions.at(*news.key));
    } else {
      cache_.flush();
      floors_.raise_all(news.versions);
    }
  }

  /// The connection ends, news on their way are lost, and another one takes its place.
  void reconnect(std::size_t number) {
    Connection ended;
    Versions versions;
    {
      MutexLock lock(mutex_);
      if (connections_.at(number).feed.opened == 0) return;  // Somebody is at it.
      ended = std::exchange(connections_.at(number), Connection());
      versions = versions_;
    }
    cache_.close_feed(ended.feed);
    // Nothing that was read before is there any more, unless it came over another one, which has
    // news of its own.
    if (is_alone_) floors_.raise_all(versions);
    // A reply that somebody had already taken from the connection.
    for (Reply& reply : ended.replies) reply.fetch.complete(std::to_string(reply.version));
    const NearCache::Feed feed = cache_.open_feed({});
    MutexLock lock(mutex_);
    connections_.at(number).feed = feed;
  }

 private:
  struct Reply {
    std::uint64_t version = 0;
    NearCache::Fetch fetch = {};
  };
  struct News {
    std::optional<std::size_t> key = {};  // Nothing: all of them.
    Versions versions = {};
  };
  struct Connection {
    NearCache::Feed feed = {};
    std::array<bool, kKeys> tracked = {};
    std::vector<Reply> replies = {};
    std::deque<News> news = {};
    std::vector<NearCache::Fetch> lost = {};  // Which fail when somebody comes by.
  };

  NearCache& cache_;
  Floors& floors_;
  const bool is_alone_;  // The only connection.
  Mutex mutex_;
  Versions versions_ QUARTZ_GUARDED_BY(mutex_) = {};
  std::vector<Connection> connections_ QUARTZ_GUARDED_BY(mutex_);
};

/// What one of several threads does with one cache.
class Racer {
 public:
  Racer(NearCache& cache, Server& server, Floors& floors, std::size_t connections,
        std::uint64_t seed, std::atomic<std::uint64_t>& stale)
      : cache_(cache),
        server_(server),
        floors_(floors),
        connections_(connections),
        random_(seed),
        stale_(stale) {}

  void run(std::uint64_t operations) {
    for (std::uint64_t i = 0; i < operations; ++i) step();
  }

 private:
  void step() {
    const std::size_t number = random_.below(connections_);
    const std::uint64_t chance = random_.below(1000);
    if (chance < 600) {
      read(number);
    } else if (chance < 700) {
      server_.set(random_key());
    } else if (chance < 850) {
      server_.deliver_news(number);
    } else if (chance < 996) {
      server_.deliver_reply(number, random_);
    } else if (chance < 998) {
      server_.set_all();
    } else {
      server_.reconnect(number);
    }
  }

  // Some more often than others.
  std::size_t random_key() { return random_.below(1 + random_.below(kKeys)); }

  void read(std::size_t number) {
    const std::size_t key = random_key();
    const std::uint64_t floor = floors_.of(key);
    if (cache_.find(key_of(key), {}, value_) == Found::hit) {
      check(floor);
      return;
    }
    const NearCache::Feed feed = server_.feed(number);
    auto waiter = std::make_unique<CheckedWaiter>(floor, stale_);
    NearCache::Answer answer = cache_.ask(key_of(key), feed, {}, value_, *waiter);
    if (answer.found == Found::hit) check(floor);
    if (answer.found == Found::fetch) server_.get(number, feed, key, std::move(answer.fetch));
    if (answer.found == Found::wait) wait(std::move(waiter));
  }

  void check(std::uint64_t floor) {
    if (version_in(value_) < floor) ++stale_;
  }

  // Until a few others wait, too.
  void wait(std::unique_ptr<CheckedWaiter> waiter) {
    waiters_.push_back(std::move(waiter));
    if (waiters_.size() < 8) return;
    for (const auto& one : waiters_) {
      if (one->told() || cache_.leave(*one)) continue;
      while (!one->told()) std::this_thread::yield();  // Another thread is just telling it.
    }
    waiters_.clear();
  }

  NearCache& cache_;
  Server& server_;
  Floors& floors_;
  const std::size_t connections_;
  Random random_;
  std::atomic<std::uint64_t>& stale_;
  std::string value_;
  std::vector<std::unique_ptr<CheckedWaiter>> waiters_;

 public:
  ~Racer() {
    for (const auto& one : waiters_) {
      if (one->told() || cache_.leave(*one)) continue;
      while (!one->told()) std::this_thread::yield();
    }
  }
  Racer(const Racer&) = delete;
  Racer& operator=(const Racer&) = delete;
};

NearCache::Statistics race(std::size_t connections, std::uint64_t bytes_max) {
  const std::uint64_t operations =
      number_from_environment("QUARTZ_NEAR_CACHE_OPERATIONS", 300'000) / kThreads;
  NearCache cache({.bytes_max = bytes_max, .stale_after = {}});
  Floors floors;
  Server server(cache, floors, connections);
  std::atomic<std::uint64_t> stale{0};
  std::vector<std::thread> threads;
  for (std::uint64_t seed = 0; seed < kThreads; ++seed) {
    threads.emplace_back(
        [&, seed] { Racer(cache, server, floors, connections, seed, stale).run(operations); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stale.load(), 0u);
  const NearCache::Statistics statistics = cache.statistics();
  std::cout << statistics.hits << " hits, " << statistics.misses << " misses, " << statistics.waits
            << " waits, " << statistics.invalidations << " invalidations, " << statistics.overtaken
            << " overtaken, " << statistics.evictions << " evictions\n";
  EXPECT_GT(statistics.hits, operations / 100);
  EXPECT_GT(statistics.waits, 0u);
  EXPECT_GT(statistics.overtaken, 0u);
  return statistics;
}

TEST(NearCacheRace, no_read_is_older_than_what_its_connection_has_told_or_lost_before) {
  race(1, 1u << 20);
}

TEST(NearCacheRace, no_read_is_older_than_what_any_of_several_connections_has_told_before) {
  race(3, 1u << 20);
}

TEST(NearCacheRace, no_read_is_older_than_what_was_told_before_with_evictions_in_between) {
  // Room for two or three of the rows that share a part of the cache.
  EXPECT_GT(race(1, 32 * 300).evictions, 0u);
}

}  // namespace
}  // namespace quartz::client
