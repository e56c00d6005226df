#include "storage/record_observer.hpp"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/engine.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Notes final : public RecordObserver {
 public:
  void appended(Sequence first_sequence, std::span<const std::byte> operations,
                std::uint32_t count) noexcept override {
    std::string record = std::to_string(first_sequence) + ":";
    const std::byte* at = operations.data();
    for (std::uint32_t i = 0; i < count; ++i) {
      const OperationView operation(at);
      at += operation.bytes();
      record += operation.type() == OperationType::put ? " +" : " -";
      record += operation.key();
    }
    EXPECT_EQ(at, operations.data() + operations.size());
    records.push_back(std::move(record));
  }
  std::vector<std::string> records;
};

class RecordObserverTest : public testing::Test {
 protected:
  KeyspaceState& rows() const { return keyspace_.state(); }

  ScratchDirectory scratch_;
  std::shared_ptr<Engine> engine_ = Engine::open(scratch_ / "db", small_config()).value();
  Keyspace keyspace_ = engine_->create_keyspace("rows").value();
  Notes notes_;
};

TEST_F(RecordObserverTest, is_told_of_each_record_with_its_operations) {
  ASSERT_THAT(engine_->write(WriteBatch().put("before", "1"), {}), Succeeds());
  EXPECT_EQ(engine_->add_observer(&notes_), 1u);
  ASSERT_THAT(engine_->write(WriteBatch().put("a", "1").remove("b").put(keyspace_, "c", "2"), {}),
              Succeeds());
  ASSERT_THAT(engine_->write_one(rows(), OperationType::put, "d", "3", {}), Succeeds());
  EXPECT_THAT(notes_.records, ElementsAre("2: +a -b +c", "5: +d"));
  engine_->remove_observer(&notes_);
  ASSERT_THAT(engine_->write(WriteBatch().put("after", "1"), {}), Succeeds());
  EXPECT_EQ(notes_.records.size(), 2u);
}

TEST_F(RecordObserverTest, is_not_told_of_a_write_that_was_refused) {
  engine_->add_observer(&notes_);
  EXPECT_THAT(engine_->write(WriteBatch().put("", "").put(std::string(100'000, 'k'), "v"), {}),
              FailsWith(Errc::too_large));
  EXPECT_THAT(notes_.records, IsEmpty());
  engine_->remove_observer(&notes_);
}

TEST_F(RecordObserverTest, meets_the_records_of_several_writers_in_order_and_complete) {
  class Order final : public RecordObserver {
   public:
    void appended(Sequence first_sequence, std::span<const std::byte>,
                  std::uint32_t count) noexcept override {
      in_order = in_order && first_sequence == next;
      next = first_sequence + count;
    }
    Sequence next = 1;
    bool in_order = true;
  };
  Order order;
  order.next = engine_->add_observer(&order) + 1;
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        ASSERT_THAT(engine_->write(WriteBatch().put("a", "1").put("b", "2"), {}), Succeeds());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  engine_->remove_observer(&order);
  EXPECT_TRUE(order.in_order);
  EXPECT_EQ(order.next, 4001u);
}

TEST_F(RecordObserverTest, can_use_the_engine_once_more_when_it_is_about_to_close) {
  class LastWord final : public RecordObserver {
   public:
    explicit LastWord(Engine& engine) : engine_(engine) {}
    void appended(Sequence, std::span<const std::byte>, std::uint32_t) noexcept override {}
    void closing() noexcept override {
      ++closings;
      EXPECT_THAT(engine_.write(WriteBatch().put("last", "word"), {}), Succeeds());
    }
    int closings = 0;

   private:
    Engine& engine_;
  };
  LastWord observer(*engine_);
  engine_->add_observer(&observer);
  EXPECT_THAT(engine_->close(), Succeeds());
  EXPECT_THAT(engine_->close(), FailsWith(Errc::closed));
  EXPECT_EQ(observer.closings, 1);
}

}  // namespace
}  // namespace quartz::storage
