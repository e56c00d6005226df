#include <array>
#include <string>
#include <vector>

#include "c/owned_handles.hpp"

namespace quartz::c_test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::size_t kDimensions = 2;
using Vector = std::array<float, kDimensions>;

class CVectors : public ::testing::Test {
 protected:
  OwnedCollection open(const char* name, const quartz_collection_config* wanted) {
    quartz_collection* opened = nullptr;
    EXPECT_EQ(outcome(quartz_collection_open(engine.get(), name, wanted, &opened)), "ok");
    return OwnedCollection(opened);
  }

  std::string upsert(const char* id, Vector vector, const char* payload = "") {
    return outcome(quartz_collection_upsert(points.get(), quartz_text(id), vector.data(),
                                            vector.size(), quartz_text(payload), nullptr));
  }

  // Points on a line: their squared distances to the origin are 1, 4 and 9.
  void fill() {
    EXPECT_EQ(upsert("one", {1, 0}, R"({"odd": true})"), "ok");
    EXPECT_EQ(upsert("two", {2, 0}, R"({"odd": false})"), "ok");
    EXPECT_EQ(upsert("three", {3, 0}, R"({"odd": true})"), "ok");
  }

  static std::vector<std::string> ids(const OwnedHits& hits) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < quartz_hits_count(hits.get()); ++i) {
      ids.push_back(text(quartz_hits_id(hits.get(), i)));
    }
    return ids;
  }

  OwnedHits search(Vector query, const quartz_search_options* options = nullptr) {
    quartz_hits* hits = nullptr;
    EXPECT_EQ(
        outcome(quartz_collection_search(points.get(), query.data(), query.size(), options, &hits)),
        "ok");
    return OwnedHits(hits);
  }

  static quartz_collection_config line() {
    quartz_collection_config config = quartz_collection_config_defaults(kDimensions);
    config.metric = QUARTZ_METRIC_L2;
    return config;
  }

  ScratchDirectory scratch;
  OwnedEngine engine = open_engine(scratch / "data");
  quartz_collection_config config = line();
  OwnedCollection points = open("points", &config);
};

TEST_F(CVectors, are_found_the_nearest_first) {
  fill();
  const OwnedHits hits = search({0, 0});
  EXPECT_THAT(ids(hits), ElementsAre("one", "two", "three"));
  EXPECT_FLOAT_EQ(quartz_hits_score(hits.get(), 1), 4);
  EXPECT_EQ(quartz_hits_payload(hits.get(), 0).size, 0u);
  EXPECT_EQ(quartz_hits_vector(hits.get(), 0), nullptr);
}

TEST_F(CVectors, are_found_as_the_options_say) {
  fill();
  quartz_search_options options{};
  options.k = 1;
  options.filter = "odd == false";
  options.exact = true;
  options.with_payload = true;
  options.with_vectors = true;
  const OwnedHits hits = search({0, 0}, &options);
  ASSERT_THAT(ids(hits), ElementsAre("two"));
  EXPECT_EQ(text(quartz_hits_payload(hits.get(), 0)), R"({"odd": false})");
  ASSERT_NE(quartz_hits_vector(hits.get(), 0), nullptr);
  EXPECT_EQ(quartz_hits_vector(hits.get(), 0)[0], 2);
}

