#include "support/linearizability.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz {
namespace {

using Action = RegisterAction;
using Answer = std::optional<std::int64_t>;
using History = std::vector<RegisterOperation>;

RegisterOperation ended(std::uint64_t begun, std::uint64_t end, Action action,
                        std::int64_t argument, Answer answer = {}) {
  return {.action = action, .argument = argument, .answer = answer, .begun = begun, .ended = end};
}
RegisterOperation unknown(std::uint64_t begun, Action action, std::int64_t argument) {
  return {.action = action, .argument = argument, .answer = {}, .begun = begun, .ended = {}};
}

TEST(Linearizability, of_nothing_is_given) { EXPECT_TRUE(is_linearizable({})); }

TEST(Linearizability, is_given_if_a_read_sees_the_write_before) {
  EXPECT_TRUE(is_linearizable({ended(1, 2, Action::set, 5), ended(3, 4, Action::get, 0, 5)}));
}

TEST(Linearizability, is_not_given_if_a_read_sees_nothing_of_the_write_before) {
  EXPECT_FALSE(is_linearizable({ended(1, 2, Action::set, 5), ended(3, 4, Action::get, 0)}));
}

TEST(Linearizability, is_not_given_if_a_read_sees_what_was_never_written) {
  EXPECT_FALSE(is_linearizable({ended(1, 2, Action::set, 5), ended(3, 4, Action::get, 0, 6)}));
}

TEST(Linearizability, lets_a_read_beside_a_write_see_it_or_not) {
  EXPECT_TRUE(is_linearizable({ended(1, 4, Action::set, 5), ended(2, 3, Action::get, 0, 5)}));
  EXPECT_TRUE(is_linearizable({ended(1, 4, Action::set, 5), ended(2, 3, Action::get, 0)}));
}

TEST(Linearizability, lets_no_read_see_less_than_one_before) {
  EXPECT_FALSE(is_linearizable(
      {ended(1, 6, Action::set, 5), ended(2, 3, Action::get, 0, 5), ended(4, 5, Action::get, 0)}));
}

TEST(Linearizability, lets_two_readers_see_two_writes_in_one_order_only) {
  const History writes = {ended(1, 2, Action::set, 0), ended(3, 20, Action::set, 1),
                          ended(4, 21, Action::set, 2)};
  History same = writes;
  same.insert(same.end(), {ended(5, 6, Action::get, 0, 1), ended(7, 8, Action::get, 0, 2),
                           ended(9, 10, Action::get, 0, 2)});
  EXPECT_TRUE(is_linearizable(same));
  History back = writes;
  back.insert(back.end(), {ended(5, 6, Action::get, 0, 1), ended(7, 8, Action::get, 0, 2),
                           ended(9, 10, Action::get, 0, 1)});
  EXPECT_FALSE(is_linearizable(back));
}

TEST(Linearizability, lets_an_unknown_write_take_effect_late_or_never) {
  const auto lost = unknown(1, Action::set, 5);
  EXPECT_TRUE(is_linearizable({lost, ended(2, 3, Action::get, 0), ended(4, 5, Action::get, 0)}));
  EXPECT_TRUE(is_linearizable({lost, ended(2, 3, Action::get, 0), ended(4, 5, Action::get, 0, 5)}));
}

TEST(Linearizability, lets_no_unknown_write_take_effect_twice) {
  EXPECT_FALSE(is_linearizable({unknown(1, Action::set, 5), ended(2, 3, Action::get, 0, 5),
                                ended(4, 5, Action::set, 6), ended(6, 7, Action::get, 0, 5)}));
  EXPECT_FALSE(is_linearizable({unknown(1, Action::increment, 1), ended(2, 3, Action::get, 0, 2)}));
}

TEST(Linearizability, lets_no_write_take_effect_before_it_began) {
  EXPECT_FALSE(is_linearizable({ended(1, 2, Action::get, 0, 5), ended(3, 4, Action::set, 5)}));
  EXPECT_FALSE(is_linearizable({ended(1, 2, Action::get, 0, 5), unknown(3, Action::set, 5)}));
}

TEST(Linearizability, counts_each_increment_once) {
  EXPECT_TRUE(is_linearizable(
      {ended(1, 4, Action::increment, 1, 2), ended(2, 3, Action::increment, 1, 1)}));
  EXPECT_FALSE(is_linearizable(
      {ended(1, 4, Action::increment, 1, 1), ended(2, 3, Action::increment, 1, 1)}));
}

TEST(Linearizability, lets_one_of_several_set_what_is_absent) {
  EXPECT_TRUE(is_linearizable(
      {ended(1, 4, Action::set_if_absent, 1, 0), ended(2, 3, Action::set_if_absent, 2, 1)}));
  EXPECT_FALSE(is_linearizable(
      {ended(1, 4, Action::set_if_absent, 1, 1), ended(2, 3, Action::set_if_absent, 2, 1)}));
}

TEST(Linearizability, knows_what_exchange_and_remove_find) {
  EXPECT_TRUE(
      is_linearizable({ended(1, 2, Action::exchange, 1), ended(3, 4, Action::exchange, 2, 1),
                       ended(5, 6, Action::remove, 0, 1), ended(7, 8, Action::remove, 0, 0)}));
  EXPECT_FALSE(
      is_linearizable({ended(1, 2, Action::exchange, 1), ended(3, 4, Action::exchange, 2)}));
  EXPECT_FALSE(
      is_linearizable({ended(1, 2, Action::exchange, 1), ended(3, 4, Action::remove, 0, 0)}));
}

TEST(Linearizability, of_many_unknown_writes_is_found_before_long) {
  History history;
  for (std::uint64_t i = 0; i < 8; ++i) {
    history.push_back(unknown(2 * i, Action::set, static_cast<std::int64_t>(i)));
    history.push_back(
        ended(100 + 2 * i, 101 + 2 * i, Action::get, 0, static_cast<std::int64_t>(i)));
  }
  EXPECT_TRUE(is_linearizable(history));
  history.push_back(ended(200, 201, Action::get, 0, 99));
  EXPECT_FALSE(is_linearizable(history));
}

// What a register holds after the operation, and what it says.
struct Effect {
  Answer after;
  Answer answer;
};
Effect effect(const RegisterOperation& operation, const Answer& held) {
  switch (operation.action) {
    case Action::get:
      return {held, held};
    case Action::set:
      return {operation.argument, {}};
    case Action::set_if_absent:
      return held ? Effect{held, 0} : Effect{operation.argument, 1};
    case Action::exchange:
      return {operation.argument, held};
    case Action::increment:
      return {held.value_or(0) + operation.argument, held.value_or(0) + operation.argument};
    case Action::remove:
      return {{}, held ? 1 : 0};
  }
  return {};
}

/// Operations that overlap each other, some without an end, with the answers of a register that
/// carries each out at some moment between its begin and its end.
History random_history(Random& random, std::size_t count) {
  struct Moment {
    std::uint64_t at;
    std::size_t operation;
  };
  constexpr std::uint64_t kSpan = 1'000'000'000;  // So that no two moments are the same.
  History history;
  std::vector<Moment> moments;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t begun = random.below(kSpan);
    const std::uint64_t end = begun + 2 + random.below(kSpan / 3);
    auto operation = ended(begun, end, static_cast<Action>(random.below(6)),
                           static_cast<std::int64_t>(random.below(3)));
    moments.push_back({begun + 1 + random.below(end - begun - 1), i});
    if (random.one_in(5)) operation.ended.reset();
    history.push_back(operation);
  }
  std::ranges::sort(moments, {}, &Moment::at);
  Answer held;
  for (const Moment& moment : moments) {
    RegisterOperation& operation = history[moment.operation];
    if (!operation.ended && random.one_in(2)) continue;
    const Effect seen = effect(operation, held);
    held = seen.after;
    if (operation.ended) operation.answer = seen.answer;
  }
  return history;
}

