#include "server/resp/resp_server.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <random>

#include <fmt/format.h>

#include "server/resp/logged_words.hpp"
#include "server/resp/resp_client.hpp"

namespace quartz::server {
namespace {

std::string random_run_id() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 5; ++i) fmt::format_to(std::back_inserter(id), "{:08x}", random());
  return id;
}

void append_living(const std::map<std::uint64_t, std::weak_ptr<RespClient>>& clients,
                   std::vector<std::shared_ptr<RespClient>>& to) {
  for (const auto& [id, client] : clients) {
    if (auto alive = client.lock()) to.push_back(std::move(alive));
  }
}

}  // namespace

RespServer::RespServer(Service& service, RespServerParts parts)
    : service_(service),
      parts_(parts),
      parameters_(service),
      key_waits_(service.key_changes()),
      started_at_(std::chrono::system_clock::now()),
      run_id_(random_run_id()) {
  add_parameters();
  note_thresholds();
}

void RespServer::add_parameters() {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  parameters_.add_number(
      "slowlog-log-slower-than", {.least = SlowLog::kOff, .most = kMost},
      [this] { return slow_log_.threshold(); },
      [this](std::int64_t microseconds) { set_slow_threshold(microseconds); });
  parameters_.add_number(
      "slowlog-max-len", {.least = 0, .most = kMost},
      [this] { return static_cast<std::int64_t>(slow_log_.length_max()); },
      [this](std::int64_t count) { slow_log_.set_length_max(static_cast<std::size_t>(count)); });
  parameters_.add_number(
      "latency-monitor-threshold", {.least = 0, .most = kMost},
      [this] { return latency_events_.threshold(); },
      [this](std::int64_t milliseconds) { set_latency_threshold(milliseconds); });
}

void RespServer::set_slow_threshold(std::int64_t microseconds) {
  slow_log_.set_threshold(microseconds);
  note_thresholds();
}

void RespServer::set_latency_threshold(std::int64_t milliseconds) {
  latency_events_.set_threshold(milliseconds);
  note_thresholds();
}

// The lowest of all, so that a command that took no time is compared once.
void RespServer::note_thresholds() {
  // Whoever comes last has seen what the others have set.
  MutexLock lock(thresholds_mutex_);
  constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  const auto in_nanoseconds = [](std::int64_t threshold, std::uint64_t unit) {
    const auto count = static_cast<std::uint64_t>(threshold);
    return count > kNever / unit ? kNever : count * unit;
  };
  std::uint64_t from = kNever;
  if (monitors_.any()) from = 0;
  if (slow_log_.threshold() >= 0) {
    from = std::min(from, in_nanoseconds(slow_log_.threshold(), 1'000));
  }
  if (latency_events_.threshold() > 0) {
    from = std::min(from, in_nanoseconds(latency_events_.threshold(), 1'000'000));
  }
  slow_from_.store(from, std::memory_order_relaxed);
}

void RespServer::note_slow_call(const RespClient& client, const Command& command, Words arguments,
                                std::uint64_t nanoseconds) {
  if (monitors_.any()) monitors_.tell(client, command, arguments);
  latency_events_.note(command.is(CommandFlag::fast) ? "fast-command" : "command", nanoseconds);
  const auto microseconds = static_cast<std::int64_t>(nanoseconds / 1'000);
  // EXEC is as slow as the commands that it runs, which are looked at each by itself.
  if (!slow_log_.wants(microseconds) || command.name == "exec") return;
  if (parts_.log != nullptr && !client.trace_id().empty()) {
    parts_.log->warn("resp: {} took {} us (trace {})", command.name, microseconds,
                     client.trace_id());
  }
  ClientDescription described = client.description();
  slow_log_.add({.duration = microseconds,
                 .words = logged_words(command, arguments),
                 .address = std::move(described.address),
                 .client_name = std::move(described.name)});
}

void RespServer::add_monitor(const std::shared_ptr<RespClient>& client) {
  monitors_.add(client);
  note_thresholds();
}

void RespServer::remove_monitor(const RespClient& client) {
  monitors_.remove(client);
  note_thresholds();
}

void RespServer::add(const std::shared_ptr<RespClient>& client) {
  ++connections_received_;
  MutexLock lock(mutex_);
  clients_.emplace(client->id(), client);
}

void RespServer::add_unlisted(const std::shared_ptr<RespClient>& client) {
  MutexLock lock(mutex_);
  unlisted_.emplace(client->id(), client);
}

void RespServer::remove(std::uint64_t id) {
  invalidations_.disable(id);
  MutexLock lock(mutex_);
  clients_.erase(id);
  unlisted_.erase(id);
}

std::shared_ptr<RespClient> RespServer::find(std::uint64_t id) const {
  MutexLock lock(mutex_);
  const auto found = clients_.find(id);
  return found == clients_.end() ? nullptr : found->second.lock();
}

std::vector<std::shared_ptr<RespClient>> RespServer::clients() const {
  MutexLock lock(mutex_);
  std::vector<std::shared_ptr<RespClient>> all;
  append_living(clients_, all);
  return all;
}

std::vector<std::shared_ptr<RespClient>> RespServer::all_clients() const {
  MutexLock lock(mutex_);
  std::vector<std::shared_ptr<RespClient>> all;
  append_living(clients_, all);
  append_living(unlisted_, all);
  return all;
}

void RespServer::end_pauses() {
  pauses_.end();
  for (const auto& client : all_clients()) client->wake_if_held();
}

void RespServer::end_pauses_for_good() {
  pauses_.end_for_good();
  for (const auto& client : all_clients()) client->wake_if_held();
}

void RespServer::reset_counters() {
  connections_received_ = 0;
  commands_before_reset_ = commands_.value();
  statistics_.reset();
}

}  // namespace quartz::server