TEST_F(CVectors, are_found_by_the_batch_by_an_id_and_within_a_score) {
  fill();
  const std::array<float, 4> queries{0, 0, 4, 0};
  std::array<quartz_hits*, 2> answers{};
  quartz_search_options one{};
  one.k = 1;
  ASSERT_EQ(outcome(quartz_collection_search_batch(points.get(), queries.data(), 2, kDimensions,
                                                   &one, 1, answers.data())),
            "ok");
  const OwnedHits first(answers[0]);
  const OwnedHits second(answers[1]);
  EXPECT_THAT(ids(first), ElementsAre("one"));
  EXPECT_THAT(ids(second), ElementsAre("three"));
  EXPECT_THAT(outcome(quartz_collection_search_batch(points.get(), queries.data(), 1, 4, &one, 1,
                                                     answers.data())),
              AllOf(StartsWith("invalid_argument: "), HasSubstr("4 dimensions")));

  quartz_hits* found = nullptr;
  ASSERT_EQ(
      outcome(quartz_collection_search_by_id(points.get(), quartz_text("three"), nullptr, &found)),
      "ok");
  EXPECT_THAT(ids(OwnedHits(found)), ElementsAre("two", "one"));
  ASSERT_EQ(
      outcome(quartz_collection_search_by_id(points.get(), quartz_text("nine"), nullptr, &found)),
      "ok");
  EXPECT_EQ(found, nullptr);

  const Vector origin{0, 0};
  ASSERT_EQ(outcome(quartz_collection_search_range(points.get(), origin.data(), kDimensions, 5,
                                                   nullptr, &found)),
            "ok");
  EXPECT_THAT(ids(OwnedHits(found)), ElementsAre("one", "two"));
}

TEST_F(CVectors, are_read_changed_counted_and_removed) {
  fill();
  quartz_point* read = nullptr;
  ASSERT_EQ(outcome(quartz_collection_get(points.get(), quartz_text("two"), &read)), "ok");
  const OwnedPoint point(read);
  ASSERT_EQ(quartz_point_vector_count(point.get()), 1u);
  EXPECT_EQ(quartz_point_vector(point.get(), 0)[0], 2);
  EXPECT_EQ(quartz_point_vector(point.get(), 1), nullptr);
  EXPECT_EQ(text(quartz_point_payload(point.get())), R"({"odd": false})");

  bool found = false;
  EXPECT_EQ(
      outcome(quartz_collection_set_payload(points.get(), quartz_text("two"),
                                            quartz_text(R"({"odd": true})"), nullptr, &found)),
      "ok");
  EXPECT_TRUE(found);
  std::uint64_t count = 0;
  EXPECT_EQ(outcome(quartz_collection_count_matching(points.get(), "odd == true", &count)), "ok");
  EXPECT_EQ(count, 3u);
  EXPECT_THAT(outcome(quartz_collection_count_matching(points.get(), "odd ==", &count)),
              StartsWith("invalid_argument: "));

  EXPECT_EQ(outcome(quartz_collection_remove(points.get(), quartz_text("two"), nullptr)), "ok");
  EXPECT_EQ(quartz_collection_count(points.get()), 2u);
  ASSERT_EQ(outcome(quartz_collection_get(points.get(), quartz_text("two"), &read)), "ok");
  EXPECT_EQ(read, nullptr);
}

TEST_F(CVectors, are_written_with_keys_in_one_batch) {
  fill();
  const OwnedBatch batch(quartz_batch_create());
  const Vector nine{9, 0};
  quartz_batch_put(batch.get(), nullptr, quartz_text("key"), quartz_text("value"));
  quartz_batch_upsert(batch.get(), points.get(), quartz_text("nine"), nine.data(), nine.size(), {});
  quartz_batch_remove_point(batch.get(), points.get(), quartz_text("one"));
  EXPECT_EQ(outcome(quartz_engine_write(engine.get(), batch.get(), nullptr)), "ok");
  EXPECT_EQ(get(engine, "key"), "value");
  EXPECT_THAT(ids(search({0, 0})), ElementsAre("two", "three", "nine"));

  quartz_batch_clear(batch.get());
  quartz_batch_upsert(batch.get(), points.get(), quartz_text("bad"), nine.data(), 1, {});
  EXPECT_THAT(outcome(quartz_engine_write(engine.get(), batch.get(), nullptr)),
              StartsWith("invalid_argument: "));
  quartz_batch_clear(batch.get());
  quartz_batch_upsert(batch.get(), points.get(), quartz_text("bad"), nullptr, 2, {});
  EXPECT_EQ(outcome(quartz_engine_write(engine.get(), batch.get(), nullptr)),
            "invalid_argument: vector is NULL");
}

