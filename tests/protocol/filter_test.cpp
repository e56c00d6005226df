#include "quartz/vector/filter.hpp"

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "support/result_matchers.hpp"

namespace quartz {
namespace {

using testing::HasSubstr;

std::string text_of(const Filter& filter) { return filter.to_string(); }

TEST(Filter, made_in_code_equals_the_one_of_its_text) {
  EXPECT_EQ(field("year") >= 2020 && field("lang") == "en" && !field("draft").exists(),
            Filter::parse("year >= 2020 and lang == 'en' and not exists(draft)").value());
  EXPECT_EQ(field("tag").in({"a", "b"}) || field("name").starts_with("x"),
            Filter::parse("tag in ['a', 'b'] or name starts_with 'x'").value());
  EXPECT_EQ(id().starts_with("doc:"), Filter::parse("id starts_with 'doc:'").value());
  EXPECT_EQ(Filter(), Filter::parse("true").value());
  EXPECT_NE(field("a") == 1, field("a") == 2);
}

TEST(Filter, every_comparison_can_be_written_in_code) {
  EXPECT_EQ(text_of(field("a") == 1), "a == 1");
  EXPECT_EQ(text_of(field("a") != 1), "a != 1");
  EXPECT_EQ(text_of(field("a") < 1), "a < 1");
  EXPECT_EQ(text_of(field("a") <= 1), "a <= 1");
  EXPECT_EQ(text_of(field("a") > 1), "a > 1");
  EXPECT_EQ(text_of(field("a") >= 1), "a >= 1");
  EXPECT_EQ(text_of(id() != "x"), "id != 'x'");
  EXPECT_EQ(text_of(id().in({"x", "y"})), "id in ['x', 'y']");
}

TEST(Filter, values_are_made_of_the_types_of_cpp) {
  const std::string text = "x";
  EXPECT_EQ(text_of(field("a") == text), "a == 'x'");
  EXPECT_EQ(text_of(field("a") == std::string_view(text)), "a == 'x'");
  EXPECT_EQ(text_of(field("a") == "x"), "a == 'x'");
  EXPECT_EQ(text_of(field("a") == true), "a == true");
  EXPECT_EQ(text_of(field("a") == nullptr), "a == null");
  EXPECT_EQ(text_of(field("a") == 1.5F), "a == 1.5");
  EXPECT_EQ(text_of(field("a") == std::int8_t{-1}), "a == -1");
  EXPECT_EQ(text_of(field("a") == std::uint64_t{1}), "a == 1");
  EXPECT_EQ(text_of(field("a") == std::numeric_limits<std::uint64_t>::max()),
            "a == 18446744073709551615");
  EXPECT_EQ(FilterValue(1u), FilterValue(std::int64_t{1}));
  EXPECT_NE(FilterValue(1), FilterValue(1.0));
  static_assert(!std::is_constructible_v<FilterValue, char>);
  static_assert(!std::is_convertible_v<FilterField, FilterValue>);
}

TEST(Filter, lists_are_taken_from_any_range) {
  EXPECT_EQ(text_of(field("a").in({1, 2.5, "x", nullptr, true})), "a in [1, 2.5, 'x', null, true]");
  EXPECT_EQ(text_of(field("a").in(std::vector<int>{3, 4})), "a in [3, 4]");
  EXPECT_EQ(text_of(field("a").in(std::set<std::string>{"q", "p"})), "a in ['p', 'q']");
  EXPECT_EQ(text_of(field("a").in(std::vector<FilterValue>{})), "a in []");
}

TEST(Filter, paths_are_split_at_dots_and_names_are_not) {
  EXPECT_EQ(text_of(field("author.name") == 1), "author.name == 1");
  EXPECT_EQ(text_of(field({"com.example", "year"}) == 1), "`com.example`.year == 1");
  EXPECT_EQ(text_of(field({"a.b"}) == 1), "`a.b` == 1");
  EXPECT_EQ(text_of(field("id") == 1), "`id` == 1");
}

TEST(Filter, many_are_combined_at_once) {
  std::vector<Filter> many;
  EXPECT_EQ(Filter::all_of(many), Filter("true"));
  EXPECT_EQ(Filter::any_of(many), Filter("false"));
  for (int i = 0; i < 3; ++i) many.push_back(field("a") == i);
  EXPECT_EQ(text_of(Filter::any_of(many)), "a == 0 or a == 1 or a == 2");
  EXPECT_EQ(text_of(Filter::all_of(many)), "a == 0 and a == 1 and a == 2");
}

TEST(Filter, a_text_stands_for_its_filter_wherever_one_is_taken) {
  const auto taken = [](const Filter& filter) { return filter.to_string(); };
  EXPECT_EQ(taken("a==1"), "a == 1");
  EXPECT_EQ(taken(std::string("a==1")), "a == 1");
  EXPECT_EQ(text_of((field("a") == 1) && "b == 2"), "a == 1 and b == 2");
}

TEST(Filter, a_mistake_is_kept_until_the_filter_is_used) {
  EXPECT_THAT(Filter("year >=").validate(),
              FailsWith(Errc::invalid_argument, HasSubstr("at offset 7")));
  const Filter combined = field("a") == 1 && !Filter("year >=");
  EXPECT_THAT(combined.validate(), FailsWith(Errc::invalid_argument, HasSubstr("at offset 7")));
  EXPECT_THAT((field("a") < nullptr).validate(), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(id().exists().validate(), FailsWith(Errc::invalid_argument));
  EXPECT_THAT((id() == 5).validate(), FailsWith(Errc::invalid_argument));
  EXPECT_THAT((field("a") == std::numeric_limits<double>::quiet_NaN()).validate(),
              FailsWith(Errc::invalid_argument));
  EXPECT_THAT((field("a") == 1).validate(), Succeeds());
  EXPECT_THAT(Filter().validate(), Succeeds());
  EXPECT_THAT(Filter::parse("year >="), FailsWith(Errc::invalid_argument));
}

TEST(Filter, copies_share_what_they_are_and_survive_each_other) {
  auto original = std::make_unique<Filter>(field("a") == 1 && field("b").in({1, 2}));
  const Filter copy = *original;
  original.reset();
  EXPECT_EQ(copy, Filter("a == 1 and b in [1, 2]"));
}

TEST(Filter, is_read_by_many_threads) {
  const Filter filter = field("a") == 1 || field("b") < 2;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([filter] {
      for (int round = 0; round < 1000; ++round) {
        const Filter narrowed = filter && field("c") == round;
        EXPECT_THAT(narrowed.validate(), Succeeds());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace quartz
