#include "server/statistics/error_counts.hpp"

namespace quartz::server {

void ErrorCounts::add(std::string_view code) {
  MutexLock lock(mutex_);
  const auto found = counts_.find(code);
  if (found != counts_.end()) {
    ++found->second;
  } else {
    ++counts_[counts_.size() < kCodesMax ? std::string(code) : "other"];
  }
}

std::map<std::string, std::uint64_t, std::less<>> ErrorCounts::all() const {
  MutexLock lock(mutex_);
  return counts_;
}

void ErrorCounts::reset() {
  MutexLock lock(mutex_);
  counts_.clear();
}

}  // namespace quartz::server
