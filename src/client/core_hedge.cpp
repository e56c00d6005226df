// Reads that are sent a second time before the first answer has come.

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "client/core.hpp"
#include "client/reply_reader.hpp"
#include "client/server_error.hpp"

namespace quartz::client {
namespace {

// How it has failed, if that is an error by which the other one may still succeed.
std::optional<FailureKind> passing_failure(Exchange::Reply reply) noexcept {
  const auto refusal = error_text(reply);
  if (!refusal) return std::nullopt;
  const FailureKind kind = read_server_error(*refusal).kind;
  return kind == FailureKind::rejected ? std::nullopt : std::optional<FailureKind>(kind);
}

// One of the two has ended so, and the other one has not.
void note_end_of_one(Request& request, FailureKind kind) noexcept {
  if (executed_after(kind) != Executed::no) request.hedge.one_is_unknown = true;
}

}  // namespace

void Core::arm_hedge(Request& request) {
  const bool reads_once =
      request.idempotent && !request.writes && request.replies == 1 && !request.fetch;
  if (!reads_once) return;
  if (const auto after = hedging_->begin_read()) {
    timers_->set(request.hedge.timer, request.sent_at + *after);
  }
}

Core::Way Core::second_way(const Request& request) const noexcept {
  Way best;
  for (const auto& each : endpoints_) {
    if (each.get() == request.endpoint) continue;
    Connection* const connection = each->connection();
    if (connection == nullptr) continue;
    if (best.endpoint == nullptr || each->cost() < best.endpoint->cost()) {
      best = {.endpoint = each.get(), .connection = connection};
    }
  }
  if (best.endpoint != nullptr) return best;
  return {.endpoint = request.endpoint,
          .connection = request.endpoint->connection_besides(*request.connection)};
}

void Core::hedge(Request& request) {
  const Way way = second_way(request);
  if (way.connection == nullptr) return;
  if (!hedging_->try_take() || !way.endpoint->budget().try_take(config_.retry.transient_cost)) {
    return metrics_.counted.hedges_refused.add();
  }
  metrics_.counted.hedges.add();
  request.hedge.endpoint = way.endpoint;
  request.hedge.connection = way.connection;
  request.hedge.sent_at = Clock::now();
  way.connection->submit(request.text_for(*way.connection), request.hedge);
}

// The first one has come to an end, and not well. Whether the second one goes on alone.
bool Core::hedge_goes_on(Request& request, FailureKind kind) noexcept {
  if (request.hedge.connection == nullptr) return false;
  note_end_of_one(request, kind);
  request.connection = nullptr;
  return true;
}

// Of the first one; true if that is dropped in favour of the second one. What reads take is
// measured once for each attempt, and by answers: a refusal tells nothing of it.
bool Core::hedge_outlives(Request& request, Exchange::Reply reply) {
  timers_->cancel(request.hedge.timer);
  const auto now = Clock::now();
  Request::Hedge& hedge = request.hedge;
  const auto failure = passing_failure(reply);
  if (failure && hedge.connection != nullptr) {
    request.endpoint->answered(now - request.sent_at);
    return hedge_goes_on(request, *failure);
  }
  if (!failure && !request.writes) hedging_->measured(now - request.sent_at);
  if (hedge.connection == nullptr) return false;
  hedge.endpoint->budget().refund(config_.retry.transient_cost);
  hedge.endpoint->outpaced(now - hedge.sent_at);
  drop_hedge(request);
  return false;
}

// Whether the server may have got it.
bool Core::drop_hedge(Request& request) {
  timers_->cancel(request.hedge.timer);
  Connection* const connection = std::exchange(request.hedge.connection, nullptr);
  return connection != nullptr && connection->abandon(request.hedge);
}

// Takes back what is under way of an attempt; whether a server may have got it. `too_late`: whoever
// should have answered by now has failed.
bool Core::take_back(Request& request, bool too_late) {
  Endpoint* const first = request.connection != nullptr ? request.endpoint : nullptr;
  Endpoint* const second = request.hedge.connection != nullptr ? request.hedge.endpoint : nullptr;
  bool sent = std::exchange(request.hedge.one_is_unknown, false);
  if (request.connection != nullptr && request.connection->abandon(request)) sent = true;
  if (drop_hedge(request)) sent = true;
  if (!too_late) return sent;
  const auto now = Clock::now();
  if (first != nullptr) first->failed(now);
  if (second != nullptr && second != first) second->failed(now);
  return sent;
}

void Core::hedge_replied(Request& request, Exchange::Reply reply) {
  Request::Hedge& hedge = request.hedge;
  const auto now = Clock::now();
  const auto failure = passing_failure(reply);
  if (request.connection != nullptr) {
    if (failure) {
      note_end_of_one(request, *failure);
      hedge.endpoint->answered(now - hedge.sent_at);
      hedge.connection = nullptr;
      return;
    }
    // The first one would have taken so long, or longer.
    hedging_->measured(now - request.sent_at);
    request.endpoint->outpaced(now - request.sent_at);
    static_cast<void>(request.connection->abandon(request));
  } else if (!failure) {
    hedging_->measured(now - hedge.sent_at);
  }
  if (!failure) {
    metrics_.counted.hedges_won.add();
    hedge.endpoint->budget().refund(config_.retry.transient_cost);
  }
  // From here on it is as if it had never been sent otherwise.
  request.endpoint = hedge.endpoint;
  request.connection = std::exchange(hedge.connection, nullptr);
  request.sent_at = hedge.sent_at;
  conclude(request, reply);
}

void Core::hedge_lost(Request& request, FailureKind kind) {
  Connection* const connection = std::exchange(request.hedge.connection, nullptr);
  if (request.connection != nullptr) return note_end_of_one(request, kind);
  request.connection = connection;
  lost(request, kind);
}

}  // namespace quartz::client
