#include "vector/payload_indexes.hpp"

#include <string>
#include <utility>

#include <gmock/gmock.h>

#include "protocol/filter_parser.hpp"
#include "quartz/vector/payload_limits.hpp"
#include "support/result_matchers.hpp"

namespace quartz::vector {
namespace {

using testing::HasSubstr;

const protocol::FilterPath kId = protocol::FilterPath::id();

SlotBitmap found(const PayloadIndexes& indexes, const protocol::FilterPath& path,
                 const char* condition) {
  const SlotBounds bounds = indexes.find(path)->find(*protocol::parse_filter(condition).value(),
                                                     SlotBitmap::range(0, 10));
  EXPECT_TRUE(bounds.is_exact()) << condition;
  return bounds.certain();
}

TEST(PayloadIndexes, fields_are_named_as_in_filters) {
  PayloadIndexes indexes;
  EXPECT_THAT(indexes.declare("author.name", PayloadIndexKind::keyword), Succeeds());
  EXPECT_THAT(indexes.declare("`first name`", PayloadIndexKind::keyword), Succeeds());
  EXPECT_THAT(indexes.declare("`id`", PayloadIndexKind::integer), Succeeds());
  EXPECT_THAT(indexes.declare("id", PayloadIndexKind::prefix), Succeeds());
  EXPECT_NE(indexes.find({{"author", "name"}}), nullptr);
  EXPECT_NE(indexes.find({{"first name"}}), nullptr);
  EXPECT_EQ(indexes.find({{"id"}})->kind(), PayloadIndexKind::integer);
  EXPECT_EQ(indexes.find(kId)->kind(), PayloadIndexKind::prefix);
  EXPECT_EQ(indexes.find({{"author"}}), nullptr);
}

TEST(PayloadIndexes, what_is_no_field_or_has_an_index_is_refused) {
  PayloadIndexes indexes;
  EXPECT_THAT(indexes.declare("", PayloadIndexKind::keyword), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(indexes.declare("a b", PayloadIndexKind::keyword),
              FailsWith(Errc::invalid_argument, HasSubstr("field: at offset 2")));
  EXPECT_THAT(indexes.declare("in", PayloadIndexKind::keyword),
              FailsWith(Errc::invalid_argument, HasSubstr("backquotes")));
  EXPECT_THAT(indexes.declare("id", PayloadIndexKind::integer),
              FailsWith(Errc::invalid_argument, HasSubstr("integer")));
  EXPECT_THAT(indexes.declare("a", PayloadIndexKind::keyword), Succeeds());
  EXPECT_THAT(indexes.declare("`a`", PayloadIndexKind::integer),
              FailsWith(Errc::already_exists, HasSubstr("field a")));
}

TEST(PayloadIndexes, are_limited_in_number) {
  PayloadIndexes indexes;
  for (std::size_t i = 0; i < kPayloadIndexesMax; ++i) {
    ASSERT_THAT(indexes.declare("f" + std::to_string(i), PayloadIndexKind::keyword), Succeeds());
  }
  EXPECT_THAT(indexes.declare("g", PayloadIndexKind::keyword),
              FailsWith(Errc::too_large, HasSubstr("64")));
}

TEST(PayloadIndexes, points_come_and_go) {
  PayloadIndexes indexes;
  indexes.declare("tag", PayloadIndexKind::keyword).value();
  indexes.declare("year", PayloadIndexKind::integer).value();
  indexes.declare("id", PayloadIndexKind::prefix).value();
  const std::string first = R"({"tag": ["a", "a", "b"], "year": 2020, "other": 1})";
  const std::string second = R"({"year": null, "tag": 7})";
  ASSERT_THAT(indexes.add(1, "doc:1", first), Succeeds());
  ASSERT_THAT(indexes.add(2, "img:1", second), Succeeds());
  ASSERT_THAT(indexes.add(3, "doc:2", ""), Succeeds());
  EXPECT_EQ(found(indexes, {{"tag"}}, "tag == 'a'"), SlotBitmap::of({1}));
  EXPECT_EQ(found(indexes, {{"year"}}, "year >= 2000"), SlotBitmap::of({1}));
  EXPECT_EQ(found(indexes, {{"year"}}, "exists(year)"), SlotBitmap::of({1, 2}));
  EXPECT_EQ(found(indexes, kId, "id starts_with 'doc:'"), SlotBitmap::of({1, 3}));
  ASSERT_THAT(indexes.remove(1, "doc:1", first), Succeeds());
  ASSERT_THAT(indexes.remove(2, "img:1", second), Succeeds());
  EXPECT_TRUE(found(indexes, {{"tag"}}, "tag == 'a'").empty());
  EXPECT_TRUE(found(indexes, {{"tag"}}, "exists(tag)").empty());
  EXPECT_EQ(found(indexes, kId, "id starts_with ''"), SlotBitmap::of({3}));
  // The slot is used again, for another point.
  ASSERT_THAT(indexes.add(1, "x", R"({"tag": "c"})"), Succeeds());
  EXPECT_EQ(found(indexes, {{"tag"}}, "tag in ['a', 'b', 'c']"), SlotBitmap::of({1}));
}

TEST(PayloadIndexes, a_damaged_payload_leaves_no_trace) {
  PayloadIndexes indexes;
  indexes.declare("a", PayloadIndexKind::keyword).value();
  indexes.declare("z", PayloadIndexKind::keyword).value();
  indexes.declare("id", PayloadIndexKind::keyword).value();
  EXPECT_THAT(indexes.add(1, "x", R"({"a": ["p", "q"], "b" 1})"),
              FailsWith(Errc::corruption, HasSubstr("slot 1")));
  EXPECT_TRUE(found(indexes, {{"a"}}, "exists(a)").empty());
  EXPECT_TRUE(found(indexes, {{"a"}}, "a in ['p', 'q']").empty());
  EXPECT_TRUE(found(indexes, kId, "id == 'x'").empty());
  ASSERT_THAT(indexes.add(1, "x", R"({"a": "p"})"), Succeeds());
  EXPECT_EQ(found(indexes, {{"a"}}, "a == 'p'"), SlotBitmap::of({1}));
}

TEST(PayloadIndexes, an_index_that_was_filled_beside_is_absorbed) {
  PayloadIndexes indexes;
  indexes.declare("a", PayloadIndexKind::keyword).value();
  const std::string payload = R"({"a": "x", "b": {"c": 5}})";
  indexes.add(4, "", payload).value();
  PayloadIndexes beside;
  beside.declare("b.c", PayloadIndexKind::integer).value();
  beside.add(4, "", payload).value();
  ASSERT_THAT(indexes.absorb(std::move(beside)), Succeeds());
  EXPECT_EQ(found(indexes, {{"b", "c"}}, "b.c == 5"), SlotBitmap::of({4}));
  indexes.add(5, "", payload).value();
  indexes.remove(4, "", payload).value();
  EXPECT_EQ(found(indexes, {{"a"}}, "a == 'x'"), SlotBitmap::of({5}));
  EXPECT_EQ(found(indexes, {{"b", "c"}}, "b.c == 5"), SlotBitmap::of({5}));
  PayloadIndexes again;
  again.declare("c", PayloadIndexKind::keyword).value();
  again.declare("a", PayloadIndexKind::keyword).value();
  EXPECT_THAT(indexes.absorb(std::move(again)), FailsWith(Errc::already_exists));
  EXPECT_EQ(indexes.find({{"c"}}), nullptr);
  EXPECT_GT(indexes.bytes(), 0u);
}

}  // namespace
}  // namespace quartz::vector
