#pragma once

#include <chrono>
#include <cstdint>

namespace quartz {

/// How a client tries again what failed. Three questions are asked of each failure: may the request
/// be sent again at all (it was not carried out, or carrying it out twice is as good as once), is
/// it worth it (attempts, budget and deadline are not spent), and when.
struct RetryConfig {
  std::uint32_t attempts_max = 3;  ///< Of one request, the first included. 1: no retries.
  /// Before retry n (from 0) a client waits for a random time up to `backoff_base * 2^n`, but never
  /// beyond `backoff_max`: "full jitter", which spreads those best who failed together (Brooker,
  /// Exponential Backoff and Jitter, 2015).
  std::chrono::milliseconds backoff_base{10};
  std::chrono::milliseconds backoff_max{2000};  ///< See `backoff_base`; a year at most.
  /// Of the server's own word on when to come back, so much is believed at most: up to a year.
  std::chrono::milliseconds retry_after_max{30'000};

  // The budget of an endpoint: retries take from it and successes give back, so that a server that
  // is down or drowning is not sent several times its load.
  std::uint32_t budget_tokens = 500;  ///< 0: no retries.
  std::uint32_t transient_cost =
      14;  ///< Of a retry after a failure of the connection or a time-out.
  std::uint32_t throttled_cost = 5;  ///< Of a retry that the server asked for.
  std::uint32_t success_refund = 1;  ///< For each request that succeeds at its first attempt.
};

}  // namespace quartz
