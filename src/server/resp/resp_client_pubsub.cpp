#include "server/resp/resp_client.hpp"

namespace quartz::server {

void RespClient::note_subscriptions() {
  MutexLock lock(mutex_);
  description_.channels = channels_.size();
  description_.patterns = patterns_.size();
  description_.shard_channels = shard_channels_.size();
}

std::size_t RespClient::subscribe(std::string_view channel) {
  if (server_.service().publications().subscribe(channel, shared_from_this())) {
    channels_.emplace(channel);
    note_subscriptions();
  }
  return subscription_count();
}

std::size_t RespClient::unsubscribe(std::string_view channel) {
  if (server_.service().publications().unsubscribe(channel, shared_from_this())) {
    channels_.erase(channels_.find(channel));
    note_subscriptions();
  }
  return subscription_count();
}

std::size_t RespClient::subscribe_pattern(std::string_view pattern) {
  if (server_.service().publications().subscribe_pattern(pattern, shared_from_this())) {
    patterns_.emplace(pattern);
    note_subscriptions();
  }
  return subscription_count();
}

std::size_t RespClient::unsubscribe_pattern(std::string_view pattern) {
  if (server_.service().publications().unsubscribe_pattern(pattern, shared_from_this())) {
    patterns_.erase(patterns_.find(pattern));
    note_subscriptions();
  }
  return subscription_count();
}

std::size_t RespClient::subscribe_shard(std::string_view channel) {
  if (server_.service().publications().subscribe(channel, shared_from_this(),
                                                 ChannelSpace::shard)) {
    shard_channels_.emplace(channel);
    note_subscriptions();
  }
  return shard_channels_.size();
}

std::size_t RespClient::unsubscribe_shard(std::string_view channel) {
  if (server_.service().publications().unsubscribe(channel, shared_from_this(),
                                                   ChannelSpace::shard)) {
    shard_channels_.erase(shard_channels_.find(channel));
    note_subscriptions();
  }
  return shard_channels_.size();
}

void RespClient::unsubscribe_all() {
  // Otherwise whoever runs its last command does that.
  if (whereabouts_.load(std::memory_order_acquire) != Whereabouts::left) leave_channels();
}

void RespClient::leave_channels() {
  while (!channels_.empty()) unsubscribe(std::string(*channels_.begin()));
  while (!patterns_.empty()) unsubscribe_pattern(std::string(*patterns_.begin()));
  while (!shard_channels_.empty()) unsubscribe_shard(std::string(*shard_channels_.begin()));
}

void RespClient::take(const std::shared_ptr<const Publication>& publication) {
  std::string bytes;
  protocol::RespReplyWriter push(bytes, version());
  if (publication->pattern) {
    push.push(4);
    push.bulk("pmessage");
    push.bulk(*publication->pattern);
  } else {
    push.push(3);
    push.bulk(publication->space == ChannelSpace::shard ? "smessage" : "message");
  }
  push.bulk(publication->channel);
  push.bulk(publication->message);
  if (wire_.push) wire_.push(std::move(bytes));
}

}  // namespace quartz::server
