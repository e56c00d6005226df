#include "storage/flush.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/try.hpp"
#include "storage/levels_table_builder.hpp"
#include "storage/merge_iterator.hpp"

namespace quartz::storage {
namespace {

Result<TableFile> write_table(const io::Path& path, const std::vector<const Memtable*>& memtables,
                              KeyspaceId keyspace, rocksdb::Env* env) {
  QUARTZ_ASSIGN(TableBuilder table, TableBuilder::create(path, keyspace, env));
  for (const Memtable* memtable : memtables) {
    for (const RangeTombstone& range : memtable->range_tombstones(keyspace, kSequenceMax)) {
      QUARTZ_TRY(table.remove_range(range.first, range.last));
    }
  }
  MergeIterator rows(memtables, std::nullopt, keyspace, kSequenceMax,
                     MergeIterator::Tombstones::show);
  for (rows.seek_to_first(); rows.valid(); rows.next()) {
    if (rows.tombstone()) {
      QUARTZ_TRY(table.remove(rows.key()));
    } else {
      QUARTZ_TRY(table.put(rows.key(), rows.value()));
    }
  }
  return table.finish();
}

}  // namespace

Result<FlushTables> write_flush_tables(io::FileSystem& files, const io::Path& directory,
                                       const std::vector<const Memtable*>& memtables,
                                       const std::function<bool(KeyspaceId)>& keep,
                                       std::uint64_t* next_number, rocksdb::Env* env) {
  FlushTables tables;
  std::set<KeyspaceId> keyspaces;
  for (const Memtable* memtable : memtables) {
    tables.applied = std::max(tables.applied, memtable->last_sequence());
    for (const KeyspaceId id : memtable->keyspaces()) keyspaces.insert(id);
  }
  for (const KeyspaceId id : keyspaces) {
    if (!keep(id)) continue;
    const io::Path path = directory / fmt::format("{:06}.sst", (*next_number)++);
    auto table = write_table(path, memtables, id, env);
    if (!table) {
      discard_tables(files, tables.files);
      discard_tables(files, {TableFile{id, path, 0, 0}});
      return std::move(table).error();
    }
    tables.entry_count += table->entry_count;
    tables.bytes += table->bytes;
    tables.files.push_back(*std::move(table));
  }
  return tables;
}

void discard_tables(io::FileSystem& files, const std::vector<TableFile>& tables) noexcept {
  // A table that was never written is no failure, and any other leftover goes with the next open.
  for (const TableFile& table : tables) static_cast<void>(files.remove(table.path));
}

}  // namespace quartz::storage
