#include "protocol/filter_printer.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "protocol/filter_parser.hpp"
#include "support/random_filter.hpp"
#include "support/result_matchers.hpp"

namespace quartz::protocol {
namespace {

TEST(FilterPrinter, numbers_read_back_as_what_they_were) {
  EXPECT_EQ(print_filter_value(0), "0");
  EXPECT_EQ(print_filter_value(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(print_filter_value(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(print_filter_value(1.0), "1.0");
  EXPECT_EQ(print_filter_value(0.1), "0.1");
  EXPECT_EQ(print_filter_value(-0.0), "-0.0");
  EXPECT_EQ(print_filter_value(1e300), "1e+300");
  EXPECT_EQ(print_filter_value(1.0F / 3.0F), "0.3333333432674408");
}

TEST(FilterPrinter, texts_are_escaped_where_they_have_to_be) {
  EXPECT_EQ(print_filter_value("en"), "'en'");
  EXPECT_EQ(print_filter_value("it's \"\\"), R"('it\'s "\\')");
  EXPECT_EQ(print_filter_value("a\n\t\x01\x7F"), R"('a\n\t\x01\x7f')");
  EXPECT_EQ(print_filter_value(std::string(1, '\0')), R"('\x00')");
  EXPECT_EQ(print_filter_value("é\xFF"), R"('é\xff')");
}

TEST(FilterPrinter, names_are_quoted_where_they_have_to_be) {
  const auto name = [](std::vector<std::string> names) {
    const std::string text = print_filter(*make_existence({std::move(names)}));
    return text.substr(7, text.size() - 8);  // Without "exists(" and ")".
  };
  EXPECT_EQ(name({"year"}), "year");
  EXPECT_EQ(name({"author", "id"}), "author.id");
  EXPECT_EQ(name({"id"}), "`id`");
  EXPECT_EQ(name({"first name", "a.b"}), "`first name`.`a.b`");
  EXPECT_EQ(name({"", "-", "`"}), "``.-.`\\``");
  EXPECT_EQ(name({"9"}), "`9`");
  EXPECT_EQ(name({"x", "9"}), "x.9");
  EXPECT_EQ(name({"\xFF"}), "`\\xff`");
}

TEST(FilterPrinter, writes_no_parentheses_that_change_nothing) {
  const auto a = make_existence({{"a"}});
  const auto both = make_conjunction({a, a});
  const auto either = make_disjunction({a, a});
  EXPECT_EQ(print_filter(*make_disjunction({both, a})), "exists(a) and exists(a) or exists(a)");
  EXPECT_EQ(print_filter(*make_conjunction({either, a})), "(exists(a) or exists(a)) and exists(a)");
  EXPECT_EQ(print_filter(*make_negation(either)), "not (exists(a) or exists(a))");
  EXPECT_EQ(print_filter(*make_negation(make_negation(a))), "not not exists(a)");
}

TEST(FilterPrinter, a_mistake_prints_as_what_no_filter_looks_like) {
  const std::string text = print_filter(*make_existence(FilterPath::id()));
  EXPECT_EQ(text, "<filter: every point has an id>");
  EXPECT_THAT(parse_filter(text), FailsWith(Errc::invalid_argument));
}

TEST(FilterPrinter, random_trees_print_as_texts_that_parse_back_to_them) {
  Random random(11);
  for (int i = 0; i < 3000; ++i) {
    const auto vocabulary = i % 100 == 0 ? everyday_vocabulary() : strange_vocabulary(random);
    const auto tree = random_filter(random, vocabulary, 1 + random.below(6));
    ASSERT_FALSE(tree->is_invalid());
    const std::string text = print_filter(*tree);
    const auto parsed = parse_filter(text);
    if (!parsed && parsed.error().code() == Errc::too_large) continue;
    ASSERT_THAT(parsed, Succeeds()) << text;
    ASSERT_TRUE(equal(**parsed, *tree)) << text << "\n" << print_filter(**parsed);
    ASSERT_EQ(print_filter(**parsed), text);
  }
}

TEST(FilterPrinter, the_deepest_tree_prints_as_a_text_that_is_not_too_deep) {
  FilterNode node = make_existence({{"a"}});
  while (true) {
    const auto deeper = make_conjunction({make_existence({{"b"}}), make_disjunction({node, node})});
    if (deeper->is_invalid() || deeper->comparisons > 4000) break;
    node = deeper;
  }
  while (!make_negation(node)->is_invalid()) node = make_negation(node);
  ASSERT_GE(node->depth, 63u);
  const auto parsed = parse_filter(print_filter(*node));
  ASSERT_THAT(parsed, Succeeds());
  EXPECT_TRUE(equal(**parsed, *node));
}

}  // namespace
}  // namespace quartz::protocol
