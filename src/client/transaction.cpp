#include "quartz/client/transaction.hpp"

#include "client/timers.hpp"

namespace quartz::client {

TransactionAttempts::TransactionAttempts(const TransactionOptions& options)
    : attempts_max_(options.attempts_max) {
  const auto deadline = deadline_after(Timers::Clock::now(), options.timeout, options.deadline);
  if (deadline != Timers::Clock::time_point::max()) deadline_ = deadline;
}

ClientError TransactionAttempts::of_watching(const ClientError& failure) {
  return {failure.code(), failure.message(), Executed::no, failure.retry_stop(),
          failure.attempts()};
}

bool TransactionAttempts::needs_another_lease(const ClientError& failure) noexcept {
  return failure.retry_stop() == RetryStop::lease;
}

std::optional<ClientError> TransactionAttempts::give_up(const ClientError& failure) {
  ++failures_;
  const auto stopped_by = [&](RetryStop stop) {
    return ClientError(failure.code(), failure.message(), failure.executed(), stop, failures_);
  };
  const bool was_faster = failure.code() == ClientErrc::aborted;
  const bool not_begun = needs_another_lease(failure) && failure.executed() == Executed::no;
  if (!was_faster && !not_begun) return failure;
  if (failures_ >= attempts_max_) return stopped_by(RetryStop::attempts);
  if (deadline_ && *deadline_ <= Timers::Clock::now()) return stopped_by(RetryStop::deadline);
  return std::nullopt;
}

}  // namespace quartz::client
