#include "vector/filter_evaluator.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "protocol/filter_printer.hpp"
#include "support/result_matchers.hpp"
#include "vector/naive_filter.hpp"
#include "vector/payload.hpp"
#include "vector/random_payload.hpp"

namespace quartz::vector {
namespace {

using testing::HasSubstr;

bool matches(const Filter& filter, std::string_view payload, std::string_view id = "doc:1") {
  return filter.matches(id, payload).value();
}

TEST(FilterEvaluator, texts_compare_byte_by_byte) {
  const char* payload = R"({"lang": "en"})";
  EXPECT_TRUE(matches("lang == 'en'", payload));
  EXPECT_FALSE(matches("lang == 'EN'", payload));
  EXPECT_FALSE(matches("lang == 'eng'", payload));
  EXPECT_TRUE(matches("lang < 'eng' and lang > 'em' and lang >= 'en' and lang <= 'en'", payload));
  EXPECT_TRUE(matches("lang > 'z'", R"({"lang": "ä"})"));
  EXPECT_TRUE(matches("lang starts_with '' and lang starts_with 'e'", payload));
  EXPECT_FALSE(matches("lang starts_with 'eng' or lang starts_with 'n'", payload));
}

TEST(FilterEvaluator, numbers_compare_exactly_across_integers_and_doubles) {
  EXPECT_TRUE(matches("a == 1.0", R"({"a": 1})"));
  EXPECT_TRUE(matches("a == 1", R"({"a": 1.0})"));
  EXPECT_TRUE(matches("a == 100", R"({"a": 1e2})"));
  EXPECT_FALSE(matches("a == 9007199254740992.0", R"({"a": 9007199254740993})"));
  EXPECT_TRUE(matches("a > 9007199254740992.0", R"({"a": 9007199254740993})"));
  EXPECT_FALSE(matches("a == 9223372036854775808.0", R"({"a": 9223372036854775807})"));
  EXPECT_TRUE(matches("a == 18446744073709551615", R"({"a": 18446744073709551615})"));
  EXPECT_FALSE(matches("a == 18446744073709551615", R"({"a": 18446744073709551614})"));
  EXPECT_TRUE(matches("a > -1", R"({"a": 18446744073709551615})"));
  EXPECT_TRUE(matches("a == 0", R"({"a": -0.0})"));
}

TEST(FilterEvaluator, different_types_are_never_equal_and_have_no_order) {
  for (const char* filter : {"a == '1'", "a == true", "a == null", "a < '2'", "a >= ''",
                             "a in ['1', true, null]", "a starts_with '1'"}) {
    EXPECT_FALSE(matches(filter, R"({"a": 1})")) << filter;
  }
  EXPECT_FALSE(matches("a == 1", R"({"a": true})"));
  EXPECT_FALSE(matches("a == false", R"({"a": null})"));
  EXPECT_FALSE(matches("a == 'null'", R"({"a": null})"));
}

TEST(FilterEvaluator, comparisons_with_a_missing_field_are_false) {
  for (const char* filter : {"a == 1", "a < 1", "a > 1", "a <= ''", "a >= ''", "a == false",
                             "a in [0, '', false]", "a starts_with ''", "exists(a)"}) {
    EXPECT_FALSE(matches(filter, R"({"b": 1})")) << filter;
    EXPECT_FALSE(matches(filter, "")) << filter;
  }
}

TEST(FilterEvaluator, unequal_is_true_exactly_where_equal_is_false) {
  for (const char* payload : {"{}", R"({"a": 1})", R"({"a": 2})", R"({"a": "1"})", R"({"a": null})",
                              R"({"a": []})", R"({"a": [1, 2]})", R"({"a": {"b": 1}})"}) {
    EXPECT_NE(matches("a == 1", payload), matches("a != 1", payload)) << payload;
    EXPECT_NE(matches("a == null", payload), matches("a != null", payload)) << payload;
    EXPECT_NE(matches("a in [1, 2]", payload), matches("a not in [1, 2]", payload)) << payload;
  }
}

TEST(FilterEvaluator, a_missing_field_counts_as_null) {
  EXPECT_TRUE(matches("a == null", "{}"));
  EXPECT_TRUE(matches("a == null", R"({"a": null})"));
  EXPECT_TRUE(matches("a in [1, null]", "{}"));
  EXPECT_TRUE(matches("a != null", R"({"a": 0})"));
  EXPECT_FALSE(matches("a != null", "{}"));
  EXPECT_TRUE(matches("a == null", R"({"a": [1, null]})"));
  EXPECT_FALSE(matches("a == null", R"({"a": []})"));
}

TEST(FilterEvaluator, exists_asks_for_the_field_and_not_for_its_value) {
  for (const char* payload : {R"({"a": 1})", R"({"a": null})", R"({"a": []})", R"({"a": {}})"}) {
    EXPECT_TRUE(matches("exists(a)", payload)) << payload;
  }
  EXPECT_FALSE(matches("exists(a.b)", R"({"a": 1})"));
  EXPECT_TRUE(matches("exists(a.b)", R"({"a": [1, {"b": null}]})"));
}

TEST(FilterEvaluator, an_array_satisfies_what_one_of_its_elements_does) {
  const char* payload = R"({"tag": ["a", "b"], "n": [1, 9], "deep": [[["x"]]]})";
  EXPECT_TRUE(matches("tag == 'a' and tag == 'b'", payload));
  EXPECT_FALSE(matches("tag == 'c'", payload));
  EXPECT_FALSE(matches("tag != 'a'", payload));
  EXPECT_TRUE(matches("tag != 'c'", payload));
  EXPECT_TRUE(matches("tag in ['z', 'b']", payload));
  EXPECT_TRUE(matches("tag starts_with 'b'", payload));
  EXPECT_TRUE(matches("n < 2 and n > 8", payload));
  EXPECT_TRUE(matches("deep == 'x'", payload));
}

TEST(FilterEvaluator, a_path_leads_through_objects_and_arrays_of_them) {
  const char* payload = R"({"author": {"name": "Knuth"}, "by": [{"name": "A"}, {"name": "B"}],
                            "author.name": "dotted"})";
  EXPECT_TRUE(matches("author.name starts_with 'Kn'", payload));
  EXPECT_TRUE(matches("by.name == 'B'", payload));
  EXPECT_TRUE(matches("`author.name` == 'dotted'", payload));
  EXPECT_FALSE(matches("author == 'Knuth'", payload));
}

