#include "server/statistics/slow_log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace quartz::server {

void SlowLog::set_length_max(std::size_t count) {
  MutexLock lock(mutex_);
  length_max_.store(count, std::memory_order_relaxed);
  if (entries_.size() > count) entries_.resize(count);
}

void SlowLog::add(Entry entry) {
  entry.at = std::chrono::duration_cast<std::chrono::seconds>(
                 std::chrono::system_clock::now().time_since_epoch())
                 .count();
  MutexLock lock(mutex_);
  entry.id = next_id_++;
  entries_.push_front(std::move(entry));
  if (entries_.size() > length_max()) entries_.resize(length_max());
}

std::vector<SlowLog::Entry> SlowLog::newest(std::size_t count) const {
  MutexLock lock(mutex_);
  const auto taken = static_cast<std::ptrdiff_t>(std::min(count, entries_.size()));
  return {entries_.begin(), entries_.begin() + taken};
}

std::size_t SlowLog::size() const {
  MutexLock lock(mutex_);
  return entries_.size();
}

void SlowLog::clear() {
  MutexLock lock(mutex_);
  entries_.clear();
}

}  // namespace quartz::server
