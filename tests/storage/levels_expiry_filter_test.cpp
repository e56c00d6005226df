#include "storage/levels_expiry_filter.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "quartz/storage/limits.hpp"
#include "storage/stored_value.hpp"
#include "support/hand_clock.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {
namespace {

using namespace std::chrono_literals;

/// RocksDB itself with the filter, since only so can a compaction be sent to a level of choice.
class LevelsExpiryFilterTest : public testing::Test {
 protected:
  LevelsExpiryFilterTest() {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.disable_auto_compactions = true;
    options.compaction_filter = filter_.get();
    rocksdb::DB* db = nullptr;
    EXPECT_TRUE(rocksdb::DB::Open(options, (scratch_ / "db").string(), &db).ok());
    db_.reset(db);
  }

  static std::string stored(std::string_view value, const RowAttributes& attributes = {}) {
    std::string bytes(value);
    bytes.resize(value.size() + trailer_bytes(attributes));
    encode_trailer(reinterpret_cast<std::byte*>(bytes.data()) + value.size(), attributes);
    return bytes;
  }
  std::string expiring(std::string_view value) {
    return stored(value, {.expires_at = clock_->now() + 10s});
  }

  /// A row in a table of level 0.
  void put(const std::string& key, const std::string& bytes) {
    ASSERT_TRUE(db_->Put({}, key, bytes).ok());
    ASSERT_TRUE(db_->Flush({}).ok());
  }
  std::vector<std::string> tables_at(int level) const {
    rocksdb::ColumnFamilyMetaData metadata;
    db_->GetColumnFamilyMetaData(&metadata);
    std::vector<std::string> names;
    for (const auto& table : metadata.levels.at(static_cast<std::size_t>(level)).files) {
      names.push_back(table.name);
    }
    return names;
  }
  /// Compacts the tables of `from`, and those of `to`, into `to`.
  void compact(int from, int to) {
    std::vector<std::string> tables = tables_at(from);
    for (auto& name : tables_at(to)) tables.push_back(std::move(name));
    const auto status = db_->CompactFiles({}, tables, to);
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
  bool has(const std::string& key, const rocksdb::Snapshot* snapshot = nullptr) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    std::string value;
    return db_->Get(options, key, &value).ok();
  }
  std::uint64_t entries() const {
    rocksdb::TablePropertiesCollection tables;
    EXPECT_TRUE(db_->GetPropertiesOfAllTables(&tables).ok());
    std::uint64_t count = 0;
    for (const auto& [name, properties] : tables) count += properties->num_entries;
    return count;
  }

  ScratchDirectory scratch_;
  HandClock time_;
  std::shared_ptr<ExpiryClock> clock_ =
      ExpiryClock::open(io::posix_file_system(), scratch_ / "CLOCK", time_.source(),
                        [](LogLevel, std::string_view) {})
          .value();
  std::unique_ptr<LevelsExpiryFilter> filter_ = std::make_unique<LevelsExpiryFilter>(clock_);
  std::unique_ptr<rocksdb::DB> db_;
};

TEST_F(LevelsExpiryFilterTest, drops_what_has_expired_and_nothing_else) {
  put("expired", expiring("value"));
  time_.pass(10s);
  put("live", expiring("value"));
  put("plain", stored("value"));
  put("kind", stored("value", {.kind = kRowKindMax}));
  compact(0, 6);
  EXPECT_FALSE(has("expired"));
  EXPECT_TRUE(has("live"));
  EXPECT_TRUE(has("plain"));
  EXPECT_TRUE(has("kind"));
  EXPECT_EQ(entries(), 3u);
}

TEST_F(LevelsExpiryFilterTest, keeps_what_does_not_decode) {
  put("empty", "");
  put("reserved", std::string(20, '\xF0'));
  put("short", "\x80");
  compact(0, 6);
  EXPECT_TRUE(has("empty"));
  EXPECT_TRUE(has("reserved"));
  EXPECT_TRUE(has("short"));
}

TEST_F(LevelsExpiryFilterTest, leaves_a_tombstone_over_an_older_version_in_a_lower_level) {
  put("k", stored("old"));
  compact(0, 6);
  put("k", expiring("new"));
  time_.pass(10s);
  compact(0, 3);
  ASSERT_EQ(tables_at(3).size(), 1u);
  EXPECT_EQ(entries(), 2u);  // The old version, and the tombstone over it.
  EXPECT_FALSE(has("k"));
  compact(3, 6);
  EXPECT_FALSE(has("k"));
  EXPECT_EQ(entries(), 0u);
}

TEST_F(LevelsExpiryFilterTest, uncovers_no_older_version_that_a_snapshot_keeps) {
  put("k", stored("old"));
  const rocksdb::Snapshot* const before = db_->GetSnapshot();
  put("k", expiring("new"));
  const rocksdb::Snapshot* const after = db_->GetSnapshot();
  put("other", stored("row"));
  time_.pass(10s);
  compact(0, 6);
  EXPECT_TRUE(has("k", before));
  EXPECT_FALSE(has("k", after));  // RocksDB asks the filter whatever snapshots see the row.
  EXPECT_FALSE(has("k"));
  db_->ReleaseSnapshot(before);
  db_->ReleaseSnapshot(after);
  compact(6, 6);
  EXPECT_FALSE(has("k"));
  EXPECT_TRUE(has("other"));
}

}  // namespace
}  // namespace quartz::storage
