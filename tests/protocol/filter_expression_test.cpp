#include "protocol/filter_expression.hpp"

#include <limits>

#include <gmock/gmock.h>

#include "protocol/filter_printer.hpp"
#include "quartz/vector/filter_limits.hpp"
#include "support/result_matchers.hpp"

namespace quartz::protocol {
namespace {

using testing::HasSubstr;

FilterNode leaf(const char* name) { return make_comparison({{name}}, FilterRelation::equal, 1); }

Result<void> outcome(const FilterNode& node) {
  if (const auto* invalid = std::get_if<InvalidFilter>(&node->form)) return invalid->error;
  return {};
}

TEST(FilterExpression, chains_are_flat_however_they_were_put_together) {
  const auto left = make_conjunction({make_conjunction({leaf("a"), leaf("b")}), leaf("c")});
  const auto right = make_conjunction({leaf("a"), make_conjunction({leaf("b"), leaf("c")})});
  EXPECT_TRUE(equal(*left, *right));
  EXPECT_EQ(std::get<ConjunctionFilter>(left->form).operands.size(), 3u);
  const auto either = make_disjunction({make_disjunction({leaf("a"), leaf("b")}), leaf("c")});
  EXPECT_EQ(std::get<DisjunctionFilter>(either->form).operands.size(), 3u);
  EXPECT_FALSE(equal(*left, *either));
}

TEST(FilterExpression, of_no_operand_is_a_constant_and_of_one_that_one) {
  EXPECT_TRUE(equal(*make_conjunction({}), *make_constant(true)));
  EXPECT_TRUE(equal(*make_disjunction({}), *make_constant(false)));
  EXPECT_TRUE(equal(*make_conjunction({leaf("a")}), *leaf("a")));
}

TEST(FilterExpression, differences_anywhere_make_trees_unequal) {
  const std::vector<FilterNode> different = {
      make_constant(true),
      make_constant(false),
      leaf("a"),
      leaf("b"),
      make_comparison({{"a"}}, FilterRelation::less, 1),
      make_comparison({{"a"}}, FilterRelation::equal, 1.0),
      make_comparison({{"a", "a"}}, FilterRelation::equal, 1),
      make_membership({{"a"}}, {1}),
      make_membership({{"a"}}, {1, 2}),
      make_existence({{"a"}}),
      make_prefix({{"a"}}, "1"),
      make_prefix(FilterPath::id(), "1"),
      make_negation(leaf("a")),
      make_negation(make_negation(leaf("a"))),
      make_conjunction({leaf("a"), leaf("b")}),
      make_conjunction({leaf("b"), leaf("a")}),
      make_disjunction({leaf("a"), leaf("b")}),
      make_invalid(Error{Errc::invalid_argument, "a"}),
      make_invalid(Error{Errc::too_large, "a"}),
  };
  for (const auto& a : different) {
    for (const auto& b : different) EXPECT_EQ(equal(*a, *b), &a == &b) << print_filter(*a);
  }
}

TEST(FilterExpression, depth_counts_the_parentheses_and_negations_of_the_text) {
  EXPECT_EQ(leaf("a")->depth, 0u);
  const auto both = make_conjunction({leaf("a"), leaf("b")});
  const auto either = make_disjunction({leaf("a"), both});
  EXPECT_EQ(either->depth, 0u);                                   // a or a and b
  EXPECT_EQ(make_conjunction({leaf("a"), either})->depth, 1u);    // a and (a or a and b)
  EXPECT_EQ(make_negation(leaf("a"))->depth, 1u);                 // not a
  EXPECT_EQ(make_negation(both)->depth, 2u);                      // not (a and b)
  EXPECT_EQ(make_negation(make_negation(leaf("a")))->depth, 2u);  // not not a
}

TEST(FilterExpression, too_deep_a_tree_becomes_a_mistake_and_stays_one) {
  FilterNode node = leaf("a");
  for (std::size_t i = 0; i < kFilterDepthMax; ++i) node = make_negation(node);
  EXPECT_THAT(outcome(node), Succeeds());
  // A million more neither overflow the stack nor are kept.
  for (int i = 0; i < 1'000'000; ++i) node = make_negation(node);
  EXPECT_THAT(outcome(node), FailsWith(Errc::too_large, HasSubstr("64 deep")));
  EXPECT_THAT(outcome(make_disjunction({leaf("a"), node})), FailsWith(Errc::too_large));
}

TEST(FilterExpression, too_many_comparisons_are_a_mistake) {
  std::vector<FilterNode> many(kFilterComparisonsMax, leaf("a"));
  EXPECT_THAT(outcome(make_disjunction(many)), Succeeds());
  many.push_back(leaf("a"));
  EXPECT_THAT(outcome(make_disjunction(many)), FailsWith(Errc::too_large, HasSubstr("16384")));
}

TEST(FilterExpression, a_list_of_too_many_values_is_a_mistake) {
  std::vector<FilterValue> values(kFilterListValuesMax, 1);
  EXPECT_THAT(outcome(make_membership({{"a"}}, values)), Succeeds());
  values.emplace_back(1);
  EXPECT_THAT(outcome(make_membership({{"a"}}, values)),
              FailsWith(Errc::too_large, HasSubstr("10001 values, and at most 10000")));
}

TEST(FilterExpression, what_has_no_order_is_not_compared_by_order) {
  for (const FilterValue& value : {FilterValue(nullptr), FilterValue(true)}) {
    EXPECT_THAT(outcome(make_comparison({{"a"}}, FilterRelation::less, value)),
                FailsWith(Errc::invalid_argument, HasSubstr("order")));
    EXPECT_THAT(outcome(make_comparison({{"a"}}, FilterRelation::not_equal, value)), Succeeds());
  }
}

TEST(FilterExpression, numbers_that_are_none_are_refused_everywhere) {
  for (const double none :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
        -std::numeric_limits<double>::infinity()}) {
    EXPECT_THAT(outcome(make_comparison({{"a"}}, FilterRelation::equal, none)),
                FailsWith(Errc::invalid_argument));
    EXPECT_THAT(outcome(make_membership({{"a"}}, {1, none})), FailsWith(Errc::invalid_argument));
  }
}

TEST(FilterExpression, the_id_is_a_text_that_every_point_has) {
  EXPECT_THAT(outcome(make_comparison(FilterPath::id(), FilterRelation::equal, 5)),
              FailsWith(Errc::invalid_argument, HasSubstr("never 5")));
  EXPECT_THAT(outcome(make_membership(FilterPath::id(), {"a", nullptr})),
              FailsWith(Errc::invalid_argument, HasSubstr("never null")));
  EXPECT_THAT(outcome(make_existence(FilterPath::id())),
              FailsWith(Errc::invalid_argument, HasSubstr("every point has an id")));
}

}  // namespace
}  // namespace quartz::protocol
