// When the trees of a memtable are brought up to date, and for whom.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/memtable_table.hpp"

namespace quartz::storage {
namespace {

using ::testing::ElementsAre;

TEST(MemtableOrder, is_not_needed_to_find_the_newest_version_of_a_key) {
  Table table;
  table.put("a", "1");
  table.put("a", "2");
  table.remove("b");
  EXPECT_EQ(table.find("a"), "2");
  EXPECT_EQ(table.find("b"), "(removed)");
  EXPECT_EQ(table.find("c"), "(none)");
  EXPECT_EQ(table->unordered_count(), 3u);
}

TEST(MemtableOrder, is_made_for_readers_of_older_versions_and_for_iterators) {
  Table table;
  const Sequence first = table.put("a", "1");
  table.put("a", "2");
  EXPECT_EQ(table.find("a", first), "1");
  EXPECT_EQ(table->unordered_count(), 1u) << "no further than the reader looks";
  table.put("b", "3");
  EXPECT_EQ(table->unordered_count(), 2u);
  EXPECT_THAT(rows(table, kSequenceMax), ElementsAre("a=2", "b=3"));
  EXPECT_EQ(table->unordered_count(), 0u);
}

TEST(MemtableOrder, made_in_any_portions_is_the_same) {
  constexpr int kRows = 3000;
  for (const std::uint64_t portion : {1u, 7u, 1000u, 10000u}) {
    Table table;
    for (int i = 0; i < kRows; ++i) {
      table.put("key" + std::to_string(i * 7919 % 500), std::to_string(i));
      if (i % 3 == 0) table->order(portion);
    }
    while (table->unordered_count() > 0) table->order(portion);
    const auto seen = rows(table, kRows / 2);
    EXPECT_EQ(seen.size(), 500u);
    for (const std::string& row : seen) {
      const int value = std::stoi(row.substr(row.find('=') + 1));
      EXPECT_GE(value, kRows / 2 - 500);
      EXPECT_LT(value, kRows / 2);
    }
  }
}

TEST(MemtableOrder, is_made_no_further_than_its_reader_looks_whatever_sequences_begin_with) {
  StoredOperations operations;
  const MemtableRef memtable = MemtableRef::adopt(new Memtable(operations.segment()));
  constexpr Sequence kFirst = 1'000'000'000;
  for (Sequence i = 0; i < 10; ++i) memtable->insert(kFirst + i, operations.put("key", "value"));
  const MemtableHit hit = memtable->find(0, "key", hash_key("key", 0), kFirst + 3);
  EXPECT_EQ(hit.kind, MemtableHit::Kind::value);
  EXPECT_EQ(memtable->unordered_count(), 6u);
}

TEST(MemtableOrder, is_not_needed_for_keys_that_were_written_long_after_their_range_was_removed) {
  Table table;
  table.put("a", "old");
  table.remove_range("a", "b");
  for (int i = 0; i < 2000; ++i) table.put("z" + std::to_string(i), "");
  table.put("a", "new");
  EXPECT_EQ(table.find("a"), "new");
  EXPECT_EQ(table.find("aa"), "(removed)");
  EXPECT_EQ(table->unordered_count(), 2002u);
}

TEST(MemtableOrder, is_counted_in_its_memory_before_it_is_made) {
  Table table;
  for (int i = 0; i < 20'000; ++i) table.put("key" + std::to_string(i), "");
  const std::size_t before = table->index_bytes();
  while (table->unordered_count() > 0) table->order(1000);
  EXPECT_LT(table->index_bytes(), before + before / 2);
  EXPECT_GT(table->index_bytes(), before / 2);
}

}  // namespace
}  // namespace quartz::storage
