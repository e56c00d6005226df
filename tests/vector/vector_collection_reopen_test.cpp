#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/vector/vector_collection.hpp"
#include "support/result_matchers.hpp"
#include "support/small_engine.hpp"
#include "vector/sample_collection.hpp"

namespace quartz {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

using Vector = std::vector<float>;

class VectorCollectionReopenTest : public VectorCollectionTest {
 protected:
  static constexpr std::size_t kDimensions = 8;
  static constexpr std::size_t kPoints = 2300;

  static VectorCollectionConfig some_config() {
    return {
        .dimensions = kDimensions, .metric = Metric::l2, .index = {.m = 8, .ef_construction = 60}};
  }
  static std::string id(std::size_t number) { return "point " + std::to_string(number); }

  void upsert(VectorCollection& docs, std::size_t begin, std::size_t end, std::uint64_t seed) {
    Random random(seed);
    for (std::size_t i = begin; i < end; ++i) {
      vectors_[id(i)] = random_vector(random, kDimensions);
      ASSERT_THAT(docs.upsert(id(i), vectors_[id(i)], payload(i)), Succeeds());
    }
  }
  void remove(VectorCollection& docs, std::size_t number) {
    vectors_.erase(id(number));
    ASSERT_THAT(docs.remove(id(number)), Succeeds());
  }
  static std::string payload(std::size_t number) {
    return R"({"n":)" + std::to_string(number) + "}";
  }

  /// Each point is found where it should be, and nothing else.
  void expect_all(const VectorCollection& docs) {
    EXPECT_EQ(docs.count(), vectors_.size());
    std::size_t missed = 0;
    for (const auto& [id, vector] : vectors_) {
      const auto hits = docs.search(vector, {.k = 1, .ef_search = 100}).value();
      if (hits.size() != 1 || hits[0].id != id || hits[0].score > 1e-6F) ++missed;
    }
    // The graph may not lead to every single point from everywhere.
    EXPECT_LE(missed, vectors_.size() / 200);
    const auto all = docs.search(Vector(kDimensions), {.k = kPoints * 2, .exact = true}).value();
    std::map<std::string, bool> found;
    for (const VectorHit& hit : all) {
      EXPECT_TRUE(vectors_.contains(hit.id)) << hit.id;
      EXPECT_TRUE(found.emplace(hit.id, true).second) << hit.id;
    }
    EXPECT_EQ(found.size(), vectors_.size());
  }
  std::filesystem::path index_file() const {
    for (const auto& entry : std::filesystem::directory_iterator(scratch_ / "db" / "vectors")) {
      return entry.path();
    }
    return {};
  }

