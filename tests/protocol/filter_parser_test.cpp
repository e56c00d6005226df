#include "protocol/filter_parser.hpp"

#include <string>

#include <gmock/gmock.h>

#include "base/random.hpp"
#include "protocol/filter_printer.hpp"
#include "quartz/vector/filter_limits.hpp"
#include "support/result_matchers.hpp"

namespace quartz::protocol {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// How the tree of a text prints, which shows what was understood.
std::string understood(std::string_view text) {
  const auto node = parse_filter(text);
  return node ? print_filter(**node) : node.error().to_string();
}

auto filter_fails_at(std::size_t offset, const std::string& message) {
  return FailsWith(
      Errc::invalid_argument,
      AllOf(StartsWith("filter: at offset " + std::to_string(offset) + ": "), HasSubstr(message)));
}

TEST(FilterParser, reads_every_comparison) {
  for (const char* text :
       {"a == 1", "a != 1", "a < 1", "a <= 1", "a > 1", "a >= 1", "a in [1, 2.5, 'x', true, null]",
        "a in []", "exists(a.b)", "a starts_with 'x'", "id starts_with 'doc:'", "id == 'x'",
        "id in ['x', 'y']", "true", "false", "a == null", "a != false"}) {
    EXPECT_EQ(understood(text), text);
  }
}

TEST(FilterParser, not_binds_tighter_than_and_which_binds_tighter_than_or) {
  EXPECT_EQ(understood("a == 1 or b == 2 and not c == 3 and d == 4"),
            "a == 1 or b == 2 and not c == 3 and d == 4");
  const auto tree = parse_filter("a == 1 or b == 2 and not c == 3").value();
  const auto& either = std::get<DisjunctionFilter>(tree->form);
  ASSERT_EQ(either.operands.size(), 2u);
  const auto& both = std::get<ConjunctionFilter>(either.operands[1]->form);
  ASSERT_EQ(both.operands.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<NegationFilter>(both.operands[1]->form));
}

TEST(FilterParser, parentheses_change_what_belongs_together) {
  EXPECT_EQ(understood("(a == 1 or b == 2) and c == 3"), "(a == 1 or b == 2) and c == 3");
  EXPECT_EQ(understood("not (a == 1 and b == 2)"), "not (a == 1 and b == 2)");
  EXPECT_EQ(understood("((a == 1)) and (b == 2 and (c == 3))"), "a == 1 and b == 2 and c == 3");
  EXPECT_EQ(understood("not (a == 1)"), "not a == 1");
}

TEST(FilterParser, words_and_symbols_mean_the_same) {
  EXPECT_EQ(understood("!(a==1&&b==2||!exists(c))"), "not (a == 1 and b == 2 or not exists(c))");
}

TEST(FilterParser, not_in_is_the_negation_of_in) {
  EXPECT_EQ(understood("a not in [1]"), "not a in [1]");
  EXPECT_EQ(understood("a not in [1] and b == 2"), "not a in [1] and b == 2");
}

TEST(FilterParser, says_what_it_expected_and_shows_where) {
  EXPECT_EQ(understood("year >= "),
            "invalid_argument: filter: at offset 8: expected a value: a number, a quoted text, "
            "true, false or null, found the end\n"
            "  year >= \n"
            "          ^");
}

TEST(FilterParser, an_empty_text_is_no_filter) {
  EXPECT_THAT(parse_filter(""), filter_fails_at(0, "empty"));
  EXPECT_THAT(parse_filter(" \n\t "), filter_fails_at(4, "empty"));
}

TEST(FilterParser, expects_a_condition) {
  EXPECT_THAT(parse_filter("and"), filter_fails_at(0, "expected a condition"));
  EXPECT_THAT(parse_filter("a == 1 and"), filter_fails_at(10, "expected a condition"));
  EXPECT_THAT(parse_filter("a == 1 or or b == 1"), filter_fails_at(10, "found 'or'"));
  EXPECT_THAT(parse_filter("()"), filter_fails_at(1, "found ')'"));
  EXPECT_THAT(parse_filter("not"), filter_fails_at(3, "found the end"));
  EXPECT_THAT(parse_filter("2020 <= year"), filter_fails_at(0, "the field stands in front"));
  EXPECT_THAT(parse_filter("'a' in tags"), filter_fails_at(0, "the field stands in front"));
  EXPECT_THAT(parse_filter("null"), filter_fails_at(0, "expected a condition"));
}

TEST(FilterParser, expects_a_comparison_behind_a_field) {
  EXPECT_THAT(parse_filter("draft"), filter_fails_at(5, "a field by itself is no condition"));
  EXPECT_THAT(parse_filter("not draft and a == 1"), filter_fails_at(10, "expected a comparison"));
  EXPECT_THAT(parse_filter("a b"), filter_fails_at(2, "found 'b'"));
  EXPECT_THAT(parse_filter("a LIKE 'x'"), filter_fails_at(2, "found 'LIKE'"));
  EXPECT_THAT(parse_filter("a not 1"), filter_fails_at(6, "expected 'in' behind 'not'"));
}

TEST(FilterParser, expects_a_value_to_compare_with) {
  EXPECT_THAT(parse_filter("a =="), filter_fails_at(4, "expected a value"));
  EXPECT_THAT(parse_filter("a == ("), filter_fails_at(5, "found '('"));
  EXPECT_THAT(parse_filter("lang == en"), filter_fails_at(8, "text is quoted"));
  EXPECT_THAT(parse_filter("a == id"), filter_fails_at(5, "text is quoted"));
  EXPECT_THAT(parse_filter("a < true"), filter_fails_at(4, "only numbers and texts have an order"));
  EXPECT_THAT(parse_filter("a >= null"), filter_fails_at(5, "null has none"));
}

TEST(FilterParser, expects_a_quoted_text_behind_starts_with) {
  EXPECT_THAT(parse_filter("a starts_with 5"), filter_fails_at(14, "expected a quoted text"));
  EXPECT_THAT(parse_filter("a starts_with"), filter_fails_at(13, "found the end"));
  EXPECT_THAT(parse_filter("a starts_with b"), filter_fails_at(14, "found 'b'"));
}

TEST(FilterParser, expects_a_list_behind_in) {
  EXPECT_THAT(parse_filter("a in 1"), filter_fails_at(5, "expected '['"));
  EXPECT_THAT(parse_filter("a in ('x')"), filter_fails_at(5, "expected '['"));
  EXPECT_THAT(parse_filter("a in [1"), filter_fails_at(7, "expected ',' or ']'"));
  EXPECT_THAT(parse_filter("a in [1 2]"), filter_fails_at(8, "expected ',' or ']'"));
  EXPECT_THAT(parse_filter("a in [1,]"), filter_fails_at(8, "expected a value"));
  EXPECT_THAT(parse_filter("a in [,1]"), filter_fails_at(6, "expected a value"));
  EXPECT_THAT(parse_filter("a in [b]"), filter_fails_at(6, "text is quoted"));
}

TEST(FilterParser, expects_a_field_in_exists) {
  EXPECT_THAT(parse_filter("exists stock"), filter_fails_at(7, "expected '('"));
  EXPECT_THAT(parse_filter("exists('stock')"), filter_fails_at(7, "expected a field"));
  EXPECT_THAT(parse_filter("exists(stock"), filter_fails_at(12, "expected ')'"));
  EXPECT_THAT(parse_filter("exists()"), filter_fails_at(7, "expected a field"));
}

TEST(FilterParser, the_id_is_compared_with_text_only) {
  EXPECT_THAT(parse_filter("id == 5"), filter_fails_at(6, "a field of that name is written `id`"));
  EXPECT_THAT(parse_filter("id in ['a', 5]"),
              filter_fails_at(12, "a field of that name is written `id`"));
  EXPECT_THAT(parse_filter("exists(id)"),
              filter_fails_at(7, "a field of that name is written `id`"));
  EXPECT_THAT(parse_filter("`id` == 5 and exists(`id`)"), Succeeds());
}

TEST(FilterParser, expects_an_end) {
  EXPECT_THAT(parse_filter("a == 1 b == 2"), filter_fails_at(7, "expected 'and', 'or' or the end"));
  EXPECT_THAT(parse_filter("a == 1)"), filter_fails_at(6, "found ')'"));
  EXPECT_THAT(parse_filter("(a == 1"), filter_fails_at(7, "expected 'and', 'or' or ')'"));
  EXPECT_THAT(parse_filter("a == 1 AND b == 2"), filter_fails_at(7, "found 'AND'"));
  EXPECT_THAT(parse_filter("1 < a < 5"), filter_fails_at(0, "the field stands in front"));
}

TEST(FilterParser, nesting_is_limited_and_its_excess_has_a_place) {
  const auto nested = [](std::size_t depth, const std::string& open, const std::string& close) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += "a == 1";
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text;
  };
  EXPECT_THAT(parse_filter(nested(kFilterDepthMax, "(", ")")), Succeeds());
  EXPECT_THAT(parse_filter(nested(kFilterDepthMax, "!", "")), Succeeds());
  EXPECT_THAT(parse_filter(nested(kFilterDepthMax + 1, "(", ")")),
              FailsWith(Errc::too_large, StartsWith("filter: at offset 64: nested more than 64")));
  EXPECT_THAT(parse_filter(nested(kFilterDepthMax + 1, "not ", "")),
              FailsWith(Errc::too_large, StartsWith("filter: at offset 256: ")));
  EXPECT_THAT(parse_filter(std::string(kFilterTextBytesMax, '(')), FailsWith(Errc::too_large));
  // Beside each other they do not add up.
  EXPECT_THAT(parse_filter(nested(1000, "(a == 1) and ", "")), Succeeds());
}

