#include "server/service/vector_set_collections.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/service/service_fixture.hpp"
#include "server/service/vector_set.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class VectorSetCollectionsTest : public ServiceFixture {
 protected:
  VectorSetCollections& sets() { return service().vector_sets(); }
  std::vector<std::string> names() { return service().collections().names(); }
  std::size_t sweep() { return service().drop_abandoned_collections().value(); }

  void add(std::string_view key) {
    const std::vector<float> vector = {1, 0};
    ASSERT_TRUE(service().run(database(), [&](DatabaseView& view) -> Result<bool> {
      auto set = VectorSet::create(sets(), view, key, {.dimensions = 2}, vector);
      if (!set) return set.error();
      return set->put("element", vector, std::nullopt);
    }));
  }
};

TEST_F(VectorSetCollectionsTest, one_is_not_dropped_before_its_transaction_has_ended) {
  Transaction transaction(engine());
  DatabaseView view = service().view(transaction, database());
  const std::vector<float> vector = {1, 0};
  auto set = VectorSet::create(sets(), view, "k", {.dimensions = 2}, vector);
  ASSERT_TRUE(set);
  EXPECT_EQ(sweep(), 0U);
  EXPECT_TRUE(set->put("element", vector, std::nullopt).value());
  EXPECT_EQ(sweep(), 0U);
  ASSERT_TRUE(service().commit(transaction));
  transaction.restart();
  EXPECT_EQ(sweep(), 0U);
  EXPECT_THAT(names(), ElementsAre(set->head().collection));
}

TEST_F(VectorSetCollectionsTest, one_whose_transaction_came_to_nothing_is_dropped) {
  {
    Transaction transaction(engine());
    DatabaseView view = service().view(transaction, database());
    ASSERT_TRUE(VectorSet::create(sets(), view, "k", {.dimensions = 2}, std::vector<float>{1, 0}));
    EXPECT_EQ(sweep(), 0U);
  }
  EXPECT_EQ(sweep(), 1U);
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(sweep(), 0U);
}

TEST_F(VectorSetCollectionsTest, one_that_a_crash_has_left_is_dropped_after_the_restart) {
  const VectorSetHead head{.generation = 77, .collection = vector_set_collection(2, 77, "k")};
  ASSERT_TRUE(service().collections().create(head.collection, {.dimensions = 2}));
  reopen();
  EXPECT_EQ(sweep(), 1U);
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(VectorSetCollectionsTest, collections_of_others_stay) {
  ASSERT_TRUE(service().collections().create("docs", {.dimensions = 2}));
  ASSERT_TRUE(service().collections().create("vset.docs", {.dimensions = 2}));
  add("k");
  sets().look_again();
  EXPECT_EQ(sweep(), 0U);
  EXPECT_EQ(names().size(), 3U);
}

TEST_F(VectorSetCollectionsTest, one_that_is_dropped_while_it_is_written_to_is_begun_anew) {
  add("k");
  const std::string name = names().front();
  const std::vector<float> vector = {0, 1};
  int attempts = 0;
  ASSERT_TRUE(service().run(database(), [&](DatabaseView& view) -> Result<bool> {
    ++attempts;
    auto set = VectorSet::find(sets(), view, "k", VectorSet::Opening::always);
    if (!set) return set.error();
    if (*set) {
      EXPECT_TRUE(VectorCollection::drop(engine(), name));
      return (*set)->put("other", vector, std::nullopt);
    }
    auto made = VectorSet::create(sets(), view, "k", {.dimensions = 2}, vector);
    if (!made) return made.error();
    return made->put("other", vector, std::nullopt);
  }));
  EXPECT_EQ(attempts, 2);
  EXPECT_THAT(names(), ElementsAre(testing::Ne(name)));
}

TEST_F(VectorSetCollectionsTest, one_that_was_dropped_by_others_is_not_open) {
  add("k");
  const std::string name = names().front();
  const VectorSetHead head{.generation = vector_set_origin(name)->generation, .collection = name};
  EXPECT_TRUE(sets().opened(head));
  ASSERT_TRUE(VectorCollection::drop(engine(), name));
  EXPECT_FALSE(sets().opened(head));
  EXPECT_THAT(sets().open(head), FailsWith(Errc::not_found));
}

}  // namespace
}  // namespace quartz::server
