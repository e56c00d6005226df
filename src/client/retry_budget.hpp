#pragma once

#include <atomic>
#include <cstdint>

#include "quartz/client/retry_config.hpp"

namespace quartz::client {

/// What retries of one endpoint may still cost: a token bucket that starts full. In a full outage
/// it bounds retries to `budget_tokens / transient_cost` in all; with half of all requests failing,
/// to a small share of them. Threads: any number at a time.
class RetryBudget {
 public:
  explicit RetryBudget(const RetryConfig& config) noexcept
      : tokens_max_(config.budget_tokens), tokens_(config.budget_tokens) {}

  /// False, taking nothing, if there are not so many tokens.
  bool try_take(std::uint32_t tokens) noexcept;
  /// Gives back what a retry that succeeded had taken, or a little for a first attempt that did.
  void refund(std::uint32_t tokens) noexcept;

  std::uint32_t tokens() const noexcept { return tokens_.load(std::memory_order_relaxed); }

 private:
  const std::uint32_t tokens_max_;
  std::atomic<std::uint32_t> tokens_;
};

}  // namespace quartz::client
