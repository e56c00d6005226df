#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/mutex.hpp"

namespace quartz::server {

/// Errors by their codes. Threads: any number at a time.
class ErrorCounts {
 public:
  /// More codes than there are; whatever would be one more is counted as "other".
  static constexpr std::size_t kCodesMax = 128;

  void add(std::string_view code);
  std::map<std::string, std::uint64_t, std::less<>> all() const;
  void reset();

 private:
  mutable Mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> counts_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
