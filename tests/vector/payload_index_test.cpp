#include "vector/payload_index.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "protocol/filter_parser.hpp"
#include "vector/naive_filter.hpp"
#include "vector/payload_indexes.hpp"

namespace quartz::vector {
namespace {

const std::vector<PayloadIndexKind> kKinds = {PayloadIndexKind::keyword, PayloadIndexKind::prefix,
                                              PayloadIndexKind::integer, PayloadIndexKind::floating,
                                              PayloadIndexKind::boolean};

// Points with these payloads, in the slots from 0 on, and an index on their field "f".
struct IndexedPoints {
  IndexedPoints(PayloadIndexKind kind, std::vector<std::string> payloads_of_slots)
      : payloads(std::move(payloads_of_slots)), all(SlotBitmap::range(0, payloads.size())) {
    indexes.declare("f", kind).value();
    for (Slot slot = 0; slot < payloads.size(); ++slot)
      indexes.add(slot, "", payloads[slot]).value();
  }

  const PayloadIndex& index() const { return *indexes.find({{"f"}}); }
  SlotBounds find(const std::string& condition) const {
    return index().find(*protocol::parse_filter(condition).value(), all);
  }
  SlotEstimate estimate(const std::string& condition) const {
    return index().estimate(*protocol::parse_filter(condition).value(), all.count());
  }
  SlotBitmap matching(const std::string& condition) const {
    SlotBitmap slots;
    const auto filter = protocol::parse_filter(condition).value();
    for (Slot slot = 0; slot < payloads.size(); ++slot) {
      if (naively_matches(*filter, "", payloads[slot])) slots.add(slot);
    }
    return slots;
  }
  // Found exactly, and just those that match.
  void expect_exact(const std::string& condition) const {
    const SlotBounds bounds = find(condition);
    EXPECT_TRUE(bounds.is_exact()) << condition;
    EXPECT_EQ(bounds.certain(), matching(condition)) << condition;
    expect_estimate(condition);
  }
  // Whatever was found is true.
  void expect_sound(const std::string& condition) const {
    const SlotBounds bounds = find(condition);
    SlotBitmap wrong = bounds.certain();
    EXPECT_TRUE((wrong -= matching(condition)).empty()) << condition;
    SlotBitmap missed = matching(condition);
    EXPECT_TRUE((missed -= bounds.possible()).empty()) << condition;
    expect_estimate(condition);
  }
  void expect_estimate(const std::string& condition) const {
    const SlotEstimate count = estimate(condition);
    const auto matches = matching(condition).count();
    EXPECT_LE(count.at_least, matches) << condition;
    EXPECT_GE(count.at_most, matches) << condition;
    EXPECT_LE(count.at_least, count.expected) << condition;
    EXPECT_GE(count.at_most, count.expected) << condition;
  }

