#pragma once

#include <chrono>
#include <cstdint>
#include <variant>

#include "base/random.hpp"
#include "client/retry_budget.hpp"
#include "quartz/client/request_failure.hpp"
#include "quartz/client/retry_config.hpp"

namespace quartz::client {

/// How long to wait after so many failures in a row: a random time, of a bound that doubles from
/// `backoff_base` to `backoff_max`.
std::chrono::steady_clock::duration random_wait(const RetryConfig& config, std::uint32_t failures,
                                                Random& random);

/// The retries of one request: asked after each failed attempt whether there is another one. It
/// does no I/O and knows no clock. Threads: one at a time.
class RetryPolicy {
 public:
  using Clock = std::chrono::steady_clock;

  /// What a request allows.
  struct Request {
    /// Carrying it out twice is as good as once, by its nature or because the server knows it
    /// again.
    bool idempotent = false;
    /// Over all attempts and the waits between them.
    Clock::time_point deadline = Clock::time_point::max();
  };

  /// How long to wait before the next attempt, or why there is none.
  using Decision = std::variant<Clock::duration, RetryStop>;

  /// All outlive the policy.
  RetryPolicy(const RetryConfig& config, RetryBudget& budget, Random& random, Request request)
      : config_(config), budget_(budget), random_(random), request_(request) {}

  Decision after(const RequestFailure& failure, Clock::time_point now);
  /// Before that: the attempt was sent twice, and what became of the other one nobody knows.
  void other_is_unknown() noexcept { executed_ = Executed::unknown; }
  /// Gives back to the budget.
  void succeeded();

  /// Attempts that have failed.
  std::uint32_t failures() const noexcept { return failures_; }
  /// What is known of the request after all of them: an attempt that was not carried out does not
  /// undo one before it that may have been.
  Executed executed() const noexcept { return executed_; }

 private:
  Clock::duration wait_before_retry(const RequestFailure& failure);

  const RetryConfig& config_;
  RetryBudget& budget_;
  Random& random_;
  const Request request_;
  std::uint32_t failures_ = 0;
  std::uint32_t taken_ = 0;  // From the budget, for the attempt under way.
  Executed executed_ = Executed::no;
};

}  // namespace quartz::client