// By all orders.
bool has_an_order(const History& history, std::set<std::size_t>& left, const Answer& held) {
  const bool done =
      std::ranges::none_of(left, [&](std::size_t one) { return history[one].ended.has_value(); });
  if (done) return true;
  const std::vector<std::size_t> choices(left.begin(), left.end());
  for (const std::size_t next : choices) {
    const RegisterOperation& operation = history[next];
    const bool too_late = std::ranges::any_of(left, [&](std::size_t one) {
      return history[one].ended && *history[one].ended < operation.begun;
    });
    const Effect seen = effect(operation, held);
    const bool wrong =
        operation.ended && operation.action != Action::set && operation.answer != seen.answer;
    if (too_late || wrong) continue;
    left.erase(next);
    const bool found = has_an_order(history, left, seen.after);
    left.insert(next);
    if (found) return true;
  }
  return false;
}

TEST(Linearizability, of_what_a_register_answers_is_given) {
  Random random(1);
  for (int run = 0; run < 300; ++run) {
    const History history = random_history(random, 1 + random.below(30));
    ASSERT_TRUE(is_linearizable(history)) << testing::PrintToString(history);
  }
}

TEST(Linearizability, is_what_a_search_of_all_orders_says) {
  Random random(2);
  int given = 0;
  constexpr int kRuns = 2'000;
  for (int run = 0; run < kRuns; ++run) {
    History history = random_history(random, 2 + random.below(5));
    // A lie, which may be a truth of another order.
    RegisterOperation& changed = history[random.below(history.size())];
    changed.answer = static_cast<std::int64_t>(random.below(3));
    std::set<std::size_t> all;
    for (std::size_t i = 0; i < history.size(); ++i) all.insert(i);
    const bool expected = has_an_order(history, all, {});
    given += expected ? 1 : 0;
    ASSERT_EQ(is_linearizable(history), expected) << testing::PrintToString(history);
  }
  EXPECT_GT(given, kRuns / 10);
  EXPECT_LT(given, kRuns * 9 / 10);
}

}  // namespace
}  // namespace quartz
