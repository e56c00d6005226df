#include "cli/shell/listening.hpp"

#include <gtest/gtest.h>

namespace quartz::cli {
namespace {

TEST(Listening, begins_with_one_confirmation_for_each_topic) {
  EXPECT_EQ(listening_of({"subscribe", "a", "b"}),
            (Listening{.confirmations = 2, .goes_on = true}));
  EXPECT_EQ(listening_of({"PSUBSCRIBE", "a*"}), (Listening{.confirmations = 1, .goes_on = true}));
  EXPECT_EQ(listening_of({"SSUBSCRIBE", "a"}), (Listening{.confirmations = 1, .goes_on = true}));
}

TEST(Listening, to_everything_begins_with_a_usual_answer) {
  EXPECT_EQ(listening_of({"MONITOR"}), (Listening{.confirmations = 0, .goes_on = true}));
}

TEST(Listening, ends_with_at_least_one_confirmation) {
  EXPECT_EQ(listening_of({"UNSUBSCRIBE"}), (Listening{.confirmations = 1}));
  EXPECT_EQ(listening_of({"PUNSUBSCRIBE", "a", "b"}), (Listening{.confirmations = 2}));
}

TEST(Listening, is_nothing_that_other_commands_do) {
  EXPECT_EQ(listening_of({"GET", "subscribe"}), Listening());
  EXPECT_EQ(listening_of({"SUBSCRIBE"}), Listening());  // It is refused: an answer like others.
}

}  // namespace
}  // namespace quartz::cli
