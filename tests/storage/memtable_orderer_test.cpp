#include "storage/memtable_orderer.hpp"

#include <atomic>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/stored_operations.hpp"
#include "support/no_more_threads.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

// A memtable with rows that wait for their order.
class Waiting {
 public:
  void put(std::uint64_t rows) {
    for (std::uint64_t i = 0; i < rows; ++i) {
      ++sequence_;
      memtable_->insert(sequence_, operations_.put("key" + std::to_string(sequence_), ""));
    }
  }
  const MemtableRef& memtable() const { return memtable_; }
  // Returns when somebody has put them into order.
  void wait_until_ordered() const {
    while (memtable_->unordered_count() > 0) std::this_thread::yield();
  }

 private:
  StoredOperations operations_;
  MemtableRef memtable_ = MemtableRef::adopt(new Memtable(operations_.segment()));
  Sequence sequence_ = 0;
};

TEST(MemtableOrderer, orders_what_it_is_told_of) {
  Waiting rows;
  rows.put(100);
  MemtableOrderer orderer;
  ASSERT_THAT(orderer.start(), Succeeds());
  orderer.follow(rows.memtable());
  rows.wait_until_ordered();
}

TEST(MemtableOrderer, says_that_there_is_no_thread_and_leaves_the_order_to_readers) {
  Waiting rows;
  rows.put(100);
  const NoMoreThreads refused;
  MemtableOrderer orderer;
  EXPECT_THAT(orderer.start(), FailsWith(Errc::io_error));
  orderer.follow(rows.memtable());
  orderer.stop();
}

TEST(MemtableOrderer, goes_on_when_enough_was_added) {
  Waiting rows;
  MemtableOrderer orderer;
  ASSERT_THAT(orderer.start(), Succeeds());
  orderer.follow(rows.memtable());
  for (int turn = 0; turn < 3; ++turn) {
    rows.put(10'000);
    orderer.added(10'000);
    rows.wait_until_ordered();
  }
}

TEST(MemtableOrderer, finishes_older_memtables_and_lets_them_go) {
  Waiting older;
  Waiting newer;
  older.put(25'000);
  newer.put(10);
  MemtableOrderer orderer;
  orderer.follow(older.memtable());
  orderer.follow(newer.memtable());
  ASSERT_THAT(orderer.start(), Succeeds());
  older.wait_until_ordered();
  newer.wait_until_ordered();
}

TEST(MemtableOrderer, tells_when_it_has_let_a_memtable_go) {
  Waiting newer;
  std::atomic<int> told{0};
  MemtableOrderer orderer;
  {
    Waiting older;
    older.put(1000);
    orderer.follow(older.memtable());
    orderer.follow(newer.memtable());
    ASSERT_THAT(orderer.start([&] { ++told; }), Succeeds());
    while (told == 0) std::this_thread::yield();
    EXPECT_EQ(older.memtable()->unordered_count(), 0u);
  }
  orderer.stop();
  EXPECT_EQ(told, 1);
}

TEST(MemtableOrderer, stopped_leaves_the_rest_to_readers) {
  Waiting rows;
  {
    MemtableOrderer orderer;
    ASSERT_THAT(orderer.start(), Succeeds());
    orderer.follow(rows.memtable());
    orderer.stop();
  }
  rows.put(5);
  EXPECT_EQ(rows.memtable()->unordered_count(), 5u);
  Memtable::Iterator it(*rows.memtable(), 0, kSequenceMax);
  it.seek_to_last();
  EXPECT_TRUE(it.valid());
  EXPECT_EQ(rows.memtable()->unordered_count(), 0u);
}

TEST(MemtableOrderer, that_never_started_can_be_stopped_and_dropped) {
  Waiting rows;
  MemtableOrderer orderer;
  orderer.follow(rows.memtable());
  orderer.stop();
}

}  // namespace
}  // namespace quartz::storage
