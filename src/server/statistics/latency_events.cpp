#include "server/statistics/latency_events.hpp"

#include <algorithm>
#include <chrono>

namespace quartz::server {

void LatencyEvents::add(std::string_view name, std::int64_t milliseconds) {
  const std::int64_t now = std::chrono::duration_cast<std::chrono::seconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  MutexLock lock(mutex_);
  Event& event = events_.try_emplace(std::string(name)).first->second;
  event.longest = std::max(event.longest, milliseconds);
  if (!event.samples.empty() && event.samples.back().at == now) {
    event.samples.back().duration = std::max(event.samples.back().duration, milliseconds);
    return;
  }
  event.samples.push_back({.at = now, .duration = milliseconds});
  if (event.samples.size() > kSamplesMax) event.samples.pop_front();
}

LatencyEvents::Events LatencyEvents::all() const {
  MutexLock lock(mutex_);
  return events_;
}

std::size_t LatencyEvents::forget(const std::vector<std::string_view>& names) {
  MutexLock lock(mutex_);
  std::size_t count = 0;
  if (names.empty()) {
    count = events_.size();
    events_.clear();
  }
  for (const std::string_view name : names) {
    const auto found = events_.find(name);
    if (found == events_.end()) continue;
    events_.erase(found);
    ++count;
  }
  return count;
}

}  // namespace quartz::server
