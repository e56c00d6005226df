#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/vector_collection.hpp"
#include "support/result_matchers.hpp"
#include "vector/sample_collection.hpp"

namespace quartz {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using Vector = std::vector<float>;

class VectorCollectionFilterTest : public VectorCollectionTest {
 protected:
  static constexpr std::size_t kDimensions = 8;
  static constexpr std::size_t kPoints = 4000;

  static VectorCollectionConfig some_config() {
    return {.dimensions = kDimensions,
            .metric = Metric::l2,
            .index = {.m = 8, .ef_construction = 60},
            .payload_indexes = {{"n", PayloadIndexKind::integer}}};
  }
  static std::string payload(std::size_t n) {
    return R"({"n":)" + std::to_string(n) + R"(,"odd":)" + (n % 2 == 1 ? "true" : "false") + "}";
  }
  static void fill(VectorCollection& docs) {
    Random random(1);
    for (std::size_t n = 0; n < kPoints; ++n) {
      ASSERT_THAT(
          docs.upsert("p" + std::to_string(n), random_vector(random, kDimensions), payload(n)),
          Succeeds());
    }
  }
  // How many of the nearest, as an exact search finds them, a search finds as well.
  static std::size_t hits_of(const VectorCollection& docs, const Vector& query,
                             const VectorSearchOptions& options) {
    VectorSearchOptions exact = options;
    exact.exact = true;
    exact.ef_search.reset();
    const auto nearest = ids_of(docs.search(query, exact).value());
    const auto hits = ids_of(docs.search(query, options).value());
    EXPECT_EQ(hits.size(), nearest.size());
    return static_cast<std::size_t>(std::ranges::count_if(
        nearest, [&](const std::string& id) { return std::ranges::count(hits, id) != 0; }));
  }
  static double recall(const VectorCollection& docs, const Filter& filter) {
    Random random(2);
    std::size_t wanted = 0;
    std::size_t found = 0;
    for (int i = 0; i < 40; ++i) {
      const Vector query = random_vector(random, kDimensions);
      wanted += docs.search(query, {.filter = filter, .exact = true}).value().size();
      found += hits_of(docs, query, {.filter = filter, .ef_search = 80});
    }
    return wanted == 0 ? 1 : static_cast<double>(found) / static_cast<double>(wanted);
  }
};

TEST_F(VectorCollectionFilterTest, finds_the_nearest_that_match_however_many_there_are) {
  VectorCollection docs = open(some_config());
  fill(docs);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  for (const char* filter :
       {"n < 4000", "n < 3900", "n < 2000", "n >= 3600", "n < 40", "n == 7",
        "n < 2000 and odd == true", "odd == true", "not n >= 400", "id starts_with 'p12'"}) {
    EXPECT_GE(recall(docs, filter), 0.95) << filter;
  }
  EXPECT_THAT(docs.search(Vector(kDimensions), {.filter = "n > 9000"}).value(), IsEmpty());
}

TEST_F(VectorCollectionFilterTest, finds_as_well_where_fewer_match_than_elsewhere) {
  VectorCollectionConfig config = some_config();
  config.dimensions = 24;
  VectorCollection docs = open(config);
  Random random(1);
  for (std::size_t n = 0; n < kPoints; ++n) {
    const Vector vector = random_vector(random, config.dimensions);
    // Half of all, and one in sixteen of those on the queries' side.
    const bool matches = (vector[0] > 0) != (n % 16 == 0);
    ASSERT_THAT(docs.upsert(std::to_string(n), vector, payload(matches ? 1 : 0)), Succeeds());
  }
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  std::size_t found = 0;
  std::size_t found_without = 0;
  for (int i = 0; i < 50; ++i) {
    Vector query = random_vector(random, config.dimensions);
    query[0] = -1;
    found += hits_of(docs, query, {.filter = "n == 1", .ef_search = 20});
    found_without += hits_of(docs, query, {.ef_search = 20});
  }
  EXPECT_GE(found, found_without * 95 / 100);
}

TEST_F(VectorCollectionFilterTest, sees_points_that_are_not_in_the_graph_yet) {
  VectorCollection docs = open(some_config());
  fill(docs);
  ASSERT_THAT(docs.upsert("new", Vector(kDimensions), R"({"n":-5})"), Succeeds());
  for (const char* filter : {"n == -5", "n < 2000", "n < 5000", "missing != 1"}) {
    const auto hits = docs.search(Vector(kDimensions), {.k = 1, .filter = filter}).value();
    ASSERT_THAT(hits, SizeIs(1)) << filter;
    EXPECT_EQ(hits[0].id, "new") << filter;
  }
}

TEST_F(VectorCollectionFilterTest, follows_a_payload_that_was_replaced) {
  VectorCollection docs = open(some_config());
  fill(docs);
  const Vector query = docs.get("p17").value()->vectors[0];
  ASSERT_TRUE(docs.set_payload("p17", R"({"n":-1})").value());
  EXPECT_THAT(docs.search(query, {.filter = "n == 17"}).value(), IsEmpty());
  EXPECT_THAT(docs.search(query, {.filter = "n == -1"}).value(), SizeIs(1));
  EXPECT_EQ(docs.count("n == 17").value(), 0u);
}

TEST_F(VectorCollectionFilterTest, tells_how_it_has_searched_and_why) {
  VectorCollection docs = open(some_config());
  fill(docs);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  const Vector query(kDimensions);
  const auto few = docs.explain(query, {.filter = "n < 20"}).value();
  EXPECT_EQ(few.plan, "exact scan");
  EXPECT_THAT(few.reason, HasSubstr("20 of 4000 points can match"));
  EXPECT_THAT(few.hits, SizeIs(10));
  EXPECT_GT(few.points_visited, 0u);
  EXPECT_EQ(docs.explain(query, {.filter = "n >= 0", .ef_search = 40})->plan, "post check");
  EXPECT_EQ(docs.explain(query)->plan, "graph walk");
  EXPECT_EQ(docs.explain(query, {.exact = true})->plan, "exact scan");
}

TEST_F(VectorCollectionFilterTest, needs_no_index_on_the_field) {
  VectorCollectionConfig config = some_config();
  config.payload_indexes.clear();
  VectorCollection docs = open(config);
  fill(docs);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  EXPECT_GE(recall(docs, "n < 40"), 0.95);
  EXPECT_GE(recall(docs, "odd == true"), 0.95);
}

TEST_F(VectorCollectionFilterTest, needs_no_payloads_in_memory) {
  VectorCollectionConfig config = some_config();
  config.payload_indexes.clear();
  config.index.payloads_in_memory = false;
  VectorCollection docs = open(config);
  fill(docs);
  EXPECT_EQ(recall(docs, "n < 40"), 1.0);
  EXPECT_GE(recall(docs, "id starts_with 'p12'"), 0.95);
  config.payload_indexes = {{"n", PayloadIndexKind::integer}};
  EXPECT_THAT(VectorCollection::open(engine_, "more", config),
              FailsWith(Errc::invalid_argument, HasSubstr("payloads_in_memory")));
  EXPECT_THAT(docs.create_payload_index("n", PayloadIndexKind::integer),
              FailsWith(Errc::invalid_argument, HasSubstr("payloads_in_memory")));
}

TEST_F(VectorCollectionFilterTest, gets_an_index_on_a_field_at_any_time) {
  VectorCollectionConfig config = some_config();
  config.payload_indexes.clear();
  {
    VectorCollection docs = open(config);
    fill(docs);
    ASSERT_THAT(docs.create_payload_index("n", PayloadIndexKind::integer), Succeeds());
    EXPECT_THAT(docs.create_payload_index("n", PayloadIndexKind::integer),
                FailsWith(Errc::already_exists));
    EXPECT_THAT(docs.explain(Vector(kDimensions), {.filter = "n < 20"})->reason,
                HasSubstr("20 of 4000"));
    ASSERT_THAT(docs.remove("p3"), Succeeds());
    reopen();
  }
  const VectorCollection docs = VectorCollection::open(engine_, "docs").value();
  EXPECT_EQ(docs.config().payload_indexes, some_config().payload_indexes);
  EXPECT_THAT(docs.explain(Vector(kDimensions), {.k = 50, .filter = "n < 20"})->hits, SizeIs(19));
}

}  // namespace
}  // namespace quartz
