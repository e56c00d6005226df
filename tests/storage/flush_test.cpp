#include "storage/flush.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/levels.hpp"
#include "storage/stored_operations.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Flush : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(scratch_ / "ingest");
    LevelsOptions options;
    options.directory = scratch_ / "levels";
    options.block_cache_bytes = 1 << 20;
    levels_ = Levels::open(std::move(options)).value();
  }

  void begin() {
    memtables_.insert(memtables_.begin(), MemtableRef::adopt(new Memtable(operations_.segment())));
  }
  void put(std::string_view key, std::string_view value, KeyspaceId keyspace = 0) {
    memtables_.front()->insert(++sequence_, operations_.put(key, value, keyspace));
  }
  void remove(std::string_view key, KeyspaceId keyspace = 0) {
    memtables_.front()->insert(++sequence_, operations_.remove(key, keyspace));
  }
  void remove_range(std::string_view first, std::string_view last) {
    memtables_.front()->insert(++sequence_, operations_.remove_range(first, last));
  }

  Result<FlushTables> write_tables(const std::function<bool(KeyspaceId)>& keep) {
    std::vector<const Memtable*> sources;
    for (const MemtableRef& memtable : memtables_) sources.push_back(memtable.get());
    return write_flush_tables(io::posix_file_system(), scratch_ / "ingest", sources, keep,
                              &next_number_);
  }
  FlushTables write_tables() {
    return write_tables([](KeyspaceId) { return true; }).value();
  }
  // Writes, ingests, and forgets the memtables.
  void flush() {
    const FlushTables tables = write_tables();
    ASSERT_THAT(levels_->ingest(tables.files, tables.applied), Succeeds());
    memtables_.clear();
    begin();
  }
  std::vector<std::string> rows(KeyspaceId keyspace = 0) {
    auto it = levels_->iterate(keyspace, levels_->snapshot(), {}).value();
    std::vector<std::string> seen;
    for (it.seek_to_first(); it.valid(); it.next()) {
      seen.push_back(std::string(it.key()) + "=" + std::string(it.value()));
    }
    return seen;
  }
  std::size_t files_left() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator(scratch_ / "ingest")) {
      ++count;
    }
    return count;
  }

  ScratchDirectory scratch_;
  StoredOperations operations_;
  std::vector<MemtableRef> memtables_{
      MemtableRef::adopt(new Memtable(operations_.segment()))};  // Newest first.
  Sequence sequence_ = 0;
  std::uint64_t next_number_ = 1;
  std::unique_ptr<Levels> levels_;
};

TEST_F(Flush, of_empty_memtables_writes_nothing) {
  begin();
  const FlushTables tables = write_tables();
  EXPECT_THAT(tables.files, IsEmpty());
  EXPECT_EQ(tables.applied, 0u);
  EXPECT_EQ(files_left(), 0u);
}

TEST_F(Flush, writes_the_newest_version_of_each_key_over_all_memtables) {
  put("a", "old");
  put("a", "newer");
  put("b", "kept");
  begin();
  put("a", "newest");
  const FlushTables tables = write_tables();
  ASSERT_EQ(tables.files.size(), 1u);
  EXPECT_EQ(tables.entry_count, 2u);
  EXPECT_EQ(tables.applied, 4u);
  EXPECT_EQ(tables.bytes, std::filesystem::file_size(tables.files[0].path));
  ASSERT_THAT(levels_->ingest(tables.files, tables.applied), Succeeds());
  EXPECT_THAT(rows(), ElementsAre("a=newest", "b=kept"));
}

TEST_F(Flush, carries_tombstones_down_to_older_tables) {
  put("a", "1");
  put("b", "1");
  flush();
  remove("a");
  flush();
  EXPECT_THAT(rows(), ElementsAre("b=1"));
}

TEST_F(Flush, carries_removed_ranges_down_and_keeps_rows_put_after_them) {
  put("a", "old");
  put("b", "old");
  put("c", "old");
  flush();
  put("b", "before the range, same memtable");
  remove_range("a", "c");
  put("a", "after the range");
  flush();
  EXPECT_THAT(rows(), ElementsAre("a=after the range", "c=old"));
}

