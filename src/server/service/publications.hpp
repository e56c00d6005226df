#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.hpp"

namespace quartz::server {

/// Whose channels: those that all of a cluster shares, or those of one shard, which are others even
/// under the same name.
enum class ChannelSpace : std::uint8_t { shared, shard };

/// What a subscriber is sent.
struct Publication {
  std::optional<std::string> pattern;  ///< That the channel matched, for pattern subscriptions.
  std::string channel;
  std::string message;
  ChannelSpace space = ChannelSpace::shared;
};

/// Takes what was published. Called on the publisher's thread, under the lock of `Publications`, so
/// it only passes the publication on to where it is sent.
class Subscriber {
 public:
  virtual ~Subscriber() = default;
  virtual void take(const std::shared_ptr<const Publication>& publication) = 0;
};

/// Messages from whoever publishes to whoever listens now: nothing is kept.
/// Threads: any number at a time. A subscriber is told nothing any more once it has left.
class Publications {
 public:
  using SubscriberRef = std::shared_ptr<Subscriber>;

  /// False if it was subscribed already; likewise below.
  bool subscribe(std::string_view channel, const SubscriberRef& subscriber,
                 ChannelSpace space = ChannelSpace::shared);
  bool unsubscribe(std::string_view channel, const SubscriberRef& subscriber,
                   ChannelSpace space = ChannelSpace::shared);
  bool subscribe_pattern(std::string_view pattern, const SubscriberRef& subscriber);
  bool unsubscribe_pattern(std::string_view pattern, const SubscriberRef& subscriber);

  /// To how many it went; one who listens in two ways counts twice.
  std::size_t publish(std::string_view channel, std::string_view message,
                      ChannelSpace space = ChannelSpace::shared);
  /// How many times something published on the channel now would be told.
  std::size_t receiver_count(std::string_view channel,
                             ChannelSpace space = ChannelSpace::shared) const;

  /// Channels with a subscriber that match `pattern`, or all, in order.
  std::vector<std::string> channels(std::optional<std::string_view> pattern,
                                    ChannelSpace space = ChannelSpace::shared) const;
  std::size_t subscriber_count(std::string_view channel,
                               ChannelSpace space = ChannelSpace::shared) const;
  std::size_t pattern_count() const;

 private:
  using Listeners = std::map<std::string, std::vector<SubscriberRef>, std::less<>>;

  Listeners& listeners(ChannelSpace space) QUARTZ_REQUIRES(mutex_) {
    return space == ChannelSpace::shard ? shard_channels_ : channels_;
  }
  const Listeners& listeners(ChannelSpace space) const QUARTZ_REQUIRES(mutex_) {
    return space == ChannelSpace::shard ? shard_channels_ : channels_;
  }
  static bool add(Listeners& listeners, std::string_view name, const SubscriberRef& subscriber);
  static bool remove(Listeners& listeners, std::string_view name, const SubscriberRef& subscriber);

  mutable Mutex mutex_;
  Listeners channels_ QUARTZ_GUARDED_BY(mutex_);
  Listeners patterns_ QUARTZ_GUARDED_BY(mutex_);  // Of shared channels only.
  Listeners shard_channels_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
