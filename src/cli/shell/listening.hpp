#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace quartz::cli {

/// What a command makes of the connection that it runs on.
struct Listening {
  /// Answers that a server gives to it, in RESP3 as if they came unasked; 0: one, like all others.
  std::size_t confirmations = 0;
  bool goes_on = false;  ///< Behind its answers more come, for as long as somebody listens.

  bool operator==(const Listening&) const = default;
};

/// Of SUBSCRIBE, UNSUBSCRIBE, MONITOR and their like; all others make nothing of it.
Listening listening_of(const std::vector<std::string>& words);

}  // namespace quartz::cli