TEST(FilterEvaluator, the_id_is_not_a_field) {
  EXPECT_TRUE(matches("id == 'doc:1' and `id` == 7", R"({"id": 7})"));
  EXPECT_TRUE(matches("id starts_with 'doc:' and id in ['x', 'doc:1'] and id < 'e'", "{}"));
  EXPECT_FALSE(matches("id == 'doc:2'", "{}"));
  EXPECT_TRUE(
      matches(id() == std::string_view("a\0\xFF", 3), "{}", std::string_view("a\0\xFF", 3)));
}

TEST(FilterEvaluator, conditions_combine) {
  const char* payload = R"({"lang": "en", "year": 2024, "price": 9.5, "draft": false})";
  EXPECT_TRUE(matches("lang == 'en' and year >= 2020", payload));
  EXPECT_TRUE(matches("price < 9.5 or not exists(stock)", payload));
  EXPECT_TRUE(matches("not (lang == 'de' or year < 2000) and not draft == true", payload));
  EXPECT_FALSE(matches("lang == 'en' and (year < 2020 or draft == true)", payload));
  EXPECT_TRUE(matches("true", payload));
  EXPECT_FALSE(matches("false", payload));
  EXPECT_TRUE(matches(Filter(), payload));
}

TEST(FilterEvaluator, a_filter_without_fields_needs_no_payload) {
  EXPECT_TRUE(FilterEvaluator::compile("id starts_with 'a' or false")->ignores_payload());
  EXPECT_FALSE(FilterEvaluator::compile("exists(a)")->ignores_payload());
}

