#include "vector/filter_leaf.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace quartz::vector {
namespace {

PayloadValue number(double value) {
  return {PayloadValue::Kind::number, false, protocol::Number::of(value), {}};
}
PayloadValue truth(bool value) { return {PayloadValue::Kind::boolean, value, {}, {}}; }
PayloadValue text(std::string_view value) { return PayloadValue::of_text(value); }
const PayloadValue kNull = {};

// Which of "less, equal, greater" a relation accepts.
std::vector<bool> accepted(FilterRelation relation) {
  const auto numbers = FilterLeaf::comparison(relation, 5);
  const auto texts = FilterLeaf::comparison(relation, "b");
  std::vector<bool> answers;
  for (const double value : {4.5, 5.0, 5.5}) answers.push_back(numbers.accepts(number(value)));
  std::vector<bool> same;
  for (const char* value : {"a", "b", "ba"}) same.push_back(texts.accepts(text(value)));
  EXPECT_EQ(answers, same);
  return answers;
}

TEST(FilterLeaf, relations_accept_what_their_names_say) {
  EXPECT_EQ(accepted(FilterRelation::equal), (std::vector<bool>{false, true, false}));
  EXPECT_EQ(accepted(FilterRelation::less), (std::vector<bool>{true, false, false}));
  EXPECT_EQ(accepted(FilterRelation::less_or_equal), (std::vector<bool>{true, true, false}));
  EXPECT_EQ(accepted(FilterRelation::greater), (std::vector<bool>{false, false, true}));
  EXPECT_EQ(accepted(FilterRelation::greater_or_equal), (std::vector<bool>{false, true, true}));
}

TEST(FilterLeaf, only_values_of_the_same_kind_are_accepted) {
  const std::vector<std::pair<FilterValue, PayloadValue>> pairs = {{nullptr, kNull},
                                                                   {true, truth(true)},
                                                                   {false, truth(false)},
                                                                   {1, number(1)},
                                                                   {"1", text("1")}};
  for (const auto& [expected, equal] : pairs) {
    for (const auto& [other, value] : pairs) {
      const bool same = expected == other;
      EXPECT_EQ(FilterLeaf::comparison(FilterRelation::equal, expected).accepts(value), same);
      EXPECT_EQ(FilterLeaf::membership({expected, "x", 7}).accepts(value), same);
    }
  }
}

TEST(FilterLeaf, an_empty_list_accepts_nothing) {
  for (const auto& value : {kNull, truth(true), number(0), text("")}) {
    EXPECT_FALSE(FilterLeaf::membership({}).accepts(value));
  }
}

TEST(FilterLeaf, numbers_of_a_list_are_equal_whatever_their_form) {
  const auto listed = FilterLeaf::membership({1, 2.0, -0.0, std::uint64_t{1} << 63});
  for (const double value : {1.0, 2.0, 0.0, -0.0, 9223372036854775808.0}) {
    EXPECT_TRUE(listed.accepts(number(value))) << value;
  }
  EXPECT_FALSE(listed.accepts(number(1.5)));
}

TEST(FilterLeaf, prefixes_are_bytes_of_texts) {
  const auto prefix = FilterLeaf::prefix("ab");
  EXPECT_TRUE(prefix.accepts(text("ab")));
  EXPECT_TRUE(prefix.accepts(text("abc")));
  EXPECT_FALSE(prefix.accepts(text("a")));
  EXPECT_FALSE(prefix.accepts(text("Ab")));
  EXPECT_TRUE(FilterLeaf::prefix("").accepts(text("")));
  EXPECT_FALSE(FilterLeaf::prefix("").accepts(number(0)));
}

}  // namespace
}  // namespace quartz::vector
