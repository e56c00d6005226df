#pragma once

#include <chrono>
#include <cstdint>

namespace quartz {

/// What a server remembers of the requests that clients gave a key (`QUARTZ.ONCE`, and the header
/// `Idempotency-Key`), so that one that is repeated gets its reply again and is not carried out
/// twice. When a bound is reached, new keys are refused for a while; none is forgotten early.
struct IdempotencyConfig {
  std::chrono::milliseconds window{600'000};  ///< From the request on; 1 s to 7 days.
  std::uint64_t keys_max = 1'000'000;         ///< Within the window; 0: no request may have one.
  std::uint64_t bytes_max = std::uint64_t{256} << 20;  ///< Of keys and replies within the window.
  /// Of a larger reply it is only known afterwards that there was one.
  std::uint64_t reply_bytes_max = std::uint64_t{16} << 10;
};

}  // namespace quartz