TEST(FilterParser, lists_are_limited) {
  const auto listing = [](std::size_t count) {
    std::string text = "a in [1";
    for (std::size_t i = 1; i < count; ++i) text += ",1";
    return text + "]";
  };
  EXPECT_THAT(parse_filter(listing(kFilterListValuesMax)), Succeeds());
  EXPECT_THAT(parse_filter(listing(kFilterListValuesMax + 1)),
              FailsWith(Errc::too_large, StartsWith("filter: at offset 5: an 'in' lists 10001")));
}

TEST(FilterParser, as_many_comparisons_as_a_text_can_hold_are_read) {
  std::string text = "a<1";
  while (text.size() + 5 <= kFilterTextBytesMax) text += "||a<1";
  EXPECT_THAT(parse_filter(text), Succeeds());
}

TEST(FilterPathParser, reads_one_field_or_the_id) {
  EXPECT_EQ(parse_filter_path("author.name").value(), (FilterPath{{"author", "name"}}));
  EXPECT_EQ(parse_filter_path(" `a b`.`id` ").value(), (FilterPath{{"a b", "id"}}));
  EXPECT_EQ(parse_filter_path("id").value(), FilterPath::id());
  for (const char* path : {"author.name", "`a b`.id", "`id`", "id"}) {
    EXPECT_EQ(print_filter_path(parse_filter_path(path).value()), path);
  }
}

