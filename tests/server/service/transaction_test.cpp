#include "server/service/transaction.hpp"

#include <chrono>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/service/service_fixture.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using namespace std::chrono_literals;
using Look = Transaction::Look;

class TransactionTest : public ServiceFixture {
 protected:
  const Keyspace& rows() { return database().rows; }

  std::string look(Transaction& transaction, std::string_view key, Look how = Look::depending) {
    const auto row = transaction.read(rows(), key, how);
    if (!row) return row.error().to_string();
    return *row ? std::string((*row)->value) : "(none)";
  }
};

TEST_F(TransactionTest, sees_its_own_writes_and_nobody_else_does_before_the_commit) {
  ASSERT_THAT(engine().put("a", "old"), Succeeds());
  Transaction transaction(engine());
  transaction.put(rows(), "a", "new");
  transaction.put(rows(), "b", "1");
  EXPECT_EQ(look(transaction, "a"), "new");
  transaction.remove(rows(), "b");
  EXPECT_EQ(look(transaction, "b"), "(none)");
  EXPECT_EQ(read(engine(), "a"), "old");
  ASSERT_THAT(transaction.commit(), Succeeds());
  EXPECT_EQ(read(engine(), "a"), "new");
  EXPECT_EQ(read(engine(), "b"), "(none)");
}

TEST_F(TransactionTest, is_refused_if_a_keyspace_was_dropped_meanwhile) {
  for (const bool writes : {false, true}) {
    const Keyspace other = engine().create_keyspace("other").value();
    Transaction transaction(engine());
    ASSERT_TRUE(transaction.read(other, "a"));
    if (writes) transaction.put(other, "a", "1");
    ASSERT_THAT(engine().drop_keyspace(other), Succeeds());
    EXPECT_THAT(transaction.commit(), FailsWith(Errc::conflict)) << writes;
  }
  Transaction transaction(engine());
  transaction.put(rows(), "a", "1");
  ASSERT_THAT(engine().close(), Succeeds());
  EXPECT_THAT(transaction.commit(), FailsWith(Errc::closed));
}

TEST_F(TransactionTest, tells_once_that_it_was_committed) {
  Transaction transaction(engine());
  std::string seen;
  transaction.put(rows(), "a", "1");
  transaction.when_committed([&] { seen += read(engine(), "a"); });
  EXPECT_EQ(seen, "");
  ASSERT_THAT(transaction.commit(), Succeeds());
  EXPECT_EQ(seen, "1");
  transaction.restart();
  ASSERT_THAT(transaction.commit(), Succeeds());
  EXPECT_EQ(seen, "1");
}

TEST_F(TransactionTest, tells_nobody_of_what_was_not_committed) {
  Transaction transaction(engine());
  int told = 0;
  const auto when = [&] { transaction.when_committed([&told] { ++told; }); };
  when();
  transaction.restart();
  ASSERT_THAT(transaction.commit(), Succeeds());
  when();
  transaction.forget_writes();
  ASSERT_THAT(transaction.commit(), Succeeds());
  when();
  EXPECT_EQ(look(transaction, "a"), "(none)");
  transaction.put(rows(), "a", "mine");
  ASSERT_THAT(engine().put("a", "another"), Succeeds());
  EXPECT_THAT(transaction.commit(), FailsWith(Errc::conflict));
  transaction.restart();
  ASSERT_THAT(transaction.commit(), Succeeds());
  EXPECT_EQ(told, 0);
}

TEST_F(TransactionTest, is_refused_once_it_is_invalid) {
  Transaction transaction(engine());
  transaction.put(rows(), "a", "1");
  transaction.invalidate();
  EXPECT_THAT(transaction.commit(), FailsWith(Errc::conflict));
  transaction.restart();
  EXPECT_EQ(look(transaction, "a"), "(none)");
  EXPECT_THAT(transaction.commit(), Succeeds());
}

TEST_F(TransactionTest, is_refused_if_a_row_that_it_depends_on_was_written) {
  for (const char* key : {"present", "absent"}) {
    ASSERT_THAT(engine().put("present", "1"), Succeeds());
    ASSERT_THAT(engine().remove("absent"), Succeeds());
    Transaction transaction(engine());
    look(transaction, key);
    transaction.put(rows(), "done", "yes");
    ASSERT_THAT(engine().put(key, "2"), Succeeds());
    EXPECT_THAT(transaction.commit(), FailsWith(Errc::conflict)) << key;
    EXPECT_EQ(read(engine(), "done"), "(none)");
    transaction.restart();
    look(transaction, key);
    transaction.put(rows(), "done", "yes");
    EXPECT_THAT(transaction.commit(), Succeeds());
    ASSERT_THAT(engine().remove("done"), Succeeds());
  }
}

