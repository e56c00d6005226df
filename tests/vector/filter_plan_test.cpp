#include "vector/filter_plan.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "protocol/filter_printer.hpp"
#include "support/result_matchers.hpp"
#include "vector/naive_filter.hpp"
#include "vector/random_payload.hpp"

namespace quartz::vector {
namespace {

struct Point {
  std::string id;
  std::string payload;
};

// Points in some of the slots, and indexes that know them.
struct Points {
  void put(Slot slot, Point point) {
    indexes.add(slot, point.id, point.payload).value();
    slots.add(slot);
    if (by_slot.size() <= slot) by_slot.resize(slot + 1);
    by_slot[slot] = std::move(point);
  }
  void drop(Slot slot) {
    indexes.remove(slot, by_slot[slot].id, by_slot[slot].payload).value();
    slots.remove(slot);
  }
  SlotBitmap matching(const protocol::FilterExpression& filter) const {
    SlotBitmap found;
    for (const Slot slot : slots.to_vector()) {
      if (naively_matches(filter, by_slot[slot].id, by_slot[slot].payload)) found.add(slot);
    }
    return found;
  }
  FilterPlan plan(Filter filter) const {
    return FilterPlan::make(std::move(filter), indexes).value();
  }

  PayloadIndexes indexes;
  SlotBitmap slots;
  std::vector<Point> by_slot;
};

bool is_subset(SlotBitmap part, const SlotBitmap& whole) { return (part -= whole).empty(); }

// Everything that a plan promises about a filter, by looking at every point.
void expect_promises(const Points& points, const protocol::FilterNode& filter) {
  const std::string text = protocol::print_filter(*filter);
  const FilterPlan plan = points.plan(Filter(filter));
  const SlotBitmap matching = points.matching(*filter);
  const SlotEstimate estimate = plan.estimate(points.slots.count());
  ASSERT_LE(estimate.at_least, matching.count()) << text;
  ASSERT_GE(estimate.at_most, matching.count()) << text;
  ASSERT_LE(estimate.at_least, estimate.expected) << text;
  ASSERT_GE(estimate.at_most, estimate.expected) << text;

  const FilterCandidates candidates = plan.candidates(points.slots);
  ASSERT_TRUE(is_subset(candidates.slots.certain(), matching)) << text;
  ASSERT_TRUE(is_subset(matching, candidates.slots.possible())) << text;
  ASSERT_TRUE(is_subset(candidates.slots.possible(), points.slots)) << text;
  ASSERT_TRUE(!candidates.slots.is_exact() || candidates.residual == Filter()) << text;
  for (const Slot slot : candidates.slots.possible().to_vector()) {
    const Point& point = points.by_slot[slot];
    ASSERT_EQ(naively_matches(*candidates.residual.expression(), point.id, point.payload),
              matching.contains(slot))
        << text << "\n"
        << candidates.residual.to_string() << "\n"
        << point.payload;
  }
}

Points library() {
  Points points;
  points.indexes.declare("lang", PayloadIndexKind::keyword).value();
  points.indexes.declare("year", PayloadIndexKind::integer).value();
  const char* languages[] = {"en", "de", "fr", "es"};
  for (Slot slot = 0; slot < 1000; ++slot) {
    points.put(slot, {"doc:" + std::to_string(slot),
                      R"({"lang": ")" + std::string(languages[slot % 4]) + R"(", "year": )" +
                          std::to_string(1990 + slot % 40) + R"(, "title": "t)" +
                          std::to_string(slot % 7) + "\"}"});
  }
  return points;
}

TEST(FilterPlan, is_exact_where_every_field_has_an_index) {
  const Points points = library();
  for (const char* text :
       {"lang == 'en'", "lang == 'en' and year >= 2020", "lang == 'en' or year < 2000",
        "not (lang == 'en' or year < 2000)", "lang != 'en' and not year in [1990, 1991]",
        "lang == null", "exists(year) and year > 2050", "true", "false", "not true"}) {
    const auto candidates = points.plan(text).candidates(points.slots);
    EXPECT_TRUE(candidates.slots.is_exact()) << text;
    EXPECT_EQ(candidates.slots.certain(), points.matching(*Filter(text).expression())) << text;
    EXPECT_EQ(candidates.residual, Filter()) << text;
  }
}

TEST(FilterPlan, leaves_what_no_index_answers) {
  const Points points = library();
  const auto residual = [&](const char* text) {
    return points.plan(text).candidates(points.slots).residual.to_string();
  };
  EXPECT_EQ(residual("lang == 'en' and title == 't1'"), "title == 't1'");
  EXPECT_EQ(residual("title == 't1' and lang == 'en' and id starts_with 'doc:1'"),
            "title == 't1' and id starts_with 'doc:1'");
  EXPECT_EQ(residual("title == 't1' and (lang == 'en' and year == 1990 or title == 't2')"),
            "title == 't1' and (lang == 'en' and year == 1990 or title == 't2')");
  EXPECT_EQ(residual("lang == 'en' or title == 't1'"), "lang == 'en' or title == 't1'");
  EXPECT_EQ(residual("not (lang == 'en' and title == 't1')"),
            "not (lang == 'en' and title == 't1')");
  EXPECT_EQ(residual("lang == 'xx' and title == 't1'"), "true");
}

TEST(FilterPlan, narrows_what_it_cannot_answer) {
  const Points points = library();
  const auto both = points.plan("lang == 'en' and title == 't1'").candidates(points.slots);
  EXPECT_EQ(both.slots.possible().count(), 250u);
  EXPECT_TRUE(both.slots.certain().empty());
  const auto either = points.plan("lang == 'en' or title == 't1'").candidates(points.slots);
  EXPECT_EQ(either.slots.possible().count(), 1000u);
  EXPECT_EQ(either.slots.certain().count(), 250u);
  const auto neither = points.plan("not (lang == 'en' or title == 't1')").candidates(points.slots);
  EXPECT_EQ(neither.slots.possible().count(), 750u);
  EXPECT_TRUE(neither.slots.certain().empty());
}

TEST(FilterPlan, estimates_without_looking_for_slots) {
  const Points points = library();
  const auto estimate = [&](const char* text) { return points.plan(text).estimate(1000); };
  EXPECT_EQ(estimate("lang == 'en'"), SlotEstimate::exactly(250));
  EXPECT_EQ(estimate("lang != 'en'"), SlotEstimate::exactly(750));
  EXPECT_EQ(estimate("year < 2000"), SlotEstimate::exactly(250));
  EXPECT_EQ(estimate("lang == 'en' and year < 2010"), (SlotEstimate{0, 125, 250}));
  EXPECT_EQ(estimate("lang == 'en' or year < 2010"), (SlotEstimate{500, 625, 750}));
  EXPECT_EQ(estimate("lang == 'xx' and title == 't1'"), SlotEstimate::exactly(0));
  EXPECT_EQ(estimate("title == 't1'"), (SlotEstimate{0, 50, 1000}));
  EXPECT_EQ(estimate("not title == 't1'"), (SlotEstimate{0, 950, 1000}));
  EXPECT_EQ(estimate("true"), SlotEstimate::exactly(1000));
  EXPECT_EQ(points.plan("lang == 'en' and year < 2010").estimate(0), SlotEstimate::exactly(0));
}

TEST(FilterPlan, refuses_a_filter_with_a_mistake) {
  const PayloadIndexes none;
  EXPECT_THAT(FilterPlan::make("lang ==", none), FailsWith(Errc::invalid_argument));
}

TEST(FilterPlan, without_indexes_everything_is_possible) {
  Points points;
  points.put(0, {"a", R"({"x": 1})"});
  points.put(5, {"b", ""});
  const auto candidates = points.plan("x == 1").candidates(points.slots);
  EXPECT_EQ(candidates.slots.possible(), points.slots);
  EXPECT_EQ(candidates.residual, Filter("x == 1"));
}

TEST(FilterPlan, keeps_its_promises_for_random_points_filters_and_indexes) {
  Random random(17);
  const auto vocabulary = everyday_vocabulary();
  for (int round = 0; round < 12; ++round) {
    Points points;
    for (const char* field : {"a", "b", "c.d", "c.e", "c", "`odd name`.f"}) {
      if (random.one_in(3)) continue;
      points.indexes.declare(field, static_cast<PayloadIndexKind>(random.below(5))).value();
    }
    if (random.one_in(2)) points.indexes.declare("id", PayloadIndexKind::prefix).value();
    for (Slot slot = 0; slot < 120; ++slot) {
      points.put(slot, {pick(random, vocabulary.ids), random_payload(random, vocabulary)});
    }
    // Some go, and some of their slots are used again.
    for (Slot slot = 0; slot < 120; slot += 1 + static_cast<Slot>(random.below(4))) {
      points.drop(slot);
      if (random.one_in(2)) {
        points.put(slot, {pick(random, vocabulary.ids), random_payload(random, vocabulary)});
      }
    }
    for (int i = 0; i < 150; ++i) {
      expect_promises(points, random_filter(random, vocabulary, random.below(4)));
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(FilterPlan, is_exact_for_random_filters_on_texts_with_ordered_indexes) {
  Random random(19);
  auto vocabulary = everyday_vocabulary();
  std::erase_if(vocabulary.values, [](const FilterValue& value) { return !value.is_text(); });
  vocabulary.paths = {{{"a"}}, {{"b"}}, {{"c", "d"}}};
  Points points;
  for (const char* field : {"a", "b", "c.d", "id"}) {
    points.indexes.declare(field, PayloadIndexKind::prefix).value();
  }
  for (Slot slot = 0; slot < 200; ++slot) {
    points.put(slot, {pick(random, vocabulary.ids), random_payload(random, vocabulary)});
  }
  for (int i = 0; i < 500; ++i) {
    const auto filter = random_filter(random, vocabulary, random.below(5));
    const auto candidates = points.plan(Filter(filter)).candidates(points.slots);
    ASSERT_TRUE(candidates.slots.is_exact()) << protocol::print_filter(*filter);
    ASSERT_EQ(candidates.slots.certain(), points.matching(*filter))
        << protocol::print_filter(*filter);
  }
}

}  // namespace
}  // namespace quartz::vector
