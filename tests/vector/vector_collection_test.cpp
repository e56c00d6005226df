#include "quartz/vector/vector_collection.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/no_more_threads.hpp"
#include "support/result_matchers.hpp"
#include "vector/sample_collection.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using Vector = std::vector<float>;

const VectorCollectionConfig kPlane = {.dimensions = 2, .metric = Metric::l2};

TEST_F(VectorCollectionTest, finds_what_was_stored_as_soon_as_the_write_has_returned) {
  VectorCollection docs = open(kPlane);
  ASSERT_THAT(docs.upsert("near", Vector{1, 1}), Succeeds());
  ASSERT_THAT(docs.upsert("far", Vector{5, 5}), Succeeds());
  const auto hits = docs.search(Vector{0, 0}).value();
  EXPECT_THAT(ids_of(hits), ElementsAre("near", "far"));
  EXPECT_FLOAT_EQ(hits[0].score, 2);
  EXPECT_FLOAT_EQ(hits[1].score, 50);
  EXPECT_EQ(docs.count(), 2u);
}

TEST_F(VectorCollectionTest, returns_a_point_as_it_was_given) {
  VectorCollection docs = open({.dimensions = 3, .metric = Metric::cosine});
  const VectorPoint point = {.id = "p", .vectors = {{3, 0, 4}, {1, 2, 2}}, .payload = R"({"a":1})"};
  ASSERT_THAT(docs.upsert(point), Succeeds());
  EXPECT_EQ(docs.get("p").value(), point);
  EXPECT_TRUE(docs.contains("p").value());
  EXPECT_EQ(docs.get("q").value(), std::nullopt);
}

TEST_F(VectorCollectionTest, scores_are_those_of_the_metric) {
  auto cosine = VectorCollection::open(engine_, "c", {.dimensions = 2, .metric = Metric::cosine});
  auto dot = VectorCollection::open(engine_, "d", {.dimensions = 2, .metric = Metric::dot});
  for (auto* docs : {&*cosine, &*dot}) {
    ASSERT_THAT(docs->upsert("x", Vector{2, 0}), Succeeds());
    ASSERT_THAT(docs->upsert("xy", Vector{3, 3}), Succeeds());
  }
  const auto by_angle = cosine->search(Vector{10, 0}).value();
  EXPECT_THAT(ids_of(by_angle), ElementsAre("x", "xy"));
  EXPECT_FLOAT_EQ(by_angle[0].score, 1);
  EXPECT_NEAR(by_angle[1].score, 0.70710678, 1e-6);
  const auto by_product = dot->search(Vector{10, 0}).value();
  EXPECT_THAT(ids_of(by_product), ElementsAre("xy", "x"));
  EXPECT_FLOAT_EQ(by_product[0].score, 30);
}

TEST_F(VectorCollectionTest, stores_a_point_in_place_of_the_one_with_its_id) {
  VectorCollection docs = open(kPlane);
  ASSERT_THAT(docs.upsert("p", Vector{1, 0}), Succeeds());
  ASSERT_THAT(docs.upsert("p", Vector{0, 7}), Succeeds());
  const auto hits = docs.search(Vector{1, 0}).value();
  ASSERT_THAT(hits, SizeIs(1));
  EXPECT_FLOAT_EQ(hits[0].score, 50);
  EXPECT_EQ(docs.count(), 1u);
}

TEST_F(VectorCollectionTest, does_not_find_what_was_removed) {
  VectorCollection docs = open(kPlane);
  ASSERT_THAT(docs.upsert("p", Vector{1, 0}), Succeeds());
  ASSERT_THAT(docs.remove("p"), Succeeds());
  ASSERT_THAT(docs.remove("never"), Succeeds());
  EXPECT_THAT(docs.search(Vector{1, 0}).value(), IsEmpty());
  EXPECT_EQ(docs.get("p").value(), std::nullopt);
  EXPECT_EQ(docs.count(), 0u);
}