TEST(FilterPathParser, refuses_anything_else_with_its_place) {
  const auto refuses_at = [](const char* text, const char* place) {
    EXPECT_THAT(parse_filter_path(text), FailsWith(Errc::invalid_argument, StartsWith(place)));
  };
  refuses_at("", "field: at offset 0: expected the name of a field");
  refuses_at("in", "field: at offset 0: expected the name of a field");
  refuses_at("'a'", "field: at offset 0: expected the name of a field");
  refuses_at("a b", "field: at offset 2: expected the end");
  refuses_at("a == 1", "field: at offset 2: expected the end");
  refuses_at("a.", "filter: at offset 2: expected a name");
}

// Cut and changed texts: an answer of some kind, and the place of a mistake lies within the text.
TEST(FilterParser, any_bytes_are_a_filter_or_a_typed_error) {
  const std::string whole =
      R"(not (`a b`.c in [1, -2.5e3, "x\u00e9"] || id starts_with 'doc:') && exists(a.b) or x != null)";
  Random random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = whole;
    for (std::uint64_t change = random.below(4); change < 4; ++change) {
      const std::size_t at = random.below(text.size());
      switch (random.below(3)) {
        case 0:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          text.erase(at, 1 + random.below(5));
          break;
        default:
          text.insert(at, whole.substr(random.below(whole.size()), random.below(8)));
      }
      if (text.empty()) text = whole;
    }
    const auto node = parse_filter(text);
    if (node) {
      ASSERT_TRUE(equal(**parse_filter(print_filter(**node)), **node)) << text;
    } else {
      ASSERT_THAT(node, FailsWith(Errc::invalid_argument, StartsWith("filter: at offset ")))
          << text;
    }
  }
}

}  // namespace
}  // namespace quartz::protocol
