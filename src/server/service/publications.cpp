#include "server/service/publications.hpp"

#include <algorithm>

#include "protocol/glob.hpp"

namespace quartz::server {

bool Publications::add(Listeners& listeners, std::string_view name,
                       const SubscriberRef& subscriber) {
  auto found = listeners.find(name);
  if (found == listeners.end()) found = listeners.emplace(std::string(name), 0).first;
  auto& of_name = found->second;
  if (std::ranges::find(of_name, subscriber) != of_name.end()) return false;
  of_name.push_back(subscriber);
  return true;
}

bool Publications::remove(Listeners& listeners, std::string_view name,
                          const SubscriberRef& subscriber) {
  const auto found = listeners.find(name);
  if (found == listeners.end() || std::erase(found->second, subscriber) == 0) return false;
  if (found->second.empty()) listeners.erase(found);
  return true;
}

bool Publications::subscribe(std::string_view channel, const SubscriberRef& subscriber,
                             ChannelSpace space) {
  MutexLock lock(mutex_);
  return add(listeners(space), channel, subscriber);
}

bool Publications::unsubscribe(std::string_view channel, const SubscriberRef& subscriber,
                               ChannelSpace space) {
  MutexLock lock(mutex_);
  return remove(listeners(space), channel, subscriber);
}

bool Publications::subscribe_pattern(std::string_view pattern, const SubscriberRef& subscriber) {
  MutexLock lock(mutex_);
  return add(patterns_, pattern, subscriber);
}

bool Publications::unsubscribe_pattern(std::string_view pattern, const SubscriberRef& subscriber) {
  MutexLock lock(mutex_);
  return remove(patterns_, pattern, subscriber);
}

std::size_t Publications::publish(std::string_view channel, std::string_view message,
                                  ChannelSpace space) {
  MutexLock lock(mutex_);
  std::size_t count = 0;
  const auto send = [&](const std::vector<SubscriberRef>& to, std::optional<std::string> pattern) {
    const auto publication =
        std::make_shared<const Publication>(Publication{.pattern = std::move(pattern),
                                                        .channel = std::string(channel),
                                                        .message = std::string(message),
                                                        .space = space});
    for (const SubscriberRef& subscriber : to) subscriber->take(publication);
    count += to.size();
  };
  const Listeners& of_space = listeners(space);
  if (const auto found = of_space.find(channel); found != of_space.end()) {
    send(found->second, std::nullopt);
  }
  if (space == ChannelSpace::shard) return count;
  for (const auto& [pattern, subscribers] : patterns_) {
    if (protocol::matches_glob(pattern, channel)) send(subscribers, pattern);
  }
  return count;
}

std::size_t Publications::receiver_count(std::string_view channel, ChannelSpace space) const {
  MutexLock lock(mutex_);
  const Listeners& of_space = listeners(space);
  const auto found = of_space.find(channel);
  std::size_t count = found == of_space.end() ? 0 : found->second.size();
  if (space == ChannelSpace::shard) return count;
  for (const auto& [pattern, subscribers] : patterns_) {
    if (protocol::matches_glob(pattern, channel)) count += subscribers.size();
  }
  return count;
}

std::vector<std::string> Publications::channels(std::optional<std::string_view> pattern,
                                                ChannelSpace space) const {
  MutexLock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [channel, subscribers] : listeners(space)) {
    if (!pattern || protocol::matches_glob(*pattern, channel)) names.push_back(channel);
  }
  return names;
}

std::size_t Publications::subscriber_count(std::string_view channel, ChannelSpace space) const {
  MutexLock lock(mutex_);
  const Listeners& of_space = listeners(space);
  const auto found = of_space.find(channel);
  return found == of_space.end() ? 0 : found->second.size();
}

std::size_t Publications::pattern_count() const {
  MutexLock lock(mutex_);
  return patterns_.size();
}

}  // namespace quartz::server
