#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include "storage/expiry_clock.hpp"

namespace quartz {

/// Time that a test moves by hand. What reads it may outlive it.
class HandClock {
 public:
  /// Moves both clocks on.
  void pass(std::chrono::milliseconds by) {
    step(by);
    state_->steady += nanoseconds(by);
  }
  /// Sets the wall clock forward or back, as an administrator might.
  void step(std::chrono::milliseconds by) { state_->wall += nanoseconds(by); }
  /// What the wall clock shows.
  ExpiryTime wall() const {
    return ExpiryTime(std::chrono::milliseconds(state_->wall / kNanosecondsPerMillisecond));
  }
  /// How often the wall clock was looked at.
  std::uint64_t looks() const { return state_->looks; }

  storage::TimeSource source() const {
    storage::TimeSource source;
    source.wall = [state = state_] {
      ++state->looks;
      return state->wall.load();
    };
    source.steady = [state = state_] { return state->steady.load(); };
    return source;
  }

 private:
  static constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
  static std::int64_t nanoseconds(std::chrono::milliseconds time) {
    return time.count() * kNanosecondsPerMillisecond;
  }

  struct State {
    std::atomic<std::int64_t> wall{1'700'000'000'000'000'000};
    std::atomic<std::int64_t> steady{5'000'000'000};
    std::atomic<std::uint64_t> looks{0};
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace quartz
