#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "server/service/key_changes.hpp"

namespace quartz::server {

class RespClient;
class RespServer;

/// What a client has asked CLIENT TRACKING for.
struct TrackingOptions {
  bool on = false;
  bool broadcast = false;      ///< All keys of `prefixes`, rather than those that it reads.
  bool opt_in = false;         ///< Only what it reads behind CLIENT CACHING YES.
  bool opt_out = false;        ///< All but what it reads behind CLIENT CACHING NO.
  bool no_loop = false;        ///< Not what it changes itself.
  std::uint64_t redirect = 0;  ///< Another client is told; 0: it is itself.
  std::vector<std::string> prefixes = {};
};

/// Which clients keep which keys in mind, and must be told when those change. As in Redis a key is
/// the same in every database. Bounded: keys beyond the bound are forgotten by telling that they
/// have changed. Clients that track no more are forgotten when a key has gained as many others.
///
/// A key is remembered before it is read, and a change is told after it is visible, on whatever
/// thread made it: so that whoever has read an old value is told behind it.
///
/// Threads: any number at a time.
class InvalidationTable : public KeyChangeListener {
 public:
  static constexpr std::size_t kKeysMax = 1'000'000;
  static constexpr std::size_t kKeyBytesMax = std::size_t{64} << 20;
  static constexpr std::size_t kNumbersMax = std::size_t{16} << 20;

  explicit InvalidationTable(RespServer& server, std::size_t keys_max = kKeysMax) noexcept
      : server_(server), keys_max_(keys_max) {}
  ~InvalidationTable() override;

  void enable(std::uint64_t client, const TrackingOptions& options);
  void disable(std::uint64_t client);
  void remember(std::uint64_t client, std::span<const std::string_view> keys);
  /// Whether the client that was to be told in its place has gone.
  bool is_redirection_broken(std::uint64_t client) const;
  std::size_t key_count() const;
  /// How many numbers of clients all keys together have.
  std::size_t number_count() const;

  void changed(std::span<const ChangedKey> keys, const void* origin) override;
  void emptied(std::size_t database, const void* origin) override;

 private:
  struct Tracker {
    TrackingOptions options;
    bool broken = false;
  };
  struct Message {
    std::shared_ptr<RespClient> to;
    std::string bytes;
  };
  using Messages = std::vector<Message>;
  using Keys = std::span<const std::string_view>;

  using Numbers = std::vector<std::uint64_t>;

  void note_locked(std::uint64_t client, Numbers& clients) QUARTZ_REQUIRES(mutex_);
  void invalidate_locked(std::string_view key, const void* origin, Messages& messages)
      QUARTZ_REQUIRES(mutex_);
  void broadcast_locked(std::span<const ChangedKey> keys, const void* origin, Messages& messages)
      QUARTZ_REQUIRES(mutex_);
  /// Without keys: all of them.
  void address_locked(std::uint64_t id, Tracker& tracker, std::optional<Keys> keys,
                      Messages& messages) QUARTZ_REQUIRES(mutex_);
  static void send(const Messages& messages, const void* origin);

  RespServer& server_;
  const std::size_t keys_max_;
  std::once_flag listening_;
  mutable Mutex mutex_;
  std::map<std::uint64_t, Tracker> trackers_ QUARTZ_GUARDED_BY(mutex_);
  std::unordered_map<std::string, Numbers> keys_ QUARTZ_GUARDED_BY(mutex_);
  std::size_t key_bytes_ QUARTZ_GUARDED_BY(mutex_) = 0;
  std::size_t number_count_ QUARTZ_GUARDED_BY(mutex_) = 0;
};

}  // namespace quartz::server
