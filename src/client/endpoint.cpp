#include "client/endpoint.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "client/request_words.hpp"
#include "client/retry_policy.hpp"

namespace quartz::client {
namespace {

// Of the newest answer in the smoothed latency.
constexpr double kNewestShare = 0.125;

}  // namespace

Endpoint::Endpoint(const Strand& strand, std::shared_ptr<Timers> timers, const ClientConfig& config,
                   Random& random, EndpointUrl url, std::shared_ptr<boost::asio::ssl::context> tls,
                   NearCache* near_cache, Observer& observer)
    : strand_(strand),
      timers_(std::move(timers)),
      config_(config),
      random_(random),
      url_(std::move(url)),
      tls_(std::move(tls)),
      near_cache_(near_cache),
      observer_(observer),
      breaker_(config_.breaker),
      budget_(config_.retry),
      last_end_{.code = ClientErrc::unavailable, .reason = url_.address() + ": not connected"} {
  for (std::uint32_t i = 0; i < config_.connections; ++i) {
    slots_.push_back(std::make_unique<Slot>(*this));
  }
}

Endpoint::~Endpoint() {
  timers_->cancel(probe_);
  for (const auto& slot : slots_) timers_->cancel(*slot);
}

void Endpoint::open() {
  if (std::exchange(begun_, true)) return;
  open_missing();
}

void Endpoint::close() {
  closed_ = true;
  timers_->cancel(probe_);
  for (const auto& slot : slots_) {
    timers_->cancel(*slot);
    // It is let go by `ended`.
    if (const auto connection = slot->connection) {
      connection->end({.code = ClientErrc::closed, .reason = "the client was closed"});
    }
  }
}

void Endpoint::open_missing() {
  for (const auto& slot : slots_) {
    if (!slot->connection && !slot->queued()) open_slot(*slot);
  }
}

void Endpoint::open_slot(Slot& slot) {
  if (closed_ || slot.connection) return;
  if (breaker_.state() == CircuitBreaker::State::open) {
    // Its end opens what is missing.
    observer_.changed(*this);
    return;
  }
  slot.connection =
      std::make_shared<Connection>(strand_, timers_, url_, config_, tls_, near_cache_, *this);
  slot.opening_since = Clock::now();
  slot.connection->open();
}

void Endpoint::open_later(Slot& slot) {
  timers_->set(slot, Clock::now() + random_wait(config_.retry, slot.failures, random_));
}

void Endpoint::opened(Connection& connection) {
  for (const auto& slot : slots_) {
    if (slot->connection.get() != &connection) continue;
    slot->failures = 0;
    slot->open = true;
    observer_.connected(Clock::now() - slot->opening_since);
  }
  breaker_answered();
  observer_.changed(*this);
}

void Endpoint::ended(Connection& connection, const ConnectionEnd& end) {
  const auto found = std::ranges::find_if(
      slots_, [&](const auto& slot) { return slot->connection.get() == &connection; });
  if (found == slots_.end()) return;
  Slot& slot = **found;
  const auto gone = std::exchange(slot.connection, nullptr);
  observer_.disconnected(std::exchange(slot.open, false));
  if (closed_) return;
  last_end_ = end;
  ++slot.failures;
  open_later(slot);
  // A server that says no has answered.
  if (end.code == ClientErrc::unavailable) {
    breaker_failed(Clock::now());
  } else {
    breaker_answered();
  }
  observer_.changed(*this);
}

std::shared_ptr<Connection> Endpoint::connection_for(Connection::Owner& owner) const {
  return std::make_shared<Connection>(strand_, timers_, url_, config_, tls_, nullptr, owner);
}

Connection* Endpoint::least_busy(const Connection* besides) const noexcept {
  Connection* least = nullptr;
  for (const auto& slot : slots_) {
    Connection* const each = slot->connection.get();
    if (each == nullptr || each == besides || !each->is_open()) continue;
    if (least == nullptr || each->in_flight() < least->in_flight()) least = each;
  }
  return least;
}

Connection* Endpoint::connection() const noexcept {
  return breaker_.state() == CircuitBreaker::State::closed ? least_busy() : nullptr;
}

Connection* Endpoint::connection_besides(const Connection& other) const noexcept {
  return breaker_.state() == CircuitBreaker::State::closed ? least_busy(&other) : nullptr;
}

bool Endpoint::is_hopeful() const noexcept {
  if (closed_) return false;
  if (probe_.connection != nullptr) return true;
  const bool may_open = breaker_.state() != CircuitBreaker::State::open;
  return std::ranges::any_of(slots_, [&](const auto& slot) {
    // After its first failure it is opened again almost at once.
    return slot->connection != nullptr ? !slot->connection->is_open()
                                       : slot->queued() && slot->failures <= 1 && may_open;
  });
}

ConnectionEnd Endpoint::obstacle() const {
  if (least_busy() == nullptr) return last_end_;
  return {
      .code = ClientErrc::unavailable,
      .reason = url_.address() + ": left alone after several failures, until it answers a PING"};
}

double Endpoint::cost() const noexcept {
  const Connection* const next = least_busy();
  const std::size_t before = next == nullptr ? 0 : next->in_flight();
  return latency_ns_ * static_cast<double>(before + 1);
}

void Endpoint::smooth(Clock::duration latency) noexcept {
  const auto ns = static_cast<double>(std::chrono::nanoseconds(latency).count());
  latency_ns_ = latency_ns_ == 0 ? ns : latency_ns_ + kNewestShare * (ns - latency_ns_);
}

void Endpoint::outpaced(Clock::duration waited) noexcept {
  // It may have been about to answer: that it is faster than it was this does not tell.
  if (static_cast<double>(std::chrono::nanoseconds(waited).count()) > latency_ns_) smooth(waited);
}

void Endpoint::answered(Clock::duration latency) {
  smooth(latency);
  // An answer to what was sent before the breaker opened closes it as well as a probe's would.
  if (breaker_.state() == CircuitBreaker::State::closed) {
    breaker_.answered();
  } else {
    breaker_answered();
    observer_.changed(*this);
  }
}

void Endpoint::failed(Clock::time_point now) {
  if (closed_) return;
  breaker_failed(now);
  if (breaker_.state() != CircuitBreaker::State::closed) observer_.changed(*this);
}

void Endpoint::breaker_failed(Clock::time_point now) {
  const bool was_open = breaker_.state() == CircuitBreaker::State::open;
  breaker_.failed(now);
  if (was_open || breaker_.state() != CircuitBreaker::State::open) return;
  timers_->set(probe_, breaker_.opens_until());
}

void Endpoint::breaker_answered() {
  const bool was_closed = breaker_.state() == CircuitBreaker::State::closed;
  breaker_.answered();
  if (was_closed) return;
  // A PING that is still under way has nothing left to find out. Were it waited for, its time would
  // be taken for that of the next one, should the breaker open again meanwhile.
  if (Connection* const asked = std::exchange(probe_.connection, nullptr)) {
    static_cast<void>(asked->abandon(probe_));
  }
  timers_->cancel(probe_);
  open_missing();
}

// Either that it shall begin, or that it has got no answer in time. It is both if a request that
// was sent before has opened the breaker again meanwhile.
void Endpoint::probe_is_due() {
  const auto now = Clock::now();
  if (Connection* const asked = std::exchange(probe_.connection, nullptr)) {
    static_cast<void>(asked->abandon(probe_));
    breaker_failed(now);
    observer_.changed(*this);
  }
  if (closed_ || breaker_.admit(now) != CircuitBreaker::Admission::probe) return;
  if (Connection* const connection = least_busy()) {
    probe_.connection = connection;
    connection->submit(kPing, probe_);
    timers_->set(probe_, now + config_.connect_timeout);
  } else if (!is_hopeful()) {
    // Its greeting does as well.
    timers_->cancel(*slots_.front());
    open_slot(*slots_.front());
  }
}

void Endpoint::probe_ended(bool succeeded) {
  probe_.connection = nullptr;
  timers_->cancel(probe_);
  if (closed_) return;
  if (succeeded) {
    breaker_answered();
  } else {
    breaker_failed(Clock::now());
  }
  observer_.changed(*this);
}

}  // namespace quartz::client
