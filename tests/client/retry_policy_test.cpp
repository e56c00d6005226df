#include "client/retry_policy.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartz::client {
namespace {

using namespace std::chrono_literals;
using Clock = RetryPolicy::Clock;
using testing::AllOf;
using testing::Ge;
using testing::Le;
using testing::VariantWith;

constexpr RequestFailure kNotSent{FailureKind::not_sent};
constexpr RequestFailure kRefused{FailureKind::refused};
constexpr RequestFailure kThrottled{FailureKind::throttled};
constexpr RequestFailure kLost{FailureKind::lost};
constexpr RequestFailure kTimedOut{FailureKind::timed_out};
constexpr RequestFailure kRejected{FailureKind::rejected};

auto stops_for(RetryStop why) { return VariantWith<RetryStop>(why); }
auto waits_up_to(Clock::duration most) {
  return VariantWith<Clock::duration>(AllOf(Ge(Clock::duration::zero()), Le(most)));
}

class RetryPolicies : public testing::Test {
 protected:
  RetryPolicy policy(RetryPolicy::Request request = {}) {
    return RetryPolicy(config_, budget_, random_, request);
  }
  static Clock::duration wait_of(const RetryPolicy::Decision& decision) {
    return std::get<Clock::duration>(decision);
  }

  RetryConfig config_;
  RetryBudget budget_{config_};
  Random random_{1};
  const Clock::time_point now_{1h};
};

TEST_F(RetryPolicies, repeat_whatever_was_not_carried_out) {
  for (const RequestFailure& failure : {kNotSent, kRefused, kThrottled}) {
    RetryPolicy once = policy();
    EXPECT_THAT(once.after(failure, now_), waits_up_to(10ms)) << to_string(failure.kind);
    EXPECT_EQ(once.executed(), Executed::no);
  }
}

TEST_F(RetryPolicies, repeat_what_may_have_been_carried_out_only_if_twice_is_as_good_as_once) {
  for (const RequestFailure& failure : {kLost, kTimedOut}) {
    RetryPolicy increment = policy();
    EXPECT_THAT(increment.after(failure, now_), stops_for(RetryStop::not_idempotent));
    EXPECT_EQ(increment.executed(), Executed::unknown);
    RetryPolicy get = policy({.idempotent = true});
    EXPECT_THAT(get.after(failure, now_), waits_up_to(10ms));
  }
}

TEST_F(RetryPolicies, do_not_forget_that_an_earlier_attempt_may_have_been_carried_out) {
  RetryPolicy get = policy({.idempotent = true});
  EXPECT_THAT(get.after(kLost, now_), waits_up_to(10ms));
  EXPECT_THAT(get.after(kNotSent, now_), waits_up_to(20ms));
  EXPECT_EQ(get.executed(), Executed::unknown);
}

TEST_F(RetryPolicies, repeat_no_answer_that_stays_the_same) {
  RetryPolicy wrong_type = policy({.idempotent = true});
  EXPECT_THAT(wrong_type.after(kRejected, now_), stops_for(RetryStop::permanent));
  EXPECT_EQ(wrong_type.executed(), Executed::yes);
}

TEST_F(RetryPolicies, end_when_the_attempts_are_spent) {
  RetryPolicy get = policy();
  EXPECT_THAT(get.after(kNotSent, now_), waits_up_to(10ms));
  EXPECT_THAT(get.after(kNotSent, now_), waits_up_to(20ms));
  EXPECT_THAT(get.after(kNotSent, now_), stops_for(RetryStop::attempts));
  EXPECT_EQ(get.failures(), 3u);
}

TEST_F(RetryPolicies, wait_twice_as_long_each_time_up_to_a_most) {
  config_.attempts_max = 100;
  config_.transient_cost = 0;
  const std::vector<Clock::duration> bounds = {10ms, 20ms, 40ms, 80ms};
  std::vector<Clock::duration> longest(bounds.size() + 20);
  for (int repetition = 0; repetition < 200; ++repetition) {
    RetryPolicy get = policy();
    for (Clock::duration& most : longest) most = std::max(most, wait_of(get.after(kNotSent, now_)));
  }
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    EXPECT_LE(longest[i], bounds[i]);
    EXPECT_GT(longest[i], bounds[i] * 9 / 10) << "the whole range is used";
  }
  EXPECT_LE(*std::max_element(longest.begin(), longest.end()), 2000ms);
  EXPECT_GT(longest.back(), 1800ms);
}

