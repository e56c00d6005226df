#pragma once

#include <chrono>
#include <cstdint>

namespace quartz {

/// What a client keeps of the values that it has read, and of what searches of vector sets were
/// answered, for as long as the server tells it of their changes.
struct NearCacheConfig {
  std::uint64_t bytes_max = std::uint64_t{64} << 20;  ///< Of keys, values and their bookkeeping.
  /// Larger values are read from the server each time; and so are those of more than 1/32 of
  /// `bytes_max`.
  std::uint32_t value_bytes_max = 64u << 10;
  /// A connection that breaks without a word tells of no changes. What came over one is not served
  /// any more once the newest request that it has answered was sent so long ago. Several times the
  /// interval of heartbeats. 0: for as long as the connection is thought to live. A year at most.
  std::chrono::milliseconds stale_after{10'000};
};

}  // namespace quartz