TEST_F(Flush, a_removed_range_in_an_older_memtable_spares_rows_of_a_newer_one) {
  put("a", "old");
  flush();
  put("b", "older");
  remove_range("a", "z");
  begin();
  put("b", "newer");
  flush();
  EXPECT_THAT(rows(), ElementsAre("b=newer"));
}

TEST_F(Flush, of_a_removed_range_alone_writes_a_table) {
  put("a", "old");
  flush();
  remove_range("a", "b");
  flush();
  EXPECT_THAT(rows(), IsEmpty());
}

TEST_F(Flush, writes_one_table_for_each_keyspace) {
  ASSERT_THAT(levels_->create_keyspace(5, "five"), Succeeds());
  put("a", "default");
  put("a", "five", 5);
  const FlushTables tables = write_tables();
  ASSERT_EQ(tables.files.size(), 2u);
  EXPECT_EQ(tables.files[0].keyspace, 0u);
  EXPECT_EQ(tables.files[1].keyspace, 5u);
  EXPECT_EQ(next_number_, 3u);
  ASSERT_THAT(levels_->ingest(tables.files, tables.applied), Succeeds());
  EXPECT_THAT(rows(0), ElementsAre("a=default"));
  EXPECT_THAT(rows(5), ElementsAre("a=five"));
}

TEST_F(Flush, leaves_dropped_keyspaces_out_and_still_counts_their_sequences) {
  put("a", "default");
  put("a", "five", 5);
  const FlushTables tables = write_tables([](KeyspaceId id) { return id != 5; }).value();
  ASSERT_EQ(tables.files.size(), 1u);
  EXPECT_EQ(tables.files[0].keyspace, 0u);
  EXPECT_EQ(tables.applied, 2u);
}

TEST_F(Flush, of_nothing_but_dropped_rows_still_moves_the_applied_sequence) {
  put("a", "five", 5);
  const FlushTables tables = write_tables([](KeyspaceId) { return false; }).value();
  EXPECT_THAT(tables.files, IsEmpty());
  EXPECT_EQ(tables.applied, 1u);
  ASSERT_THAT(levels_->ingest(tables.files, tables.applied), Succeeds());
  EXPECT_EQ(levels_->applied_sequence(), 1u);
}

TEST_F(Flush, removes_what_it_wrote_when_a_later_table_fails) {
  put("a", "default");
  put("a", "five", 5);
  // The name of the second table is taken by a directory.
  std::filesystem::create_directory(scratch_ / "ingest" / "000002.sst");
  EXPECT_FALSE(write_tables([](KeyspaceId) { return true; }).has_value());
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "ingest" / "000001.sst"));
}

TEST_F(Flush, discarded_tables_are_gone_and_missing_ones_are_no_failure) {
  put("a", "1");
  const FlushTables tables = write_tables();
  EXPECT_EQ(files_left(), 1u);
  discard_tables(io::posix_file_system(), tables.files);
  EXPECT_EQ(files_left(), 0u);
  discard_tables(io::posix_file_system(), tables.files);
}

TEST_F(Flush, leaves_out_what_is_newer_than_it_is_asked_for) {
  put("a", "1");
  remove_range("c", "d");
  const Sequence at = sequence_;
  put("a", "2");
  put("b", "2", 3);
  remove_range("a", "z");
  const FlushTables tables =
      write_flush_tables(
          io::posix_file_system(), scratch_ / "ingest", {memtables_.front().get()},
          [](KeyspaceId) { return true; }, &next_number_, nullptr, at)
          .value();
  EXPECT_EQ(tables.applied, at);
  EXPECT_EQ(tables.entry_count, 2u);
  // RocksDB would refuse to write a table of nothing.
  ASSERT_EQ(tables.files.size(), 1u);
  EXPECT_EQ(tables.files.front().keyspace, 0u);
}

}  // namespace
}  // namespace quartz::storage
