#include "server/resp/similarity_filter.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/filter_limits.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;

bool matches(std::string_view expression, std::string_view payload) {
  const auto filter = similarity_filter(expression);
  EXPECT_TRUE(filter) << expression << ": " << filter.error().message();
  return filter && filter->matches("element", payload).value();
}

auto refuses(std::string_view what) {
  return FailsWith(Errc::invalid_argument, HasSubstr(std::string(what)));
}

constexpr std::string_view kFilm =
    R"({"title": "Alien", "year": 1979, "rating": 8.5, "genres": ["horror", "space"],)"
    R"( "seen": true, "lost": false, "sequel_of": null, "note": "", "stars": 0, "low-tide": -3})";

TEST(SimilarityFilter, numbers_are_compared) {
  EXPECT_TRUE(matches(".year == 1979", kFilm));
  EXPECT_TRUE(matches(".year != 1980", kFilm));
  EXPECT_FALSE(matches(".year != 1979.0", kFilm));
  EXPECT_TRUE(matches(".year<1980 and .year>=1979", kFilm));
  EXPECT_FALSE(matches(".year <= 1978", kFilm));
  EXPECT_TRUE(matches(".rating > 8.4e0", kFilm));
  EXPECT_TRUE(matches(".low-tide == -3", kFilm));
  EXPECT_TRUE(matches(".stars > -.5", kFilm));
}

TEST(SimilarityFilter, an_attribute_may_stand_on_either_side) {
  EXPECT_TRUE(matches("1980 > .year", kFilm));
  EXPECT_TRUE(matches("1979 <= .year", kFilm));
  EXPECT_FALSE(matches("1979 < .year", kFilm));
  EXPECT_TRUE(matches("\"Alien\" == .title", kFilm));
}

