#include "client/retry_policy.hpp"

#include <algorithm>

namespace quartz::client {

using std::chrono::milliseconds;

std::chrono::steady_clock::duration random_wait(const RetryConfig& config, std::uint32_t failures,
                                                Random& random) {
  using Duration = std::chrono::steady_clock::duration;
  const milliseconds base = std::max(config.backoff_base, milliseconds(0));
  const milliseconds most = std::max(config.backoff_max, milliseconds(0));
  milliseconds bound = std::min(base, most);
  for (std::uint32_t i = 1; i < failures && bound < most; ++i) {
    bound = bound > most / 2 ? most : bound * 2;
  }
  const auto range = static_cast<std::uint64_t>(Duration(bound).count());
  return Duration(static_cast<Duration::rep>(random.below(range + 1)));
}

RetryPolicy::Decision RetryPolicy::after(const RequestFailure& failure, Clock::time_point now) {
  ++failures_;
  const bool answered = failure.kind == FailureKind::answered;
  if (answered || executed_ != Executed::unknown) executed_ = executed_after(failure.kind);
  if (answered || failure.kind == FailureKind::rejected) return RetryStop::permanent;
  // What an earlier attempt may have done counts, too: it would be repeated just the same.
  if (executed_ == Executed::unknown && !request_.idempotent) return RetryStop::not_idempotent;
  if (failures_ >= config_.attempts_max) return RetryStop::attempts;
  const Clock::duration wait = wait_before_retry(failure);
  // A sleep into the deadline would only tell the caller later.
  if (request_.deadline - now <= wait) return RetryStop::deadline;
  const std::uint32_t cost =
      failure.kind == FailureKind::throttled ? config_.throttled_cost : config_.transient_cost;
  if (!budget_.try_take(cost)) return RetryStop::budget;
  taken_ = cost;
  return wait;
}

RetryPolicy::Clock::duration RetryPolicy::wait_before_retry(const RequestFailure& failure) {
  const Clock::duration jitter = random_wait(config_, failures_, random_);
  if (!failure.retry_after) return jitter;
  const milliseconds asked =
      std::clamp(*failure.retry_after, milliseconds(0), config_.retry_after_max);
  return asked + jitter;
}

void RetryPolicy::succeeded() { budget_.refund(failures_ == 0 ? config_.success_refund : taken_); }

}  // namespace quartz::client
