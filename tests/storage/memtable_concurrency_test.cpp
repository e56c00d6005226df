#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/epoch.hpp"
#include "base/hash.hpp"
#include "storage/memtable.hpp"
#include "storage/stored_operations.hpp"

namespace quartz::storage {
namespace {

// Writes in an order known to all: operation i puts key i % kKeys, so that its state is known at
// every sequence. Readers look only at what was published to them.
class BesideTheWriter : public ::testing::Test {
 protected:
  static constexpr std::size_t kKeys = 997;
  static constexpr std::size_t kOperations = 8000;

  static std::string key_of(std::size_t number) {
    // Spread over nodes of all sizes, some keys nested.
    const std::string digits = std::to_string(number * 7919 % 100003);
    return number % 3 == 0 ? digits : std::string(1, static_cast<char>(number)) + "stem" + digits;
  }
  BesideTheWriter() {
    for (std::size_t i = 0; i < kOperations; ++i) {
      views_.push_back(operations_.put(key_of(i % kKeys), std::to_string(i)));
    }
  }
  void write_all() {
    for (std::size_t i = 0; i < kOperations; ++i) {
      memtable_->insert(i + 1, views_[i]);
      published_.store(i + 1, std::memory_order_release);
    }
  }
  // Runs `look(at)` again and again until everything is written.
  template <class Look>
  std::thread reader(Look look) {
    return std::thread([this, look] {
      for (std::size_t at = 0; at < kOperations;) {
        at = published_.load(std::memory_order_acquire);
        look(at);
      }
    });
  }
  // The newest operation on a key of at most `at`, whose first is operation `number`.
  static std::size_t newest(std::size_t number, std::size_t at) {
    return (at - 1 - number) / kKeys * kKeys + number;
  }

  StoredOperations operations_{std::size_t{1} << 20};  // So small that the hash index grows.
  std::vector<OperationView> views_;
  MemtableRef memtable_ = MemtableRef::adopt(new Memtable(operations_.segment()));
  std::atomic<std::size_t> published_{0};
};

TEST_F(BesideTheWriter, look_ups_answer_for_their_sequence) {
  std::thread looking = reader([this](std::size_t at) {
    for (std::size_t number = at % 13; number < kKeys; number += 13) {
      const std::string key = key_of(number);
      const MemtableHit hit = memtable_->find(0, key, hash_key(key, 0), at);
      if (number < at) {
        ASSERT_EQ(hit.value, std::to_string(newest(number, at)));
      } else {
        ASSERT_EQ(hit.kind, MemtableHit::Kind::none);
      }
    }
  });
  write_all();
  looking.join();
}

TEST_F(BesideTheWriter, iterators_show_exactly_the_keys_of_their_sequence) {
  std::thread walking = reader([this](std::size_t at) {
    Memtable::Iterator it(*memtable_, 0, at);
    std::size_t count = 0;
    std::string last;
    for (it.seek_to_first(); it.valid(); it.next(), ++count) {
      ASSERT_TRUE(count == 0 || last < it.key());
      ASSERT_LE(it.sequence(), at);
      last = it.key();
    }
    ASSERT_EQ(count, std::min(at, kKeys));
  });
  write_all();
  walking.join();
}

TEST_F(BesideTheWriter, iterators_go_backward_and_seek) {
  std::thread walking = reader([this](std::size_t at) {
    Memtable::Iterator it(*memtable_, 0, at);
    std::size_t count = 0;
    for (it.seek_to_last(); it.valid(); it.previous()) {
      ++count;
    }
    ASSERT_EQ(count, std::min(at, kKeys));
    if (at > 0) {
      const std::string key = key_of((at - 1) % kKeys);
      it.seek(key);
      ASSERT_TRUE(it.valid());
      ASSERT_EQ(it.key(), key);
      ASSERT_EQ(it.operation().value(), std::to_string(at - 1));
      it.seek_for_previous(key);
      ASSERT_EQ(it.key(), key);
    }
  });
  write_all();
  walking.join();
}

TEST_F(BesideTheWriter, counters_and_keyspaces_can_be_read) {
  std::thread looking = reader([this](std::size_t at) {
    ASSERT_GE(memtable_->last_sequence(), at);
    ASSERT_GE(memtable_->entry_count(), at);
    if (at > 0) {
      ASSERT_EQ(memtable_->first_sequence(), 1u);
    }
    ASSERT_LE(memtable_->keyspaces().size(), 1u);
    ASSERT_GT(memtable_->index_bytes(), 0u);
  });
  write_all();
  looking.join();
}

TEST(MemtableReferences, are_taken_under_a_guard_while_the_owner_lets_go) {
  for (int round = 0; round < 200; ++round) {
    StoredOperations operations;
    std::atomic<Memtable*> current{new Memtable(operations.segment())};
    current.load()->insert(1, operations.put("k", "v"));
    std::thread reader([&] {
      const EpochGuard guard;
      const Memtable* bare = current.load(std::memory_order_acquire);
      if (bare != nullptr && bare->try_retain()) {
        ASSERT_EQ(bare->find(0, "k", hash_key("k", 0), 1).value, "v");
        bare->release();
      }
    });
    Memtable* owned = current.load();
    current.store(nullptr, std::memory_order_release);
    owned->release();
    reader.join();
    drain_retired();
  }
}

}  // namespace
}  // namespace quartz::storage