TEST_F(CVectors, are_refused_where_they_do_not_fit) {
  const std::array<float, 3> three{1, 2, 3};
  EXPECT_THAT(outcome(quartz_collection_upsert(points.get(), quartz_text("id"), three.data(),
                                               three.size(), {}, nullptr)),
              StartsWith("invalid_argument: "));
  EXPECT_THAT(upsert("id", {1, 2}, "no json"), StartsWith("invalid_argument: "));
  quartz_hits* hits = nullptr;
  EXPECT_EQ(outcome(quartz_collection_search(points.get(), nullptr, 2, nullptr, &hits)),
            "invalid_argument: query is NULL");
}

TEST_F(CVectors, lie_in_collections_of_a_stored_configuration) {
  config.quantization = static_cast<quartz_quantization>(9);
  quartz_collection* opened = nullptr;
  EXPECT_EQ(outcome(quartz_collection_open(engine.get(), "other", &config, &opened)),
            "invalid_argument: there is no quantization 9");
  config.quantization = QUARTZ_QUANTIZATION_F16;
  EXPECT_THAT(outcome(quartz_collection_open(engine.get(), "points", &config, &opened)),
              AllOf(StartsWith("invalid_argument: "), HasSubstr("quantization")));
  EXPECT_THAT(outcome(quartz_collection_open(engine.get(), "nobody", nullptr, &opened)),
              StartsWith("not_found: "));

  const OwnedCollection again = open("points", nullptr);
  EXPECT_EQ(quartz_collection_stored_config(again.get()).metric, QUARTZ_METRIC_L2);
  EXPECT_EQ(quartz_collection_stored_config(again.get()).dimensions, kDimensions);

  quartz_names* listed = nullptr;
  ASSERT_EQ(outcome(quartz_engine_collection_names(engine.get(), &listed)), "ok");
  const OwnedNames names(listed);
  ASSERT_EQ(quartz_names_count(names.get()), 1u);
  EXPECT_STREQ(quartz_names_at(names.get(), 0), "points");
  EXPECT_EQ(outcome(quartz_engine_drop_collection(engine.get(), "points")), "ok");
  EXPECT_THAT(upsert("one", {1, 0}), StartsWith("closed: "));
}

TEST_F(CVectors, have_an_index_that_is_waited_for_measured_and_built_anew) {
  fill();
  EXPECT_EQ(outcome(quartz_collection_create_payload_index(points.get(), "odd",
                                                           QUARTZ_PAYLOAD_INDEX_BOOLEAN)),
            "ok");
  EXPECT_NE(open("points", &config), nullptr);  // As it was created: that is not forbidden now.
  EXPECT_EQ(outcome(quartz_collection_create_payload_index(
                points.get(), "odd", static_cast<quartz_payload_index_kind>(-1))),
            "invalid_argument: there is no kind of payload index -1");
  EXPECT_EQ(outcome(quartz_collection_wait_until_indexed(points.get())), "ok");
  double recall = 0;
  EXPECT_EQ(outcome(quartz_collection_measure_recall(points.get(), nullptr, 3, &recall)), "ok");
  EXPECT_EQ(recall, 1);
  config.quantization = QUARTZ_QUANTIZATION_NONE;
  config.m = 8;
  EXPECT_EQ(outcome(quartz_collection_reindex(points.get(), &config)), "ok");
  EXPECT_EQ(quartz_collection_stored_config(points.get()).quantization, QUARTZ_QUANTIZATION_NONE);
  EXPECT_EQ(quartz_collection_stored_config(points.get()).m, 8u);
  EXPECT_THAT(ids(search({0, 0})), ElementsAre("one", "two", "three"));
}

}  // namespace
}  // namespace quartz::c_test
