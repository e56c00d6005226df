#include "client/circuit_breaker.hpp"

#include <algorithm>

namespace quartz::client {

CircuitBreaker::Admission CircuitBreaker::admit(Clock::time_point now) noexcept {
  if (state_ == State::closed) return Admission::pass;
  if (state_ == State::open && now >= open_until_) {
    state_ = State::half_open;
    return Admission::probe;
  }
  return Admission::refuse;
}

void CircuitBreaker::answered() noexcept {
  state_ = State::closed;
  failures_ = 0;
  openings_ = 0;
}

void CircuitBreaker::failed(Clock::time_point now) noexcept {
  switch (state_) {
    case State::closed:
      ++failures_;
      if (config_.failures_max != 0 && failures_ >= config_.failures_max) open(now);
      return;
    case State::half_open:
      open(now);
      return;
    case State::open:
      return;  // Of a request that was sent before it opened.
  }
}

void CircuitBreaker::open(Clock::time_point now) noexcept {
  std::chrono::milliseconds time = std::min(config_.open_min, config_.open_max);
  for (std::uint32_t i = 0; i < openings_ && time < config_.open_max; ++i) {
    time = time > config_.open_max / 2 ? config_.open_max : time * 2;
  }
  ++openings_;
  state_ = State::open;
  open_until_ = now + time;
}

}  // namespace quartz::client
