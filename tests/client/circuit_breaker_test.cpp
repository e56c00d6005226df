#include "client/circuit_breaker.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace quartz::client {
namespace {

using namespace std::chrono_literals;
using Admission = CircuitBreaker::Admission;
using State = CircuitBreaker::State;

class CircuitBreakers : public testing::Test {
 protected:
  void fail(int times) {
    for (int i = 0; i < times; ++i) breaker_.failed(now_);
  }

  const CircuitBreakerConfig config_{.failures_max = 3, .open_min = 100ms, .open_max = 350ms};
  CircuitBreaker breaker_{config_};
  CircuitBreaker::Clock::time_point now_{1h};
};

TEST_F(CircuitBreakers, let_everything_pass_while_there_are_answers) {
  fail(2);
  breaker_.answered();
  fail(2);
  EXPECT_EQ(breaker_.admit(now_), Admission::pass);
  EXPECT_EQ(breaker_.state(), State::closed);
}

TEST_F(CircuitBreakers, refuse_after_enough_failures_in_a_row) {
  fail(3);
  EXPECT_EQ(breaker_.state(), State::open);
  EXPECT_EQ(breaker_.admit(now_ + 99ms), Admission::refuse);
}

TEST_F(CircuitBreakers, let_one_probe_find_out_whether_there_are_answers_again) {
  fail(3);
  now_ += 100ms;
  EXPECT_EQ(breaker_.admit(now_), Admission::probe);
  EXPECT_EQ(breaker_.admit(now_), Admission::refuse);
  breaker_.answered();
  EXPECT_EQ(breaker_.admit(now_), Admission::pass);
}

TEST_F(CircuitBreakers, wait_twice_as_long_after_each_probe_in_vain_up_to_a_most) {
  fail(3);
  for (const auto time : {100ms, 200ms, 350ms, 350ms}) {
    EXPECT_EQ(breaker_.opens_until(), now_ + time);
    now_ += time;
    ASSERT_EQ(breaker_.admit(now_), Admission::probe);
    breaker_.failed(now_);
  }
  now_ = breaker_.opens_until();
  ASSERT_EQ(breaker_.admit(now_), Admission::probe);
  breaker_.answered();
  fail(3);
  EXPECT_EQ(breaker_.opens_until(), now_ + 100ms) << "an answer lets it begin anew";
}

TEST_F(CircuitBreakers, do_not_wait_longer_for_failures_of_what_was_sent_before) {
  fail(3);
  const auto until = breaker_.opens_until();
  now_ += 50ms;
  fail(10);
  EXPECT_EQ(breaker_.opens_until(), until);
}

TEST_F(CircuitBreakers, close_at_a_late_answer) {
  fail(3);
  breaker_.answered();
  EXPECT_EQ(breaker_.admit(now_), Admission::pass);
}

TEST_F(CircuitBreakers, never_open_without_a_bound) {
  const CircuitBreakerConfig never{.failures_max = 0};
  CircuitBreaker breaker(never);
  for (int i = 0; i < 1000; ++i) breaker.failed(now_);
  EXPECT_EQ(breaker.admit(now_), Admission::pass);
}

}  // namespace
}  // namespace quartz::client