TEST_F(RetryPolicies, wait_as_long_as_the_server_asks_but_do_not_believe_everything) {
  RetryPolicy get = policy();
  const auto asked = wait_of(get.after({FailureKind::throttled, 500ms}, now_));
  EXPECT_THAT(asked, AllOf(Ge(500ms), Le(510ms)));
  const auto absurd = wait_of(get.after({FailureKind::throttled, 24h}, now_));
  EXPECT_THAT(absurd, AllOf(Ge(30s), Le(30s + 20ms)));
  RetryPolicy other = policy();
  EXPECT_THAT(other.after({FailureKind::throttled, -1s}, now_), waits_up_to(10ms));
}

TEST_F(RetryPolicies, do_not_wait_beyond_the_deadline) {
  RetryPolicy get = policy({.deadline = now_ + 400ms});
  EXPECT_THAT(get.after({FailureKind::throttled, 500ms}, now_), stops_for(RetryStop::deadline));
  RetryPolicy late = policy({.deadline = now_});
  EXPECT_THAT(late.after(kNotSent, now_ + 1ms), stops_for(RetryStop::deadline));
  EXPECT_EQ(budget_.tokens(), config_.budget_tokens) << "what is not retried costs nothing";
}

TEST_F(RetryPolicies, send_little_more_to_an_endpoint_that_is_down_than_without_them) {
  constexpr std::uint32_t kRequests = 1000;
  std::uint32_t sent = 0;
  for (std::uint32_t i = 0; i < kRequests; ++i) {
    RetryPolicy get = policy({.idempotent = true});
    do {
      ++sent;
    } while (std::holds_alternative<Clock::duration>(get.after(kTimedOut, now_)));
  }
  EXPECT_LE(sent, kRequests * 104 / 100);
  RetryPolicy get = policy({.idempotent = true});
  EXPECT_THAT(get.after(kTimedOut, now_), stops_for(RetryStop::budget));
}

TEST_F(RetryPolicies, get_back_what_a_retry_cost_that_succeeded) {
  RetryPolicy get = policy();
  EXPECT_THAT(get.after(kThrottled, now_), waits_up_to(10ms));
  EXPECT_EQ(budget_.tokens(), config_.budget_tokens - config_.throttled_cost);
  get.succeeded();
  EXPECT_EQ(budget_.tokens(), config_.budget_tokens);
}

TEST_F(RetryPolicies, get_back_a_little_for_each_success_at_the_first_attempt) {
  ASSERT_TRUE(budget_.try_take(100));
  policy().succeeded();
  EXPECT_EQ(budget_.tokens(), config_.budget_tokens - 99);
}

TEST_F(RetryPolicies, do_not_repeat_at_all_without_a_budget) {
  config_.budget_tokens = 0;
  RetryBudget none(config_);
  RetryPolicy get(config_, none, random_, {.idempotent = true});
  EXPECT_THAT(get.after(kNotSent, now_), stops_for(RetryStop::budget));
}

TEST(RetryBudgets, never_hold_more_than_they_began_with_nor_give_what_they_do_not_hold) {
  RetryBudget budget({.budget_tokens = 1000});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int step = 0; step < 10'000; ++step) {
        if (budget.try_take(7)) budget.refund(7);
        budget.refund(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.tokens(), 1000u);
  EXPECT_FALSE(budget.try_take(1001));
  EXPECT_TRUE(budget.try_take(1000));
  EXPECT_FALSE(budget.try_take(1));
}

}  // namespace
}  // namespace quartz::client
