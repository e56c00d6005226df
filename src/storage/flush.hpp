#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "storage/levels.hpp"
#include "storage/memtable.hpp"

namespace quartz::storage {

/// The tables that a flush wrote; nothing is ingested yet.
struct FlushTables {
  std::vector<TableFile> files;  // One for each keyspace with anything to say.
  std::uint64_t entry_count = 0;
  std::uint64_t bytes = 0;
  Sequence applied = 0;  // Newest sequence in the memtables, at most `at`; 0 if all are empty.
};

/// Writes the newest version up to `at` of every key in `memtables` (newest first, none of them
/// active any more) as sorted tables into `directory`, numbered from `*next_number` on, which is
/// advanced. Keyspaces for which `keep` answers false were dropped; their rows are left out. On an
/// error the files written so far are removed. `env` is RocksDB's way to the same files as `files`;
/// null: the operating system's.
Result<FlushTables> write_flush_tables(io::FileSystem& files, const io::Path& directory,
                                       const std::vector<const Memtable*>& memtables,
                                       const std::function<bool(KeyspaceId)>& keep,
                                       std::uint64_t* next_number, rocksdb::Env* env = nullptr,
                                       Sequence at = kSequenceMax);

/// Removes tables that will not be ingested. Best effort: what stays is removed at the next open.
void discard_tables(io::FileSystem& files, const std::vector<TableFile>& tables) noexcept;

}  // namespace quartz::storage