TEST(SimilarityFilter, texts_stand_in_either_kind_of_quotes) {
  EXPECT_TRUE(matches(".title == \"Alien\"", kFilm));
  EXPECT_TRUE(matches(".title == 'Alien'", kFilm));
  EXPECT_FALSE(matches(".title == 'alien'", kFilm));
  EXPECT_TRUE(matches(R"(.say == "a \"quote\"")", R"({"say": "a \"quote\""})"));
}

TEST(SimilarityFilter, words_and_signs_of_logic_mean_the_same) {
  for (const char* expression :
       {".year == 1979 and .title == 'Alien'", ".year == 1979 && .title == 'Alien'",
        ".year == 1 or .title == 'Alien'", ".year == 1 || .title == 'Alien'", "not (.year == 1)",
        "!(.year == 1)", "not .lost", "!.lost"}) {
    EXPECT_TRUE(matches(expression, kFilm)) << expression;
  }
}

TEST(SimilarityFilter, and_binds_tighter_than_or) {
  EXPECT_TRUE(matches(".seen or .seen and .lost", kFilm));
  EXPECT_FALSE(matches("(.seen or .seen) and .lost", kFilm));
}

TEST(SimilarityFilter, in_asks_lists_and_attributes) {
  EXPECT_TRUE(matches("\"space\" in .genres", kFilm));
  EXPECT_FALSE(matches("\"comedy\" in .genres", kFilm));
  EXPECT_TRUE(matches(".year in [1979, 1986]", kFilm));
  EXPECT_FALSE(matches(".year in [-1979, 'a', null]", kFilm));
  EXPECT_FALSE(matches(".year in []", kFilm));
  EXPECT_TRUE(matches("not (.title in ['Heat'])", kFilm));
  EXPECT_TRUE(matches("1 in [2, 1]", "{}"));
  EXPECT_FALSE(matches("3 in [2, 1]", "{}"));
}

TEST(SimilarityFilter, truth_values_are_the_numbers_one_and_zero) {
  EXPECT_TRUE(matches(".seen == true", kFilm));
  EXPECT_TRUE(matches(".seen == 1", kFilm));
  EXPECT_TRUE(matches(".lost == 0", kFilm));
  EXPECT_TRUE(matches(".lost != 1", kFilm));
  EXPECT_TRUE(matches(".n == true", R"({"n": 1})"));
}

TEST(SimilarityFilter, an_attribute_alone_asks_whether_it_says_anything) {
  EXPECT_TRUE(matches(".seen", kFilm));
  EXPECT_TRUE(matches(".title", kFilm));
  EXPECT_TRUE(matches(".year", kFilm));
  for (const char* expression : {".lost", ".note", ".stars", ".sequel_of"}) {
    EXPECT_FALSE(matches(expression, kFilm)) << expression;
  }
  EXPECT_TRUE(matches(".sequel_of == null", kFilm));
}

TEST(SimilarityFilter, an_element_without_the_attribute_never_matches) {
  for (const char* expression :
       {".absent == 1", ".absent != 1", "not .absent", "not (.absent == 1)",
        ".seen or .absent == 1", ".absent == null"}) {
    EXPECT_FALSE(matches(expression, kFilm)) << expression;
    EXPECT_FALSE(matches(expression, "")) << expression;
  }
}

TEST(SimilarityFilter, arithmetic_with_one_attribute_is_solved_for_it) {
  EXPECT_TRUE(matches(".year + 1 == 1980", kFilm));
  EXPECT_TRUE(matches(".year - 9 > 1969", kFilm));
  EXPECT_TRUE(matches("2000 - .year < 22", kFilm));
  EXPECT_TRUE(matches("2000 - .year <= 3 * 7", kFilm));
  EXPECT_FALSE(matches("2000 - .year < 3 * 7", kFilm));
  EXPECT_TRUE(matches(".rating * 2 == 17", kFilm));
  EXPECT_TRUE(matches(".rating / 2 > 4", kFilm));
  EXPECT_TRUE(matches("-.year < -1978", kFilm));
  EXPECT_TRUE(matches("(.year + 1) * 2 == 3960", kFilm));
  EXPECT_TRUE(matches(".stars + 1", kFilm));
  EXPECT_FALSE(matches(".year - 1979", kFilm));
}

TEST(SimilarityFilter, values_are_calculated_beforehand) {
  EXPECT_TRUE(matches(".year == 2 ** 11 - 69", kFilm));
  EXPECT_TRUE(matches(".year == 1979 % 10000", kFilm));
  EXPECT_TRUE(matches("1 + 1 == 2", "{}"));
  EXPECT_FALSE(matches("'a' == 'b'", "{}"));
  EXPECT_TRUE(matches("1 < 2 and 'x'", "{}"));
  EXPECT_FALSE(matches("0", "{}"));
}

TEST(SimilarityFilter, texts_have_the_order_of_the_numbers_that_they_are) {
  EXPECT_TRUE(matches(".year > '1978'", kFilm));
  EXPECT_THAT(similarity_filter(".title < 'B'"), refuses("order"));
  EXPECT_THAT(similarity_filter(".year < null"), refuses("order"));
}

TEST(SimilarityFilter, what_filters_cannot_tell_is_said) {
  EXPECT_THAT(similarity_filter(".a == .b"), refuses("two attributes"));
  EXPECT_THAT(similarity_filter(".a + .b > 1"), refuses("between attributes"));
  EXPECT_THAT(similarity_filter(".a * .b > 1"), refuses("between attributes"));
  EXPECT_THAT(similarity_filter(".a % 2 == 0"), refuses("'%'"));
  EXPECT_THAT(similarity_filter("1 / .a == 1"), refuses("division"));
  EXPECT_THAT(similarity_filter(".a * 0 == 1"), refuses("multiple"));
  EXPECT_THAT(similarity_filter(".a / 0 == 1"), refuses("multiple"));
  EXPECT_THAT(similarity_filter("1 / 0 == .a"), refuses("no number"));
  EXPECT_THAT(similarity_filter("not .a == 1"), refuses("parentheses"));
  EXPECT_THAT(similarity_filter(".a in .b"), refuses("'in'"));
  EXPECT_THAT(similarity_filter(".a == [1]"), refuses("list"));
  EXPECT_THAT(similarity_filter("[1]"), refuses("list"));
}

TEST(SimilarityFilter, a_mistake_is_shown_where_it_is) {
  for (const char* expression : {"", "  ", ".", ".a ==", ".a = 1", "(.a == 1", ".a == 1)",
                                 ".a == 'x", "year > 1", ".a in [1", ".a in [1 2]", ".a in [.b]",
                                 ".a in [-'x']", "and", ".a == 1 .b", "1e999 == .a"}) {
    EXPECT_THAT(similarity_filter(expression), refuses("syntax error in FILTER expression near"))
        << expression;
  }
  EXPECT_THAT(similarity_filter(".year > 1 nonsense"), refuses("near: nonsense"));
}

TEST(SimilarityFilter, what_is_too_long_or_too_deep_is_refused) {
  const auto refused = FailsWith(Errc::too_large, HasSubstr("FILTER"));
  EXPECT_THAT(similarity_filter(std::string(kFilterTextBytesMax + 1, ' ')), refused);
  EXPECT_THAT(similarity_filter(std::string(10'000, '(')), refused);
  EXPECT_THAT(similarity_filter(std::string(10'000, '!') + ".a"), refused);
  EXPECT_THAT(similarity_filter(std::string(10'000, '-') + ".a > 1"), refused);
  std::string chain = ".a";
  for (int i = 0; i < 2'000; ++i) chain += " or .a";
  EXPECT_THAT(similarity_filter(chain), refused);
}

}  // namespace
}  // namespace quartz::server
