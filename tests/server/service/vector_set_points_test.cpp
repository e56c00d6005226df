#include "server/service/vector_set_points.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/service/service_fixture.hpp"
#include "server/service/vector_set.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

class VectorSetPoints : public ServiceFixture {
 protected:
  VectorSetPoints() {
    EXPECT_TRUE(service().run(database(), [&](DatabaseView& view) -> Result<bool> {
      auto set = VectorSet::create(service().vector_sets(), view, "k", {.dimensions = 2}, kEast);
      if (!set) return set.error();
      return set->put("first", kEast, std::nullopt);
    }));
    collection_.emplace(
        service().collections().open(service().collections().names().front()).value());
  }

  Result<std::optional<VectorSet>> find(const DatabaseView& view) {
    return VectorSet::find(service().vector_sets(), view, "k", VectorSet::Opening::always);
  }
  Result<void> put(const std::string& id) {
    const std::vector<VectorPoint> points{{.id = id, .vectors = {kEast}}};
    return put_points(service(), *collection_, points, {});
  }
  bool exists(std::string_view key) {
    return service()
        .run(database(),
             [&](DatabaseView& view) -> Result<bool> {
               const auto row = view.find(key);
               if (!row) return row.error();
               return row->has_value();
             })
        .value();
  }

  const std::vector<float> kEast = {1, 0};
  std::optional<VectorCollection> collection_;
};

TEST_F(VectorSetPoints, one_that_is_put_meanwhile_keeps_the_vector_set_from_going) {
  Transaction transaction(engine());
  auto set = find(service().view(transaction, database())).value();
  EXPECT_TRUE(set->remove("first").value());
  ASSERT_TRUE(put("second"));
  EXPECT_THAT(service().commit(transaction), FailsWith(Errc::conflict));
  transaction.restart();
  set = find(service().view(transaction, database())).value();
  EXPECT_TRUE(set->remove("first").value());
  ASSERT_TRUE(service().commit(transaction));
  EXPECT_TRUE(exists("k"));
  EXPECT_EQ(service().drop_abandoned_collections().value(), 0U);
  EXPECT_TRUE(collection_->contains("second").value());
}

/// Counts how often all keys of a database may have changed.
class AnyKeyListener : public KeyChangeListener {
 public:
  explicit AnyKeyListener(KeyChanges& changes) : changes_(changes) { changes_.add(this); }
  ~AnyKeyListener() override { changes_.remove(this); }
  void changed(std::span<const ChangedKey> /*keys*/, const void* /*origin*/) override {}
  void emptied(std::size_t /*database*/, const void* /*origin*/) override { ++times_; }
  int times() const noexcept { return times_; }

 private:
  KeyChanges& changes_;
  int times_ = 0;
};

TEST_F(VectorSetPoints, whoever_keeps_answers_about_keys_hears_of_those_that_change_by_name) {
  const AnyKeyListener listener(service().key_changes());
  ASSERT_TRUE(put("second"));
  EXPECT_EQ(listener.times(), 1);
  ASSERT_TRUE(remove_point(service(), *collection_, "second", {}));
  EXPECT_EQ(listener.times(), 2);
  const auto other = service().collections().create("other", {.dimensions = 2});
  ASSERT_THAT(other, Succeeds());
  tell_of_changed_points(service(), "other");
  EXPECT_EQ(listener.times(), 2);
}

TEST_F(VectorSetPoints, none_is_put_after_the_last_one_has_gone) {
  Transaction transaction(engine());
  EXPECT_TRUE(find(service().view(transaction, database())).value()->remove("first").value());
  ASSERT_TRUE(service().commit(transaction));
  EXPECT_THAT(put("second"), FailsWith(Errc::not_found));
  EXPECT_FALSE(collection_->contains("second").value());
  EXPECT_EQ(service().drop_abandoned_collections().value(), 1U);
}

TEST_F(VectorSetPoints, one_that_cannot_be_stored_leaves_the_others_out) {
  const std::vector<VectorPoint> points{{.id = "second", .vectors = {kEast}},
                                        {.id = "third", .vectors = {{1, 2, 3}}}};
  EXPECT_THAT(put_points(service(), *collection_, points, {}), FailsWith(Errc::invalid_argument));
  EXPECT_EQ(collection_->count(), 1U);
  EXPECT_TRUE(exists("k"));
}

TEST_F(VectorSetPoints, other_collections_need_no_vector_set) {
  auto docs = service().collections().create("docs", {.dimensions = 2}).value().collection;
  const std::vector<VectorPoint> points{{.id = "a", .vectors = {kEast}},
                                        {.id = "b", .vectors = {kEast}}};
  ASSERT_TRUE(put_points(service(), docs, points, {}));
  EXPECT_EQ(docs.count(), 2U);
}

}  // namespace
}  // namespace quartz::server