TEST_F(VectorCollectionTest, finds_a_point_by_the_nearest_of_its_vectors_and_once) {
  VectorCollection docs = open(kPlane);
  ASSERT_THAT(docs.upsert({.id = "two", .vectors = {{0, 1}, {9, 9}}}), Succeeds());
  ASSERT_THAT(docs.upsert("one", Vector{0, 2}), Succeeds());
  EXPECT_THAT(ids_of(docs.search(Vector{0, 0}).value()), ElementsAre("two", "one"));
  EXPECT_THAT(ids_of(docs.search(Vector{9, 8}).value()), ElementsAre("two", "one"));
}

TEST_F(VectorCollectionTest, writes_points_and_keys_in_one_batch_or_not_at_all) {
  VectorCollection docs = open(kPlane);
  WriteBatch batch;
  batch.put("doc:1:text", "hello").upsert(docs, "doc:1", Vector{1, 2}, R"({"lang":"en"})");
  batch.upsert(docs, VectorPoint{.id = "doc:2", .vectors = {{3, 4}}}).remove(docs, "doc:3");
  ASSERT_THAT(engine_.write(batch), Succeeds());
  EXPECT_EQ(engine_.get("doc:1:text").value(), "hello");
  EXPECT_EQ(docs.count(), 2u);

  WriteBatch wrong;
  wrong.put("key", "value").upsert(docs, "doc:4", Vector{1, 2, 3});
  EXPECT_THAT(engine_.write(wrong), FailsWith(Errc::invalid_argument, HasSubstr("3 dimensions")));
  EXPECT_FALSE(engine_.contains("key").value());
}

TEST_F(VectorCollectionTest, replaces_a_payload_and_keeps_the_vectors) {
  VectorCollection docs = open(kPlane);
  ASSERT_THAT(docs.upsert("p", Vector{1, 2}, R"({"a":1})"), Succeeds());
  EXPECT_TRUE(docs.set_payload("p", R"({"a":2})").value());
  EXPECT_FALSE(docs.set_payload("q", R"({"a":2})").value());
  const auto hits = docs.search(Vector{1, 2}, {.with_payload = true, .with_vectors = true}).value();
  ASSERT_THAT(hits, SizeIs(1));
  EXPECT_EQ(hits[0].payload, R"({"a":2})");
  EXPECT_THAT(hits[0].vectors, ElementsAre(Vector{1, 2}));
}

