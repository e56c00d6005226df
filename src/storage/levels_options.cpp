#include "storage/levels_options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <limits>
#include <utility>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/table_properties.h>

#include "base/hash.hpp"
#include "quartz/storage/limits.hpp"
#include "storage/key_filter.hpp"
#include "storage/levels_block_policy.hpp"
#include "storage/levels_status.hpp"

namespace quartz::storage {

namespace {

// Hexadecimal digits of a keyspace's id before the colon.
constexpr std::size_t kIdDigits = 8;
// RocksDB's smallest write buffer. Memtables are never used, so every byte there is wasted.
constexpr std::size_t kWriteBufferBytes = std::size_t{64} << 10;
// Larger than any number of files that back-pressure lets come about.
constexpr int kNever = 1 << 20;

// Notes the keyspace and a filter of the table's keys in its properties.
class TableCollector final : public rocksdb::TablePropertiesCollector {
 public:
  explicit TableCollector(KeyspaceId keyspace) : keyspace_(keyspace) {}
  rocksdb::Status AddUserKey(const rocksdb::Slice& key, const rocksdb::Slice& /*value*/,
                             rocksdb::EntryType type, rocksdb::SequenceNumber,
                             std::uint64_t) override {
    // A key that is only removed here has its row elsewhere or nowhere.
    if (type == rocksdb::kEntryDelete || type == rocksdb::kEntrySingleDelete ||
        type == rocksdb::kEntryRangeDeletion) {
      return rocksdb::Status::OK();
    }
    const std::uint64_t hash = hash_key(to_view(key), keyspace_);
    if (hashes_.empty() || hashes_.back() != hash) hashes_.push_back(hash);  // Versions of one key.
    return rocksdb::Status::OK();
  }
  rocksdb::Status Finish(rocksdb::UserCollectedProperties* properties) override {
    // RocksDB asks twice.
    if (filter_.empty()) filter_ = KeyFilter::build(std::exchange(hashes_, {}));
    *properties = GetReadableProperties();
    properties->emplace(kFilterProperty, filter_);
    return rocksdb::Status::OK();
  }
  rocksdb::UserCollectedProperties GetReadableProperties() const override {
    return {{std::string(kKeyspaceProperty), std::to_string(keyspace_)}};
  }
  const char* Name() const override { return "quartz.TableCollector"; }

 private:
  KeyspaceId keyspace_;
  std::vector<std::uint64_t> hashes_;
  std::string filter_;
};

class TableCollectorFactory final : public rocksdb::TablePropertiesCollectorFactory {
 public:
  explicit TableCollectorFactory(KeyspaceId keyspace) : keyspace_(keyspace) {}
  rocksdb::TablePropertiesCollector* CreateTablePropertiesCollector(Context) override {
    return new TableCollector(keyspace_);  // RocksDB takes it over.
  }
  const char* Name() const override { return "quartz.TableCollectorFactory"; }

