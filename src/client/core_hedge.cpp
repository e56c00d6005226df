// Reads that are sent a second time before the first answer has come.

#include <utility>

#include <fmt/format.h>

#include "client/core.hpp"
#include "client/reply_reader.hpp"
#include "client/server_error.hpp"

namespace quartz::client {
namespace {

// An error by which the other one may still succeed.
bool may_pass(Exchange::Reply reply) noexcept {
  const auto refusal = error_text(reply);
  return refusal && read_server_error(*refusal).kind != FailureKind::rejected;
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
bool Core::hedge_goes_on(Request& request) noexcept {
  if (request.hedge.connection == nullptr) return false;
  request.connection = nullptr;
  return true;
}

// Of the first one; true if that is dropped in favour of the second one.
bool Core::hedge_outlives(Request& request, Exchange::Reply reply) noexcept {
  timers_->cancel(request.hedge.timer);
  if (!request.writes) hedging_->measured(Clock::now() - request.sent_at);
  if (request.hedge.connection == nullptr) return false;
  if (may_pass(reply)) return hedge_goes_on(request);
  request.hedge.endpoint->budget().refund(config_.retry.transient_cost);
  drop_hedge(request);
  return false;
}

// Whether the server may have got it.
bool Core::drop_hedge(Request& request) noexcept {
  timers_->cancel(request.hedge.timer);
  Connection* const connection = std::exchange(request.hedge.connection, nullptr);
  return connection != nullptr && connection->abandon(request.hedge);
}

void Core::hedge_replied(Request& request, Exchange::Reply reply) {
  Request::Hedge& hedge = request.hedge;
  if (request.connection != nullptr) {
    if (may_pass(reply)) {
      hedge.connection = nullptr;
      return;
    }
    hedging_->measured(Clock::now() - request.sent_at);
    static_cast<void>(request.connection->abandon(request));
  }
  metrics_.counted.hedges_won.add();
  hedge.endpoint->budget().refund(config_.retry.transient_cost);
  // From here on it is as if it had never been sent otherwise.
  request.endpoint = hedge.endpoint;
  request.connection = std::exchange(hedge.connection, nullptr);
  request.sent_at = hedge.sent_at;
  replied(request, reply);
}

void Core::hedge_lost(Request& request, FailureKind kind) {
  Connection* const connection = std::exchange(request.hedge.connection, nullptr);
  if (request.connection != nullptr) return;
  request.connection = connection;
  lost(request, kind);
}

}  // namespace quartz::client
