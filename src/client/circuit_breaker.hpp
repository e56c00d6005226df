#pragma once

#include <chrono>
#include <cstdint>

#include "quartz/client/circuit_breaker_config.hpp"

namespace quartz::client {

/// Keeps requests from an endpoint that answers none, and finds out when it answers again. It does
/// no I/O and knows no clock. Threads: one at a time.
class CircuitBreaker {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State : std::uint8_t {
    closed,     ///< Requests pass.
    open,       ///< They fail at once.
    half_open,  ///< They fail at once, but for a probe that finds out whether they would pass.
  };
  enum class Admission : std::uint8_t { pass, probe, refuse };

  /// The configuration outlives it.
  explicit CircuitBreaker(const CircuitBreakerConfig& config) noexcept : config_(config) {}

  /// What becomes of a request now. With `probe`, one PING goes before it, whose outcome must be
  /// told like a request's; until then everybody else is refused.
  Admission admit(Clock::time_point now) noexcept;
  /// The endpoint has answered, whatever the answer was.
  void answered() noexcept;
  /// It has not: no connection, a lost one, or no answer in time.
  void failed(Clock::time_point now) noexcept;

  State state() const noexcept { return state_; }
  /// When requests may pass again at the earliest; needs `open`.
  Clock::time_point opens_until() const noexcept { return open_until_; }

 private:
  void open(Clock::time_point now) noexcept;

  const CircuitBreakerConfig& config_;
  State state_ = State::closed;
  std::uint32_t failures_ = 0;  // In a row.
  std::uint32_t openings_ = 0;  // In a row.
  Clock::time_point open_until_{};
};

}  // namespace quartz::client