  std::map<std::string, Vector> vectors_;
};

TEST_F(VectorCollectionReopenTest, loads_the_index_that_was_saved_when_the_engine_was_closed) {
  {
    VectorCollection docs = open(some_config());
    upsert(docs, 0, kPoints, 1);
    ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
    reopen();
  }
  const VectorCollection docs = open(some_config());
  EXPECT_EQ(docs.statistics().opened_by, "loaded");
  EXPECT_EQ(docs.statistics().vectors_pending, 0u);
  expect_all(docs);
  const auto hits = docs.search(vectors_[id(5)], {.k = 1, .with_payload = true}).value();
  EXPECT_EQ(hits[0].payload, payload(5));
}

TEST_F(VectorCollectionReopenTest, saves_the_index_when_its_last_handle_goes) {
  {
    VectorCollection docs = open(some_config());
    upsert(docs, 0, kPoints, 1);
    ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  }
  EXPECT_TRUE(std::filesystem::exists(index_file()));
  const VectorCollection docs = open(some_config());
  EXPECT_EQ(docs.statistics().opened_by, "loaded");
  expect_all(docs);
}

TEST_F(VectorCollectionReopenTest, compares_an_index_with_the_points_if_writes_came_after_it) {
  {
    VectorCollection docs = open(some_config());
    upsert(docs, 0, kPoints, 1);
    ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
    ASSERT_THAT(docs.save_index(), Succeeds());
    upsert(docs, 100, 200, 2);                             // Other vectors,
    upsert(docs, kPoints, kPoints + 50, 3);                // points that the file does not have,
    for (std::size_t i = 0; i < 60; ++i) remove(docs, i);  // and some less.
    copy_database(scratch_ / "db", scratch_ / "copy");
  }
  StorageEngine copy = StorageEngine::open(scratch_ / "copy", config()).value();
  const VectorCollection docs = VectorCollection::open(copy, "docs", some_config()).value();
  EXPECT_EQ(docs.statistics().opened_by, "loaded and compared with the points");
  expect_all(docs);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  expect_all(docs);
}

TEST_F(VectorCollectionReopenTest, builds_the_index_anew_where_the_file_is_damaged) {
  {
    VectorCollection docs = open(some_config());
    upsert(docs, 0, kPoints, 1);
    ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
    reopen();
  }
  {
    std::fstream file(index_file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(20'000);
    file.put('\x5A').put('\xA5').put('\x5A');
  }
  const VectorCollection docs = open(some_config());
  EXPECT_THAT(docs.statistics().opened_by, StartsWith("corruption"));
  expect_all(docs);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  expect_all(docs);
}

TEST_F(VectorCollectionReopenTest, builds_the_index_anew_where_there_is_no_file) {
  {
    VectorCollection docs = open(some_config());
    upsert(docs, 0, kPoints, 1);
    reopen();
  }
  std::filesystem::remove_all(scratch_ / "db" / "vectors");
  const VectorCollection docs = open(some_config());
  EXPECT_THAT(docs.statistics().opened_by, StartsWith("not_found"));
  expect_all(docs);
}

TEST_F(VectorCollectionReopenTest, keeps_what_a_killed_process_had_acknowledged) {
  {
    VectorCollection docs = open(some_config());
    upsert(docs, 0, 500, 1);
    for (std::size_t i = 0; i < 60; ++i) remove(docs, i);
    copy_database(scratch_ / "db", scratch_ / "copy");
  }
  StorageEngine copy = StorageEngine::open(scratch_ / "copy", config()).value();
  expect_all(VectorCollection::open(copy, "docs").value());
}

TEST_F(VectorCollectionReopenTest, does_without_its_vectors_and_payloads_in_memory) {
  VectorCollectionConfig config = some_config();
  config.index.vectors_in_memory = false;
  config.index.payloads_in_memory = false;
  {
    VectorCollection docs = open(config);
    upsert(docs, 0, kPoints, 1);
    ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
    EXPECT_EQ(docs.statistics().vector_bytes, 0u);
    expect_all(docs);
    reopen();
  }
  const VectorCollection docs = open(config);
  EXPECT_EQ(docs.statistics().opened_by, "loaded");
  expect_all(docs);
  const auto hits = docs.search(vectors_[id(5)], {.k = 1, .with_payload = true}).value();
  EXPECT_EQ(hits[0].payload, payload(5));
}

TEST_F(VectorCollectionReopenTest, brings_payloads_where_they_are_in_memory_and_vectors_are_not) {
  VectorCollectionConfig config = some_config();
  config.index.vectors_in_memory = false;
  VectorCollection docs = open(config);
  upsert(docs, 0, kPoints, 1);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  for (const bool exact : {false, true}) {
    const auto hits = docs.search(vectors_[id(5)], {.k = 2, .exact = exact, .with_payload = true});
    ASSERT_THAT(hits, Succeeds());
    for (const VectorHit& hit : *hits) {
      EXPECT_EQ(hit.payload, docs.get(hit.id).value()->payload) << (exact ? "exact" : "walk");
    }
  }
}

TEST_F(VectorCollectionReopenTest, is_built_anew_with_other_parameters_while_it_serves) {
  {
    VectorCollection docs = open(some_config());
    upsert(docs, 0, kPoints, 1);
    const VectorIndexConfig other = {.quantization = Quantization::f16, .m = 12};
    std::uint64_t told = 0;
    ASSERT_THAT(docs.reindex(other, [&](std::uint64_t, std::uint64_t) { ++told; }), Succeeds());
    EXPECT_GT(told, 0u);
    EXPECT_EQ(docs.config().index, other);
    expect_all(docs);
    ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
    EXPECT_THAT(docs.reindex({.m = 1}), FailsWith(Errc::invalid_argument, HasSubstr("m = 1")));
    reopen();
  }
  const VectorCollection docs = VectorCollection::open(engine_, "docs").value();
  EXPECT_EQ(docs.config().index.m, 12u);
  EXPECT_EQ(docs.statistics().opened_by, "loaded");
  expect_all(docs);
}

TEST_F(VectorCollectionReopenTest, reuses_the_places_of_removed_points) {
  VectorCollection docs = open(some_config());
  upsert(docs, 0, kPoints, 1);
  for (std::uint64_t round = 0; round < 5; ++round) {
    upsert(docs, 0, kPoints, 10 + round);
    ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  }
  EXPECT_GT(docs.statistics().vectors_reclaimed, kPoints);
  expect_all(docs);
  EXPECT_GE(docs.measure_recall({.k = 10, .ef_search = 100}).value(), 0.95);
}

TEST_F(VectorCollectionReopenTest, links_points_again_that_lose_their_neighbours_at_once) {
  VectorCollection docs = open(some_config());
  upsert(docs, 0, kPoints, 1);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  const std::uint64_t linked = docs.statistics().vectors_linked;
  WriteBatch batch;
  const std::size_t removed = kPoints * 98 / 100;
  for (std::size_t i = 0; i < removed; ++i) {
    batch.remove(docs, id(i));
    vectors_.erase(id(i));
  }
  ASSERT_THAT(engine_.write(batch), Succeeds());
  // No other write comes that would wake those who link.
  while (docs.statistics().vectors_reclaimed < removed) std::this_thread::yield();
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  EXPECT_EQ(docs.statistics().vectors_pending, 0u);
  EXPECT_GT(docs.statistics().vectors_linked, linked);
}

TEST_F(VectorCollectionReopenTest, leaves_no_file_when_it_is_dropped) {
  {
    VectorCollection docs = open(some_config());
    upsert(docs, 0, kPoints, 1);
    ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  }
  EXPECT_TRUE(std::filesystem::exists(index_file()));
  ASSERT_THAT(VectorCollection::drop(engine_, "docs"), Succeeds());
  EXPECT_TRUE(std::filesystem::is_empty(scratch_ / "db" / "vectors"));
}

TEST_F(VectorCollectionReopenTest, finds_what_a_target_of_recall_promises) {
  VectorCollection docs = open(some_config());
  upsert(docs, 0, kPoints, 1);
  ASSERT_THAT(docs.wait_until_indexed(), Succeeds());
  EXPECT_GE(docs.measure_recall({.recall = 0.95}).value(), 0.93);
  EXPECT_GE(docs.measure_recall({.recall = 0.99}).value(), 0.97);
  EXPECT_EQ(docs.measure_recall({.exact = true}).value(), 1.0);
}

}  // namespace
}  // namespace quartz
