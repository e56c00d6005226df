#include "storage/flush.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/try.hpp"
#include "storage/levels_table_builder.hpp"
#include "storage/merge_iterator.hpp"

namespace quartz::storage {
namespace {

// Nothing if there is nothing to say up to `at`: RocksDB has no empty tables.
Result<std::optional<TableFile>> write_table(const io::Path& path,
                                             const std::vector<const Memtable*>& memtables,
                                             KeyspaceId keyspace, Sequence at, rocksdb::Env* env) {
  std::vector<RangeTombstone> ranges;
  for (const Memtable* memtable : memtables) {
    const auto more = memtable->range_tombstones(keyspace, at);
    ranges.insert(ranges.end(), more.begin(), more.end());
  }
  MergeIterator rows(memtables, std::nullopt, keyspace, at, MergeIterator::Tombstones::show);
  rows.seek_to_first();
  if (ranges.empty() && !rows.valid()) return std::nullopt;
  QUARTZ_ASSIGN(TableBuilder table, TableBuilder::create(path, keyspace, env));
  for (const RangeTombstone& range : ranges) {
    QUARTZ_TRY(table.remove_range(range.first, range.last));
  }
  for (; rows.valid(); rows.next()) {
    if (rows.tombstone()) {
      QUARTZ_TRY(table.remove(rows.key()));
    } else {
      QUARTZ_TRY(table.put(rows.key(), rows.value()));
    }
  }
  QUARTZ_ASSIGN(TableFile written, table.finish());
  return std::optional(std::move(written));
}

}  // namespace

Result<FlushTables> write_flush_tables(io::FileSystem& files, const io::Path& directory,
                                       const std::vector<const Memtable*>& memtables,
                                       const std::function<bool(KeyspaceId)>& keep,
                                       std::uint64_t* next_number, rocksdb::Env* env, Sequence at) {
  FlushTables tables;
  std::set<KeyspaceId> keyspaces;
  for (const Memtable* memtable : memtables) {
    tables.applied = std::max(tables.applied, std::min(memtable->last_sequence(), at));
    for (const KeyspaceId id : memtable->keyspaces()) keyspaces.insert(id);
  }
  for (const KeyspaceId id : keyspaces) {
    if (!keep(id)) continue;
    const io::Path path = directory / fmt::format("{:06}.sst", (*next_number)++);
    auto table = write_table(path, memtables, id, at, env);
    if (!table) {
      discard_tables(files, tables.files);
      discard_tables(files, {TableFile{id, path, 0, 0}});
      return std::move(table).error();
    }
    if (!*table) continue;
    tables.entry_count += (*table)->entry_count;
    tables.bytes += (*table)->bytes;
    tables.files.push_back(**std::move(table));
  }
  return tables;
}

void discard_tables(io::FileSystem& files, const std::vector<TableFile>& tables) noexcept {
  // A table that was never written is no failure, and any other leftover goes with the next open.
  for (const TableFile& table : tables) static_cast<void>(files.remove(table.path));
}

}  // namespace quartz::storage