TEST_F(TransactionTest, minds_others_only_as_far_as_it_looked) {
  const auto commits_after = [&](Look how, bool isolated) {
    Transaction transaction(engine());
    if (isolated) transaction.isolate();
    look(transaction, "a", how);
    EXPECT_THAT(engine().put("a", "2"), Succeeds());
    return transaction.commit().has_value();
  };
  EXPECT_TRUE(commits_after(Look::independent, false));
  EXPECT_FALSE(commits_after(Look::independent, true));
  EXPECT_FALSE(commits_after(Look::depending, false));
  EXPECT_TRUE(commits_after(Look::guarded, true));
}

TEST_F(TransactionTest, its_own_writes_are_no_conflict) {
  Transaction transaction(engine());
  EXPECT_EQ(look(transaction, "a"), "(none)");
  transaction.put(rows(), "a", "1");
  EXPECT_EQ(look(transaction, "a"), "1");
  EXPECT_THAT(transaction.commit(), Succeeds());
}

TEST_F(TransactionTest, rows_that_it_wrote_expire_for_it_too) {
  Transaction transaction(engine());
  transaction.put(rows(), "a", "1", {.expires_at = engine().now() + 10ms});
  EXPECT_EQ(look(transaction, "a"), "1");
  time_.pass(10ms);
  EXPECT_EQ(look(transaction, "a"), "(none)");
}

TEST_F(TransactionTest, after_removing_all_only_later_writes_are_there) {
  ASSERT_THAT(engine().put("a", "1"), Succeeds());
  ASSERT_THAT(engine().put("b", "1"), Succeeds());
  Transaction transaction(engine());
  transaction.put(rows(), "c", "1");
  transaction.remove_all(rows());
  transaction.put(rows(), "b", "2");
  EXPECT_EQ(look(transaction, "a"), "(none)");
  EXPECT_EQ(look(transaction, "b"), "2");
  EXPECT_EQ(look(transaction, "c"), "(none)");
  ASSERT_THAT(transaction.commit(), Succeeds());
  EXPECT_THAT(rows_of(engine()), testing::ElementsAre(testing::Pair("b", "2")));
}

TEST_F(TransactionTest, run_repeats_an_operation_until_nobody_comes_between) {
  int runs = 0;
  const auto number = service().run(database(), [&](DatabaseView& view) -> Result<int> {
    const auto row = view.find("a");
    if (!row) return row.error();
    if (++runs < 3) {
      EXPECT_THAT(engine().put("a", std::to_string(runs)), Succeeds());
    }
    view.put_string("a", *row, "mine");
    return runs;
  });
  ASSERT_THAT(number, Succeeds());
  EXPECT_EQ(*number, 3);
  EXPECT_EQ(read(engine(), "a"), "mine");
}

TEST_F(TransactionTest, generations_are_never_handed_out_twice) {
  Generation last = 0;
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 10; ++j) {
      const Generation next = service().generations().next().value();
      EXPECT_GT(next, last);
      last = next;
    }
    reopen();
  }
}

TEST_F(TransactionTest, the_index_of_expiry_empties_itself) {
  const auto set = [&](std::string_view key, std::chrono::seconds after) {
    return service().run(database(), [&](DatabaseView& view) -> Result<int> {
      const auto old = view.find(key);
      if (!old) return old.error();
      view.put_string(key, *old, "x", engine().now() + after);
      return 0;
    });
  };
  ASSERT_THAT(set("a", 10s), Succeeds());
  ASSERT_THAT(set("b", 20s), Succeeds());
  ASSERT_THAT(set("a", 30s), Succeeds());  // The first entry of a is replaced.
  EXPECT_EQ(rows_of(engine(), {.keyspace = &database().elements}).size(), 2u);
  time_.pass(10s);
  EXPECT_EQ(service().remove_expired(100).value(), 0u);
  reopen();
  time_.pass(10s);
  EXPECT_EQ(service().remove_expired(100).value(), 1u);
  EXPECT_EQ(read(engine(), "a"), "x");
  time_.pass(10s);
  EXPECT_EQ(service().remove_expired(100).value(), 1u);
  EXPECT_EQ(service().remove_expired(100).value(), 0u);
  EXPECT_TRUE(rows_of(engine(), {.keyspace = &database().elements}).empty());
}

TEST_F(TransactionTest, expired_rows_are_removed_in_portions) {
  for (int i = 0; i < 25; ++i) {
    const std::string key = numbered_key(static_cast<std::uint64_t>(i));
    ASSERT_THAT(service().run(database(2),
                              [&](DatabaseView& view) -> Result<int> {
                                view.put_string(key, std::nullopt, "x", engine().now() + 1s);
                                return 0;
                              }),
                Succeeds());
  }
  time_.pass(1s);
  EXPECT_EQ(service().remove_expired(10).value(), 10u);
  EXPECT_EQ(service().remove_expired(10).value(), 10u);
  EXPECT_EQ(service().remove_expired(10).value(), 5u);
}

}  // namespace
}  // namespace quartz::server
