#include "server/resp/invalidation_table.hpp"

#include <algorithm>

#include "protocol/resp_reply.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kChannel = "__redis__:invalidate";

}  // namespace

InvalidationTable::~InvalidationTable() { server_.service().key_changes().remove(this); }

void InvalidationTable::enable(std::uint64_t client, const TrackingOptions& options) {
  // Until somebody tracks, nobody has to be told of changes at all.
  std::call_once(listening_, [this] { server_.service().key_changes().add(this); });
  MutexLock lock(mutex_);
  trackers_[client] = {.options = options};
}

// Its number stays with the keys for a while, as it is no other client's.
void InvalidationTable::disable(std::uint64_t client) {
  MutexLock lock(mutex_);
  trackers_.erase(client);
}

bool InvalidationTable::is_redirection_broken(std::uint64_t client) const {
  MutexLock lock(mutex_);
  const auto found = trackers_.find(client);
  return found != trackers_.end() && found->second.broken;
}

std::size_t InvalidationTable::key_count() const {
  MutexLock lock(mutex_);
  return keys_.size();
}

std::size_t InvalidationTable::number_count() const {
  MutexLock lock(mutex_);
  return number_count_;
}

// When there is no room, whoever tracks no more makes it. There is room for as many again
// afterwards, so that those who stay are not looked at for each that comes.
void InvalidationTable::note_locked(std::uint64_t client, Numbers& clients) {
  if (std::ranges::find(clients, client) != clients.end()) return;
  if (clients.size() == clients.capacity()) {
    Numbers staying;
    for (const std::uint64_t id : clients) {
      if (trackers_.contains(id)) staying.push_back(id);
    }
    number_count_ -= clients.size() - staying.size();
    clients = std::move(staying);
    clients.reserve(2 * clients.size() + 2);
  }
  clients.push_back(client);
  ++number_count_;
}

void InvalidationTable::remember(std::uint64_t client, std::span<const std::string_view> keys) {
  Messages messages;
  {
    MutexLock lock(mutex_);
    for (const std::string_view key : keys) {
      const auto [entry, is_new] = keys_.try_emplace(std::string(key));
      if (is_new) key_bytes_ += key.size();
      note_locked(client, entry->second);
    }
    while (keys_.size() > keys_max_ || key_bytes_ > kKeyBytesMax || number_count_ > kNumbersMax) {
      const std::string any = keys_.begin()->first;
      invalidate_locked(any, nullptr, messages);
    }
  }
  send(messages, nullptr);
}

void InvalidationTable::changed(std::span<const ChangedKey> keys, const void* origin) {
  Messages messages;
  {
    MutexLock lock(mutex_);
    for (const ChangedKey& changed : keys) invalidate_locked(changed.key, origin, messages);
    broadcast_locked(keys, origin, messages);
  }
  send(messages, origin);
}

void InvalidationTable::emptied(std::size_t, const void* origin) {
  Messages messages;
  {
    MutexLock lock(mutex_);
    for (auto& [id, tracker] : trackers_) address_locked(id, tracker, std::nullopt, messages);
    keys_.clear();
    key_bytes_ = 0;
    number_count_ = 0;
  }
  send(messages, origin);
}

// Whoever is looked up is held by a message, if an empty one: a client whose last owner this was
// must not end under the lock, which its end takes.
void InvalidationTable::invalidate_locked(std::string_view key, const void* origin,
                                          Messages& messages) {
  const auto found = keys_.find(std::string(key));
  if (found == keys_.end()) return;
  const auto hold = [&](std::uint64_t id) {
    messages.push_back({.to = server_.find(id), .bytes = {}});
    return messages.back().to;
  };
  for (const std::uint64_t id : found->second) {
    const auto tracker = trackers_.find(id);
    if (tracker == trackers_.end() || tracker->second.options.broadcast) continue;
    if (tracker->second.options.no_loop && hold(id).get() == origin) continue;
    address_locked(id, tracker->second, Keys(&key, 1), messages);
  }
  key_bytes_ -= found->first.size();
  number_count_ -= found->second.size();
  keys_.erase(found);
}

// One message for each prefix, as Redis sends them.
void InvalidationTable::broadcast_locked(std::span<const ChangedKey> keys, const void* origin,
                                         Messages& messages) {
  const auto hold = [&](std::uint64_t id) {
    messages.push_back({.to = server_.find(id), .bytes = {}});
    return messages.back().to;
  };
  for (auto& [id, tracker] : trackers_) {
    if (!tracker.options.broadcast) continue;
    if (tracker.options.no_loop && hold(id).get() == origin) continue;
    for (const std::string& prefix : tracker.options.prefixes) {
      std::vector<std::string_view> matching;
      for (const ChangedKey& changed : keys) {
        if (changed.key.starts_with(prefix)) matching.push_back(changed.key);
      }
      if (!matching.empty()) address_locked(id, tracker, matching, messages);
    }
  }
}

void InvalidationTable::address_locked(std::uint64_t id, Tracker& tracker, std::optional<Keys> keys,
                                       Messages& messages) {
  const auto hold = [&](std::uint64_t client) {
    messages.push_back({.to = server_.find(client), .bytes = {}});
    return messages.back().to;
  };
  std::shared_ptr<RespClient> to = hold(id);
  if (!to) return;
  const std::uint64_t redirect = tracker.options.redirect;
  std::shared_ptr<RespClient> other = redirect == 0 ? nullptr : hold(redirect);
  const bool broken = redirect != 0 && !other;
  tracker.broken = tracker.broken || broken;
  if (other) to = std::move(other);
  std::string bytes;
  protocol::RespReplyWriter message(bytes, to->version());
  const bool has_pushes = to->version() == protocol::RespVersion::resp3;
  if (broken) {
    if (!has_pushes) return;
    message.push(2);
    message.bulk("tracking-redir-broken");
    message.integer(static_cast<std::int64_t>(redirect));
  } else {
    if (has_pushes) {
      message.push(2);
      message.bulk("invalidate");
    } else {
      if (redirect == 0 || !listens(to->description())) return;
      message.push(3);
      message.bulk("message");
      message.bulk(kChannel);
    }
    if (keys) {
      message.array(keys->size());
      for (const std::string_view key : *keys) message.bulk(key);
    } else {
      message.null();
    }
  }
  messages.push_back({.to = std::move(to), .bytes = std::move(bytes)});
}

void InvalidationTable::send(const Messages& messages, const void* origin) {
  for (const Message& message : messages) {
    if (!message.bytes.empty()) message.to->tell(message.bytes, origin);
  }
}

}  // namespace quartz::server
