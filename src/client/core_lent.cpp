// Requests of a lease: over its connection alone, and once.

#include <utility>

#include <fmt/format.h>

#include "client/core.hpp"
#include "client/lent_connection.hpp"
#include "client/reply_reader.hpp"
#include "client/server_error.hpp"

namespace quartz::client {
namespace {

RetryStop stop_of(FailureKind kind) noexcept {
  switch (kind) {
    case FailureKind::not_sent:
    case FailureKind::lost:
    case FailureKind::timed_out:
      return RetryStop::lease;
    case FailureKind::refused:
    case FailureKind::throttled:
      return RetryStop::attempts;  // There is one.
    case FailureKind::rejected:
    case FailureKind::answered:
      break;
  }
  return RetryStop::permanent;
}

}  // namespace

std::chrono::milliseconds Core::timeout_beyond(std::chrono::milliseconds waits) const noexcept {
  constexpr std::chrono::milliseconds kNone(0);
  // Requests may take for ever; that a server has vanished should be noticed all the same.
  const auto own =
      config_.request_timeout == kNone ? config_.connect_timeout : config_.request_timeout;
  const bool none = own == kNone || waits <= kNone || waits >= kNone.max() - own;
  return none ? kNone : waits + own;
}

void Core::attempt_lent(Request& request) {
  LentConnection& lent = *request.lent;
  if (!lent.is_lent_by(request.lease_number)) {
    return finish(request, {ClientErrc::closed, "the lease was given back"});
  }
  if (!lent.is_open()) {
    return lent_failed(request, {.failure = {.kind = FailureKind::not_sent},
                                 .code = ClientErrc::unavailable,
                                 .message = lent.end_reason()});
  }
  request.state = Request::State::sent;
  request.connection = lent.connection();
  request.replies_missing = request.replies;
  request.queue_error.clear();
  request.sent_at = Clock::now();
  lent.submit(request);
}

void Core::replied_lent(Request& request, Exchange::Reply reply) {
  request.lent->answered(request);
  const auto refusal = error_text(reply);
  if (refusal || !request.queue_error.empty()) {
    const std::string_view text = request.queue_error.empty() ? *refusal : request.queue_error;
    ServerError meaning = read_server_error(text);
    // The server has carried out the others without it.
    if (!refusal) meaning.kind = FailureKind::lost;
    return lent_failed(
        request,
        {.failure = {.kind = meaning.kind}, .code = meaning.code, .message = std::string(text)});
  }
  const bool changed =
      request.replies > 1 && ReplyNodes(reply).take()->type == protocol::RespType::null;
  record(request, Clock::now(),
         changed ? std::optional<ClientErrc>(ClientErrc::aborted) : std::nullopt);
  settle(request);
  request.succeed(reply);
}

void Core::lent_failed(Request& request, Failure failed) {
  const Executed executed = executed_after(failed.failure.kind);
  const std::uint32_t attempts = request.state == Request::State::sent ? 1 : 0;
  if (closed_) {
    return finish(request,
                  {ClientErrc::closed, "the client was closed", executed, std::nullopt, attempts});
  }
  finish(request, {failed.code, std::move(failed.message), executed, stop_of(failed.failure.kind),
                   attempts});
}

void Core::count_leases(std::size_t lent, std::size_t idle, std::size_t waiting) noexcept {
  metrics_.now.leases.store(lent, std::memory_order_relaxed);
  metrics_.now.leases_idle.store(idle, std::memory_order_relaxed);
  metrics_.now.leases_waiting.store(waiting, std::memory_order_relaxed);
}

}  // namespace quartz::client