TEST(FilterEvaluator, mistakes_of_filter_and_payload_are_reported) {
  EXPECT_THAT(FilterEvaluator::compile("a =="), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(Filter("a ==").matches("x", "{}"), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(Filter("a == 1").matches("x", "[]"),
              FailsWith(Errc::invalid_argument, HasSubstr("payload")));
}

TEST(FilterEvaluator, a_text_that_is_no_payload_matches_nothing) {
  const auto negated = FilterEvaluator::compile("not a == 1").value();
  for (const char* text : {"[]", "{", "{\"b\":", "{\"b\" 1}", "{\"b\":1", "x"}) {
    EXPECT_FALSE(negated.matches("x", text)) << text;
  }
}

// What lies behind the field that decides is damaged, so that reading on would show.
TEST(FilterEvaluator, reads_no_further_than_until_the_answer_is_certain) {
  const auto matches_beginning = [](const char* filter, const char* text) {
    return FilterEvaluator::compile(filter).value().matches("x", text);
  };
  EXPECT_TRUE(matches_beginning("id == 'x' or a == 1", "damage"));
  EXPECT_TRUE(matches_beginning("a == 1 or b == 2", R"({"a": 1, damage)"));
  EXPECT_TRUE(matches_beginning("not (a == 2 and b == 2)", R"({"a": 1, damage)"));
  EXPECT_TRUE(matches_beginning("a != 2 or b == 2", R"({"a": [1, 3], damage)"));
  EXPECT_TRUE(matches_beginning("id == 'x' and a.c == 1 or b == 2", R"({"a": {"c": 1}, damage)"));
}

TEST(FilterEvaluator, thousands_of_comparisons_are_answered_too) {
  std::vector<Filter> many;
  for (int i = 0; i < 5000; ++i) many.push_back(field("f" + std::to_string(i % 100)) == i);
  const auto one_of = FilterEvaluator::compile(Filter::any_of(many)).value();
  EXPECT_TRUE(one_of.matches("x", R"({"f99": 4999})"));
  EXPECT_FALSE(one_of.matches("x", R"({"f99": 4998})"));
}

TEST(FilterEvaluator, long_lists_are_looked_up) {
  std::vector<FilterValue> values;
  for (int i = 0; i < 5000; ++i) values.emplace_back("tag" + std::to_string(i));
  for (int i = 0; i < 5000; ++i) values.emplace_back(i * 2);
  const auto listed = FilterEvaluator::compile(field("a").in(values)).value();
  EXPECT_TRUE(listed.matches("x", R"({"a": "tag4999"})"));
  EXPECT_FALSE(listed.matches("x", R"({"a": "tag5000"})"));
  EXPECT_TRUE(listed.matches("x", R"({"a": 9998.0})"));
  EXPECT_FALSE(listed.matches("x", R"({"a": 9997})"));
}

TEST(FilterEvaluator, agrees_with_a_naive_evaluator_on_random_payloads_and_filters) {
  Random random(13);
  const auto vocabulary = everyday_vocabulary();
  std::vector<std::string> payloads;
  for (int i = 0; i < 200; ++i) payloads.push_back(random_payload(random, vocabulary));
  payloads.emplace_back();
  std::size_t matching = 0;
  std::size_t asked = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto tree = random_filter(random, vocabulary, random.below(4));
    const auto evaluator = FilterEvaluator::compile(Filter(tree)).value();
    for (int round = 0; round < 20; ++round) {
      const std::string& payload = pick(random, payloads);
      const std::string& id = pick(random, vocabulary.ids);
      const bool expected = naively_matches(*tree, id, payload);
      ASSERT_EQ(evaluator.matches(id, payload), expected) << protocol::print_filter(*tree) << "\n"
                                                          << id << "\n"
                                                          << payload;
      matching += expected ? 1 : 0;
      ++asked;
    }
  }
  // Neither answer is rare, so that both are compared.
  EXPECT_GT(matching, asked / 5);
  EXPECT_LT(matching, asked * 4 / 5);
}

}  // namespace
}  // namespace quartz::vector
