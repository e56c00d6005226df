#include "storage/hash_index.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/random.hpp"

namespace quartz::storage {
namespace {

using Answer = HashIndex::Answer;

// The operation of a key that has none yet.
void insert(HashIndex& index, Arena& arena, std::uint64_t hash, std::uint32_t offset,
            Sequence sequence) {
  index.prepare_insert(arena);
  index.put(hash, offset, sequence, [](std::uint32_t) { return false; });
}

// An operation of the key that the one at `old_offset` has.
void replace(HashIndex& index, std::uint64_t hash, std::uint32_t old_offset, std::uint32_t offset,
             Sequence sequence) {
  index.put(hash, offset, sequence, [&](std::uint32_t held) { return held == old_offset; });
}

// Keys are numbers; the operation of key k lies at the offset that the test gave it.
class HashIndexTest : public testing::Test {
 protected:
  static constexpr std::size_t kSegmentBytes = std::size_t{1} << 20;

  static std::uint64_t hash_of(std::uint64_t key) {
    return hash_key({reinterpret_cast<const char*>(&key), sizeof(key)}, 0);
  }
  void insert(std::uint64_t key, std::uint32_t offset, Sequence sequence) {
    storage::insert(index_, arena_, hash_of(key), offset, sequence);
    key_at_[offset] = key;
  }
  void replace(std::uint64_t key, std::uint32_t old_offset, std::uint32_t offset,
               Sequence sequence) {
    index_.prepare_insert(arena_);
    storage::replace(index_, hash_of(key), old_offset, offset, sequence);
    key_at_[offset] = key;
  }
  HashIndex::Found find(std::uint64_t key) const {
    return index_.find(hash_of(key),
                       [&](std::uint32_t offset) { return key_at_.at(offset) == key; });
  }

  Arena arena_;
  HashIndex index_{kSegmentBytes};
  std::map<std::uint32_t, std::uint64_t> key_at_;
};

TEST_F(HashIndexTest, knows_no_key_while_empty) { EXPECT_EQ(find(7).answer, Answer::absent); }

TEST_F(HashIndexTest, finds_the_offset_of_a_key_and_no_other_key) {
  insert(7, 1000, 1);
  EXPECT_EQ(find(7).answer, Answer::found);
  EXPECT_EQ(find(7).offset, 1000u);
  EXPECT_EQ(find(8).answer, Answer::absent);
}

TEST_F(HashIndexTest, a_replaced_operation_is_not_found_any_more) {
  insert(7, 1000, 1);
  replace(7, 1000, 2000, 2);
  EXPECT_EQ(find(7).offset, 2000u);
}

TEST_F(HashIndexTest, never_understates_a_sequence) {
  for (Sequence sequence = 1000; sequence < 60000; sequence += 97) {
    insert(sequence, static_cast<std::uint32_t>(sequence), sequence);
    EXPECT_GE(find(sequence).sequence_max, sequence);
  }
}

TEST_F(HashIndexTest, tells_an_old_sequence_from_a_new_one) {
  insert(1, 100, 1);
  insert(2, 200, 30000);
  EXPECT_LT(find(1).sequence_max, 30000u);
}

TEST_F(HashIndexTest, a_sequence_beyond_all_expectation_counts_as_the_newest) {
  insert(1, 100, 1);
  insert(2, 200, std::uint64_t{1} << 40);
  EXPECT_EQ(find(2).sequence_max, kSequenceMax);
}

TEST_F(HashIndexTest, finds_every_key_while_it_grows) {
  constexpr std::uint64_t kKeys = 60000;  // Hundreds of times what its first buckets are for.
  const std::size_t bytes = index_.bytes();
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    insert(key, static_cast<std::uint32_t>(64 + key), key + 1);
    const std::uint64_t older = key * 7919 % (key + 1);
    ASSERT_EQ(find(older).answer, Answer::found) << older << " after " << key;
    ASSERT_EQ(find(older).offset, 64 + older);
  }
  for (std::uint64_t key = 0; key < kKeys; ++key) ASSERT_EQ(find(key).offset, 64 + key);
  for (std::uint64_t key = kKeys; key < 2 * kKeys; ++key) {
    ASSERT_EQ(find(key).answer, Answer::absent);
  }
  EXPECT_GT(index_.bytes(), bytes);
}

// Equal low bits: the same bucket however far the index grows.
TEST_F(HashIndexTest, some_keys_that_share_a_bucket_are_all_found) {
  constexpr std::uint64_t kKeys = 20;
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    storage::insert(index_, arena_, i << 40, static_cast<std::uint32_t>(64 + i), i + 1);
  }
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    const auto found = index_.find(i << 40, [&](std::uint32_t offset) { return offset == 64 + i; });
    EXPECT_EQ(found.answer, Answer::found) << i;
  }
  storage::replace(index_, std::uint64_t{15} << 40, 64 + 15, 5000, 1000);
  EXPECT_EQ(index_.find(std::uint64_t{15} << 40, [](std::uint32_t o) { return o == 5000; }).answer,
            Answer::found);
}