  PayloadIndexes indexes;
  std::vector<std::string> payloads;
  SlotBitmap all;
};

TEST(PayloadIndex, of_keywords_answers_equality) {
  const IndexedPoints points(PayloadIndexKind::keyword,
                             {R"({"f": "a"})", R"({"f": "b"})", R"({"f": "a"})", "{}", "",
                              R"({"f": ["a", "b"]})", R"({"f": null})", R"({"f": []})"});
  for (const char* condition :
       {"f == 'a'", "f == 'c'", "f != 'a'", "f in ['b', 'a', 'b']", "f in []", "f == null",
        "f != null", "f in ['b', null]", "exists(f)"}) {
    points.expect_exact(condition);
  }
  EXPECT_EQ(points.estimate("f == 'a'"), SlotEstimate::exactly(3));
}

TEST(PayloadIndex, of_keywords_leaves_order_open) {
  const IndexedPoints points(PayloadIndexKind::keyword, {R"({"f": "a"})", R"({"f": "b"})", "{}"});
  for (const char* condition : {"f < 'b'", "f starts_with 'a'"}) {
    points.expect_sound(condition);
    EXPECT_EQ(points.find(condition).possible(), SlotBitmap::of({0, 1})) << condition;
  }
}

TEST(PayloadIndex, of_prefixes_answers_everything_about_texts) {
  const IndexedPoints points(
      PayloadIndexKind::prefix,
      {R"({"f": "doc"})", R"({"f": "doc:1"})", R"({"f": "doc:2"})", R"({"f": "doc;"})",
       R"({"f": ""})", R"({"f": ["a", "zz"]})", "{}", R"({"f": "\u0000"})", R"({"f": "ÿ"})"});
  for (const char* condition :
       {"f starts_with 'doc:'", "f starts_with ''", "f starts_with 'doc:3'", "f < 'doc:1'",
        "f <= 'doc:1'", "f > 'doc:1'", "f >= 'doc:1'", "f == ''", "f != 'doc'", "f >= ''",
        "f starts_with 'Ã'", "f in ['zz', 'a']", "f == null"}) {
    points.expect_exact(condition);
  }
}

TEST(PayloadIndex, of_integers_answers_every_comparison_with_numbers) {
  const IndexedPoints points(
      PayloadIndexKind::integer,
      {R"({"f": 1})", R"({"f": 2.0})", R"({"f": -3})", R"({"f": 9007199254740993})",
       R"({"f": 9223372036854775807})", R"({"f": -9223372036854775808})", R"({"f": [1, 2, 3]})"});
  for (const char* condition :
       {"f == 1", "f == 1.0", "f == 1.5", "f < 1.5", "f <= 2", "f > 2", "f >= 2.0", "f != 2",
        "f > 9007199254740992.0", "f < 9223372036854775808.0", "f < 18446744073709551615",
        "f >= -1e300", "f in [1, 1.0, -3]"}) {
    points.expect_exact(condition);
  }
}

TEST(PayloadIndex, of_integers_leaves_open_what_only_other_numbers_could_satisfy) {
  const IndexedPoints points(PayloadIndexKind::integer, {R"({"f": 1})", R"({"f": 1.5})",
                                                         R"({"f": 18446744073709551615})", "{}"});
  for (const char* condition : {"f > 1", "f == 1.5", "f < 2", "f != 1"})
    points.expect_sound(condition);
  EXPECT_EQ(points.find("f < 1").possible(), SlotBitmap::of({1, 2}));
  EXPECT_TRUE(points.find("f == 'x'").is_exact());
  points.expect_exact("exists(f)");
}

TEST(PayloadIndex, of_floating_numbers_holds_all_numbers) {
  const IndexedPoints points(
      PayloadIndexKind::floating,
      {R"({"f": 0.1})", R"({"f": 18446744073709551615})", R"({"f": 18446744073709551616})",
       R"({"f": -0.0})", R"({"f": 9007199254740993})", R"({"f": 9007199254740992})",
       R"({"f": 1e-400})", R"({"f": -1.7976931348623157e308})"});
  for (const char* condition :
       {"f == 0", "f < 0.1", "f >= 0.1", "f == 18446744073709551615", "f > 18446744073709551615",
        "f == 9007199254740992.0", "f > 9007199254740992", "f in [0, 0.0, -0.0]", "f < -1e308"}) {
    points.expect_exact(condition);
  }
}

TEST(PayloadIndex, of_truth_values_answers_equality) {
  const IndexedPoints points(PayloadIndexKind::boolean, {R"({"f": true})", R"({"f": false})", "{}",
                                                         R"({"f": [true, false]})"});
  for (const char* condition : {"f == true", "f == false", "f != true", "f in [false, null]"}) {
    points.expect_exact(condition);
  }
}

TEST(PayloadIndex, of_any_kind_is_right_about_values_of_any_type) {
  for (const PayloadIndexKind kind : kKinds) {
    const IndexedPoints points(
        kind, {R"({"f": "a"})", R"({"f": 1})", R"({"f": 1.5})", R"({"f": true})", R"({"f": null})",
               R"({"f": {}})", R"({"f": ["a", 1, true, null, "b", 2]})", R"({"f": [[]]})", "{}"});
    for (const char* condition :
         {"f == 'a'", "f == 1", "f == 1.5", "f == true", "f == null", "f != 'a'", "f != 1",
          "f != true", "f != null", "f < 'b'", "f < 2", "f starts_with 'a'", "exists(f)",
          "f in ['a', 1, true]", "f in [null, 'b', false]", "f in []"}) {
      points.expect_sound(condition);
    }
    points.expect_exact("exists(f)");
    points.expect_exact("f == null");
  }
}

TEST(PayloadIndex, knows_exactly_that_no_value_is_of_another_type) {
  const IndexedPoints points(PayloadIndexKind::integer, {R"({"f": 1})", R"({"f": null})", "{}"});
  points.expect_exact("f == 'a'");
  points.expect_exact("f != true");
}

TEST(PayloadIndex, counts_ranges_exactly_while_no_point_has_two_values) {
  std::vector<std::string> payloads;
  for (int i = 0; i < 1000; ++i) payloads.push_back("{\"f\": " + std::to_string(i) + "}");
  const IndexedPoints single(PayloadIndexKind::integer, payloads);
  EXPECT_EQ(single.estimate("f < 300"), SlotEstimate::exactly(300));
  payloads.emplace_back(R"({"f": [1, 2, 3]})");
  const IndexedPoints repeated(PayloadIndexKind::integer, payloads);
  EXPECT_EQ(repeated.estimate("f < 300"), (SlotEstimate{301, 303, 303}));
}

TEST(PayloadIndex, names_its_kinds) {
  std::vector<std::string> names;
  for (const PayloadIndexKind kind : kKinds) names.emplace_back(to_string(kind));
  EXPECT_THAT(names, testing::ElementsAre("keyword", "prefix", "integer", "floating", "boolean"));
}

}  // namespace
}  // namespace quartz::vector
