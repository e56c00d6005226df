// What a memtable knows of the time of a key's newest write.
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "storage/memtable_table.hpp"

namespace quartz::storage {
namespace {

bool written_after(const Table& table, Sequence at, std::string_view key, KeyspaceId keyspace = 0) {
  return table->written_after(at, keyspace, key, hash_key(key, keyspace));
}

TEST(MemtableWrittenAfter, is_told_of_puts_and_removes_to_the_sequence) {
  Table table;
  const Sequence put = table.put("a", "1");
  const Sequence removed = table.remove("b");
  EXPECT_TRUE(written_after(table, put - 1, "a"));
  EXPECT_FALSE(written_after(table, put, "a"));
  EXPECT_TRUE(written_after(table, removed - 1, "b"));
  EXPECT_FALSE(written_after(table, removed, "b"));
  EXPECT_FALSE(written_after(table, 0, "c"));
}

TEST(MemtableWrittenAfter, goes_by_the_newest_write_of_a_key) {
  Table table;
  table.put("a", "1");
  const Sequence between = table.put("b", "1");
  const Sequence newest = table.put("a", "2");
  EXPECT_TRUE(written_after(table, between, "a"));
  EXPECT_FALSE(written_after(table, between, "b"));
  EXPECT_FALSE(written_after(table, newest, "a"));
}

TEST(MemtableWrittenAfter, tells_keyspaces_apart) {
  Table table;
  const Sequence first = table.put("a", "1", 3);
  table.put("a", "1", 4);
  EXPECT_FALSE(written_after(table, first, "a", 3));
  EXPECT_TRUE(written_after(table, first, "a", 4));
  EXPECT_FALSE(written_after(table, 0, "a", 5));
}

TEST(MemtableWrittenAfter, a_removed_range_is_a_write_of_every_key_in_it) {
  Table table;
  table.put("b", "1");
  const Sequence before = table.put("d", "1");
  const Sequence removed = table.remove_range("a", "c");
  for (const char* key : {"a", "b", "bb"}) {
    EXPECT_TRUE(written_after(table, before, key)) << key;
    EXPECT_FALSE(written_after(table, removed, key)) << key;
  }
  EXPECT_FALSE(written_after(table, before, "c"));
  EXPECT_FALSE(written_after(table, before, "d"));
  EXPECT_FALSE(written_after(table, before, "b", 9));
}

TEST(MemtableWrittenAfter, needs_no_trees) {
  Table table;
  for (int i = 0; i < 3000; ++i) table.put("key" + std::to_string(i % 10), "value");
  EXPECT_TRUE(written_after(table, 2989, "key9"));
  EXPECT_FALSE(written_after(table, 3000, "key9"));
  EXPECT_EQ(table->unordered_count(), 3000u);
}

// Beyond a certain number of keys that share a place, the hash index refuses to answer.
TEST(MemtableWrittenAfter, asks_the_trees_where_too_many_keys_share_a_place) {
  constexpr std::size_t kKeys = 60;
  constexpr std::uint64_t kPlaceMask = 0x3FFF;  // More places than so few keys grow the index to.
  std::vector<std::string> keys;
  for (std::uint64_t i = 0; keys.size() < kKeys; ++i) {
    std::string key = std::to_string(i);
    if ((hash_key(key, 0) & kPlaceMask) == 0) keys.push_back(std::move(key));
  }
  Table table;
  for (const std::string& key : keys) table.put(key, "value");
  for (Sequence i = 1; i <= kKeys; ++i) {
    ASSERT_TRUE(written_after(table, i - 1, keys[i - 1])) << keys[i - 1];
    ASSERT_FALSE(written_after(table, i, keys[i - 1])) << keys[i - 1];
  }
  EXPECT_EQ(table->unordered_count(), 0u) << "the trees were not asked";
}

TEST(MemtableWrittenAfter, agrees_with_a_model_at_every_age) {
  constexpr Sequence kWrites = 6000;  // Several chunks of versions.
  Random random(11);
  Table table;
  std::map<std::string, Sequence> newest;
  for (Sequence i = 1; i <= kWrites; ++i) {
    const std::string key = "key" + std::to_string(random.below(random.one_in(2) ? 20 : 2000));
    newest[key] = random.one_in(4) ? table.remove(key) : table.put(key, "value");
    if (random.one_in(50)) table->order(random.below(100));
    const std::string other = "key" + std::to_string(random.below(2000));
    const Sequence wanted = newest.contains(other) ? newest[other] : 0;
    const Sequence at = random.one_in(2) && wanted > 0 ? wanted - random.below(2) : random.below(i);
    ASSERT_EQ(written_after(table, at, other), wanted > at) << other << " at " << at;
  }
}

}  // namespace
}  // namespace quartz::storage
