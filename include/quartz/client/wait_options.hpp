#pragma once

#include <chrono>
#include <optional>

namespace quartz {

/// How long to wait for something to happen.
struct WaitOptions {
  /// 0: as long as it takes. Nothing: that too, where the operation does not say otherwise.
  std::optional<std::chrono::milliseconds> timeout = {};
  /// Besides: the earlier of the two counts.
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
};

}  // namespace quartz
