#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>

#include "storage/levels.hpp"

namespace quartz::storage {

/// The family that RocksDB itself insists on. It holds one seed row and nothing else.
inline constexpr std::string_view kSeedFamily = "default";
/// The family that holds what we must know about the levels as a whole.
inline constexpr std::string_view kMetadataFamily = "metadata";
/// In it: the applied sequence, eight bytes, little endian.
inline constexpr std::string_view kAppliedSequenceKey = "applied_sequence";
/// A property of every table that we build: its keyspace's id in decimal. With it, tables can be
/// told apart when the MANIFEST is lost.
inline constexpr std::string_view kKeyspaceProperty = "quartz.keyspace";

/// Another: a filter of the keys that have a value there, by `hash_key(key, keyspace)`. A change of
/// that hash or of the filter needs another name here.
inline constexpr std::string_view kFilterProperty = "quartz.key_filter.1";

/// "0000002a:orders". The list of families is the catalogue of keyspaces, so both are in the name.
std::string family_name(KeyspaceId id, std::string_view name);
/// The keyspace that a family holds; nothing for another kind of family.
std::optional<LevelsKeyspace> parse_family_name(std::string_view family);

/// Options of a database of levels. docs/design/storage.md gives the measurements behind them.
rocksdb::DBOptions database_options(const LevelsOptions& options);
/// Of a keyspace's family; `cache` and `filter` (null: none) are shared by all of them, and the
/// filter outlives the database.
rocksdb::ColumnFamilyOptions keyspace_options(const LevelsOptions& options, KeyspaceId keyspace,
                                              const std::shared_ptr<rocksdb::Cache>& cache,
                                              const rocksdb::CompactionFilter* filter);
/// Of the two small families.
rocksdb::ColumnFamilyOptions metadata_options();
/// For reading a keyspace's table by itself, through the cache that the database has for it too.
rocksdb::Options table_reader_options(rocksdb::Env* env,
                                      const std::shared_ptr<rocksdb::Cache>& cache);
/// For a table file that will be ingested into a keyspace.
rocksdb::Options table_file_options(KeyspaceId keyspace, rocksdb::Env* env);

}  // namespace quartz::storage