TEST_F(VectorCollectionTest, refuses_what_can_not_be_stored) {
  VectorCollection docs = open({.dimensions = 2, .metric = Metric::cosine});
  EXPECT_THAT(docs.upsert("", Vector{1, 1}), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(docs.upsert(std::string(1025, 'i'), Vector{1, 1}), FailsWith(Errc::too_large));
  EXPECT_THAT(docs.upsert("p", Vector{1}), FailsWith(Errc::invalid_argument, HasSubstr("\"p\"")));
  EXPECT_THAT(docs.upsert("p", Vector{0, 0}), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(docs.upsert("p", Vector{1, NAN}), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(docs.upsert("p", Vector{1, 1}, "[1]"), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(docs.upsert({.id = "p", .vectors = {}}), FailsWith(Errc::invalid_argument));
  EXPECT_EQ(docs.count(), 0u);
}

TEST_F(VectorCollectionTest, refuses_a_search_that_makes_no_sense) {
  VectorCollection docs = open(kPlane);
  const Vector query = {1, 1};
  EXPECT_THAT(docs.search(Vector{1}), FailsWith(Errc::invalid_argument, HasSubstr("the query")));
  EXPECT_THAT(docs.search(query, {.k = 0}), FailsWith(Errc::invalid_argument, HasSubstr("k = 0")));
  EXPECT_THAT(docs.search(query, {.k = 10, .ef_search = 9}), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(docs.search(query, {.recall = 1.0}), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(docs.search(query, {.filter = "year >="}), FailsWith(Errc::invalid_argument));
}

TEST_F(VectorCollectionTest, searches_from_a_stored_point_without_finding_it) {
  VectorCollection docs = open(kPlane);
  ASSERT_THAT(docs.upsert("a", Vector{0, 0}), Succeeds());
  ASSERT_THAT(docs.upsert("b", Vector{0, 1}), Succeeds());
  ASSERT_THAT(docs.upsert("c", Vector{0, 3}), Succeeds());
  EXPECT_THAT(ids_of(*docs.search_by_id("a").value()), ElementsAre("b", "c"));
  EXPECT_EQ(docs.search_by_id("none").value(), std::nullopt);
}

TEST_F(VectorCollectionTest, finds_all_points_within_a_score) {
  VectorCollection docs = open({.dimensions = 1, .metric = Metric::l2});
  for (int i = 0; i < 500; ++i) {
    ASSERT_THAT(docs.upsert(std::to_string(i), Vector{static_cast<float>(i)}), Succeeds());
  }
  const auto hits = docs.search_range(Vector{0}, 150.0F * 150.0F, {.k = 1000}).value();
  EXPECT_THAT(hits, SizeIs(151));
  EXPECT_THAT(docs.search_range(Vector{0}, 150.0F * 150.0F, {.k = 7}).value(), SizeIs(7));
  EXPECT_THAT(docs.search_range(Vector{-9}, 1.0F).value(), IsEmpty());
}

TEST_F(VectorCollectionTest, answers_many_queries_as_it_answers_each) {
  VectorCollection docs = open({.dimensions = 4, .metric = Metric::l2});
  Random random(3);
  for (int i = 0; i < 300; ++i) {
    ASSERT_THAT(docs.upsert(std::to_string(i), random_vector(random, 4)), Succeeds());
  }
  Vector queries;
  for (int i = 0; i < 20; ++i) {
    const Vector query = random_vector(random, 4);
    queries.insert(queries.end(), query.begin(), query.end());
  }
  const auto answers = docs.search_batch(queries, {.k = 5}, 3).value();
  ASSERT_THAT(answers, SizeIs(20));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto query = std::span(queries).subspan(i * 4, 4);
    EXPECT_EQ(ids_of(answers[i]), ids_of(docs.search(query, {.k = 5}).value()));
  }
  EXPECT_THAT(docs.search_batch(Vector{1, 2, 3}), FailsWith(Errc::invalid_argument));
}

TEST_F(VectorCollectionTest, is_not_opened_where_no_thread_can_be_had) {
  {
    VectorCollection docs = open(kPlane);
    ASSERT_THAT(docs.upsert("near", Vector{1, 1}), Succeeds());
  }
  {
    const NoMoreThreads refused;
    EXPECT_THAT(VectorCollection::open(engine_, "docs", kPlane),
                FailsWith(Errc::io_error, HasSubstr("thread")));
  }
  EXPECT_EQ(open(kPlane).count(), 1u);
}

TEST_F(VectorCollectionTest, answers_many_queries_also_where_no_thread_can_be_had) {
  VectorCollection docs = open(kPlane);
  ASSERT_THAT(docs.upsert("near", Vector{1, 1}), Succeeds());
  ASSERT_THAT(docs.upsert("far", Vector{5, 5}), Succeeds());
  const NoMoreThreads refused;
  EXPECT_THROW(std::thread([] {}).join(), std::system_error);
  const auto answers = docs.search_batch(Vector{0, 0, 6, 6, 1, 0}, {.k = 1}, 3);
  ASSERT_THAT(answers, Succeeds());
  ASSERT_THAT(*answers, SizeIs(3));
  EXPECT_THAT(ids_of((*answers)[0]), ElementsAre("near"));
  EXPECT_THAT(ids_of((*answers)[1]), ElementsAre("far"));
  EXPECT_THAT(ids_of((*answers)[2]), ElementsAre("near"));
}

TEST_F(VectorCollectionTest, scrolls_through_the_points_in_the_order_of_their_ids) {
  VectorCollection docs = open(kPlane);
  for (const char* id : {"d", "a", "c", "b"}) {
    ASSERT_THAT(docs.upsert(id, Vector{1, 1}, id == std::string("c") ? R"({"x":1})" : ""),
                Succeeds());
  }
  const auto ids = [](const std::vector<VectorPoint>& points) {
    std::vector<std::string> all;
    for (const VectorPoint& point : points) all.push_back(point.id);
    return all;
  };
  EXPECT_THAT(ids(docs.scroll({.limit = 3}).value()), ElementsAre("a", "b", "c"));
  EXPECT_THAT(ids(docs.scroll({.after = "c", .limit = 3}).value()), ElementsAre("d"));
  EXPECT_THAT(ids(docs.scroll({.filter = "x == 1"}).value()), ElementsAre("c"));
  EXPECT_EQ(docs.count("x == 1").value(), 1u);
}

TEST_F(VectorCollectionTest, is_the_same_for_all_handles) {
  VectorCollection a = open(kPlane);
  VectorCollection b = open(kPlane);
  ASSERT_THAT(a.upsert("p", Vector{1, 1}), Succeeds());
  EXPECT_THAT(b.search(Vector{1, 1}).value(), SizeIs(1));
  EXPECT_THAT(VectorCollection::list(engine_), ElementsAre("docs"));
}

TEST_F(VectorCollectionTest, is_opened_with_the_configuration_that_it_was_created_with) {
  EXPECT_THAT(VectorCollection::open(engine_, "docs"), FailsWith(Errc::not_found));
  {
    VectorCollection docs = open(kPlane);
  }
  EXPECT_EQ(VectorCollection::open(engine_, "docs")->config(), kPlane);
  EXPECT_THAT(VectorCollection::open(engine_, "docs", {.dimensions = 3, .metric = Metric::l2}),
              FailsWith(Errc::invalid_argument, AllOf(HasSubstr("dimensions"), HasSubstr("3"))));
  EXPECT_THAT(VectorCollection::open(engine_, "docs", {.dimensions = 2}),
              FailsWith(Errc::invalid_argument, HasSubstr("metric")));
  EXPECT_THAT(VectorCollection::open(engine_, "new", {.dimensions = 0}),
              FailsWith(Errc::invalid_argument, HasSubstr("dimensions")));
  EXPECT_THAT(VectorCollection::open(engine_, "a/b", kPlane), FailsWith(Errc::invalid_argument));
}

TEST_F(VectorCollectionTest, is_gone_once_dropped) {
  VectorCollection docs = open(kPlane);
  ASSERT_THAT(docs.upsert("p", Vector{1, 1}), Succeeds());
  ASSERT_THAT(VectorCollection::drop(engine_, "docs"), Succeeds());
  EXPECT_THAT(docs.search(Vector{1, 1}), FailsWith(Errc::closed));
  EXPECT_THAT(docs.upsert("p", Vector{1, 1}), FailsWith(Errc::closed));
  EXPECT_THAT(VectorCollection::drop(engine_, "docs"), FailsWith(Errc::not_found));
  EXPECT_THAT(VectorCollection::list(engine_), IsEmpty());
  EXPECT_EQ(open(kPlane).count(), 0u);
}

TEST_F(VectorCollectionTest, answers_closed_after_its_engine_was_closed) {
  VectorCollection docs = open(kPlane);
  ASSERT_THAT(docs.upsert("p", Vector{1, 1}), Succeeds());
  ASSERT_THAT(engine_.close(), Succeeds());
  EXPECT_THAT(docs.search(Vector{1, 1}), FailsWith(Errc::closed));
  EXPECT_THAT(docs.upsert("p", Vector{1, 1}), FailsWith(Errc::closed));
}

}  // namespace
}  // namespace quartz