 private:
  KeyspaceId keyspace_;
};

rocksdb::BlockBasedTableOptions table_options() {
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  // Debian builds CRC32C without the processor's instruction.
  table.checksum = rocksdb::kXXH3;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  table.flush_block_policy_factory = block_policy();
  // Spares single reads a search in their block, for one per cent of the size.
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  return table;
}

}  // namespace

std::string family_name(KeyspaceId id, std::string_view name) {
  char digits[kIdDigits + 1];
  std::snprintf(digits, sizeof(digits), "%08x", static_cast<unsigned>(id));
  std::string family(digits);
  family.append(":").append(name);
  return family;
}

std::optional<LevelsKeyspace> parse_family_name(std::string_view family) {
  if (family.size() <= kIdDigits + 1 || family[kIdDigits] != ':') return std::nullopt;
  LevelsKeyspace keyspace;
  const char* end = family.data() + kIdDigits;
  const auto [stop, failure] = std::from_chars(family.data(), end, keyspace.id, 16);
  if (failure != std::errc{} || stop != end || keyspace.id > kKeyspaceIdMax) return std::nullopt;
  keyspace.name = family.substr(kIdDigits + 1);
  // One spelling per keyspace, so that no id can have two families.
  if (family_name(keyspace.id, keyspace.name) != family) return std::nullopt;
  return keyspace;
}

rocksdb::DBOptions database_options(const LevelsOptions& options) {
  rocksdb::DBOptions database;
  if (options.env != nullptr) database.env = options.env;
  database.create_if_missing = options.create_if_missing;
  database.create_missing_column_families = true;
  database.paranoid_checks = true;
  // Damage and missing files are found at open, and no read waits for a file to be opened.
  database.max_open_files = -1;
  database.avoid_unnecessary_blocking_io = true;
  // Only the seed ever is in a memtable, and it is flushed at once.
  database.avoid_flush_during_shutdown = true;
  // One flush thread for the seed; the pools of the environment only ever grow.
  database.max_background_flushes = 1;
  database.max_background_compactions = static_cast<int>(options.compaction_threads);
  database.max_subcompactions = options.compaction_threads;
  // A background error ends all ingests until a reopen: resuming could acknowledge what was lost.
  database.max_bgerror_resume_count = 0;
  // No threads that only print.
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  database.info_log_level = rocksdb::WARN_LEVEL;
  database.keep_log_file_num = 2;
  database.max_log_file_size = std::size_t{1} << 20;
  database.max_manifest_file_size = std::size_t{64} << 20;
  // Evens out the writing of compactions, which would otherwise delay the log's syncs.
  database.bytes_per_sync = std::size_t{1} << 20;
  return database;
}

rocksdb::ColumnFamilyOptions metadata_options() {
  rocksdb::ColumnFamilyOptions family;
  family.write_buffer_size = kWriteBufferBytes;
  family.compression = rocksdb::kNoCompression;
  // Two levels, and compacted by the ingest itself: RocksDB would rewrite a file of one row after
  // nearly every ingest, because each becomes the bottom of its family as snapshots move on.
  family.num_levels = 2;
  family.disable_auto_compactions = true;
  family.level0_slowdown_writes_trigger = kNever;
  family.level0_stop_writes_trigger = kNever;
  family.ttl = 0;
  family.periodic_compaction_seconds = 0;
  rocksdb::BlockBasedTableOptions table = table_options();
  table.filter_policy = nullptr;
  table.no_block_cache = true;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return family;
}

rocksdb::ColumnFamilyOptions keyspace_options(const LevelsOptions& options, KeyspaceId keyspace,
                                              const std::shared_ptr<rocksdb::Cache>& cache,
                                              const rocksdb::CompactionFilter* filter) {
  rocksdb::ColumnFamilyOptions family;
  family.compaction_filter = filter;
  family.write_buffer_size = kWriteBufferBytes;
  family.disable_auto_compactions = !options.start_compaction;
  family.compaction_style = rocksdb::kCompactionStyleLevel;
  // Level 0 empties straight into the lowest level that has room, so that a small database has few
  // levels to look through.
  family.level_compaction_dynamic_level_bytes = true;
  family.level0_file_num_compaction_trigger = static_cast<int>(options.compaction_threshold);
  // Back-pressure is ours: an ingest is never slowed down by RocksDB in any case.
  family.level0_slowdown_writes_trigger = kNever;
  family.level0_stop_writes_trigger = kNever;
  family.soft_pending_compaction_bytes_limit = 0;
  family.hard_pending_compaction_bytes_limit = 0;
  family.target_file_size_base = options.table_file_bytes;
  family.max_bytes_for_level_base = options.table_file_bytes * options.max_level_size;
  family.max_bytes_for_level_multiplier = 10;
  // No compaction for age alone.
  family.ttl = 0;
  family.periodic_compaction_seconds = 0;
  family.compression = rocksdb::kNoCompression;
  // Our own filters tell of absent keys; in the last level RocksDB's would only confirm it.
  family.optimize_filters_for_hits = true;
  family.table_properties_collector_factories.push_back(
      std::make_shared<TableCollectorFactory>(keyspace));
  rocksdb::BlockBasedTableOptions table = table_options();
  table.block_cache = cache;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return family;
}

rocksdb::Options table_reader_options(rocksdb::Env* env,
                                      const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::Options options;
  if (env != nullptr) options.env = env;
  rocksdb::BlockBasedTableOptions table = table_options();
  // A walk asks no filter.
  table.filter_policy = nullptr;
  table.block_cache = cache;
  // The system reads ahead in a file that is opened by itself.
  table.max_auto_readahead_size = 0;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::Options table_file_options(KeyspaceId keyspace, rocksdb::Env* env) {
  rocksdb::Options options;
  if (env != nullptr) options.env = env;
  options.compression = rocksdb::kNoCompression;
  // The writer reads nothing; RocksDB would make a cache of its own otherwise.
  rocksdb::BlockBasedTableOptions table = table_options();
  table.no_block_cache = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.table_properties_collector_factories.push_back(
      std::make_shared<TableCollectorFactory>(keyspace));
  return options;
}

}  // namespace quartz::storage