TEST_F(HashIndexTest, of_thousands_that_are_made_to_share_a_bucket_it_says_that_it_does_not_know) {
  constexpr std::uint64_t kKeys = 50000;
  std::size_t compared = 0;
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    storage::insert(index_, arena_, i << 40, static_cast<std::uint32_t>(64 + i), i + 1);
    index_.prepare_insert(arena_);
    storage::replace(index_, i << 40, static_cast<std::uint32_t>(64 + i),
                     static_cast<std::uint32_t>(64 + kKeys + i), i + 2);
  }
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    const auto found = index_.find(i << 40, [&](std::uint32_t offset) {
      ++compared;
      return offset == 64 + kKeys + i;
    });
    ASSERT_NE(found.answer, Answer::absent) << i;
  }
  EXPECT_LE(compared, 30 * kKeys);
  EXPECT_EQ(find(7).answer, Answer::absent) << "other buckets are as before";
}

TEST(HashIndex, grows_no_further_than_its_segment_can_need_and_still_finds_all) {
  Arena arena;
  HashIndex index(1);
  constexpr std::uint32_t kKeys = 5000;
  for (std::uint32_t key = 0; key < kKeys; ++key) {
    insert(index, arena, hash_key({reinterpret_cast<const char*>(&key), sizeof(key)}, 0), key,
           key + 1);
  }
  for (std::uint32_t key = 0; key < kKeys; ++key) {
    const auto found = index.find(hash_key({reinterpret_cast<const char*>(&key), sizeof(key)}, 0),
                                  [key](std::uint32_t offset) { return offset == key; });
    ASSERT_EQ(found.answer, Answer::found) << key;
  }
}

TEST(HashIndex, of_no_segment_or_one_beyond_its_offsets_knows_nothing) {
  Arena arena;
  for (const std::size_t bytes : {std::size_t{0}, (std::size_t{1} << 32) + 1}) {
    HashIndex index(bytes);
    insert(index, arena, 1, 64, 1);
    EXPECT_EQ(index.find(1, [](std::uint32_t) { return true; }).answer, Answer::unknown);
    EXPECT_EQ(index.bytes(), 0u);
  }
}

TEST(HashIndexConcurrency, readers_find_all_that_was_published_to_them_while_it_grows) {
  Arena arena;
  HashIndex index(std::size_t{1} << 20);
  constexpr std::uint32_t kKeys = 30000;
  std::atomic<std::uint32_t> published{0};
  const auto hash_of = [](std::uint32_t key) {
    return hash_key({reinterpret_cast<const char*>(&key), sizeof(key)}, 0);
  };
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&, reader] {
      Random random(static_cast<std::uint64_t>(reader) + 1);
      std::uint32_t count = 0;
      while (count < kKeys) {
        count = published.load(std::memory_order_acquire);
        if (count == 0) continue;
        const auto key = static_cast<std::uint32_t>(random.below(count));
        // Key k is replaced, from offset k to k + kKeys, when key 2k + 1 has come.
        const auto found =
            index.find(hash_of(key), [&](std::uint32_t offset) { return offset % kKeys == key; });
        ASSERT_EQ(found.answer, Answer::found) << key << " of " << count;
        ASSERT_GE(found.sequence_max, 2 * key + 1);
        if (count > 2 * key + 1) {
          ASSERT_EQ(found.offset, key + kKeys);
          ASSERT_GE(found.sequence_max, 4 * key + 4);
        }
      }
    });
  }
  for (std::uint32_t key = 0; key < kKeys; ++key) {
    insert(index, arena, hash_of(key), key, 2 * key + 1);
    if (key % 2 == 1) replace(index, hash_of(key / 2), key / 2, key / 2 + kKeys, 2 * key + 2);
    published.store(key + 1, std::memory_order_release);
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace quartz::storage
