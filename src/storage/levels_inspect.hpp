#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/storage/verify.hpp"
#include "storage/levels.hpp"

namespace quartz::storage {

/// Whom `inspect_levels` tells what it finds. Functions may be empty.
struct LevelsVisitor {
  /// Each keyspace once, before its rows.
  std::function<Result<void>(const LevelsKeyspace&)> keyspace;
  /// Each row that can be read. Near damage a key may come more than once; the last one holds. An
  /// error ends the inspection with that error. Empty: rows are not read, only checked.
  std::function<Result<void>(const LevelsKeyspace&, std::string_view key, std::string_view value)>
      row;
  FileProgress progress;
  /// The first sequence that the log has, or would have, if that is known. The files that say which
  /// tables count are not believed where they know less than what came before it, and there is a
  /// newer table that they do not name: they lost their end.
  std::optional<Sequence> log_begin = {};
};

/// What `inspect_levels` found.
struct LevelsInspection {
  Sequence applied_sequence = 0;  // 0 also if it cannot be read.
  std::vector<LevelsKeyspace> keyspaces;
  std::uint64_t files_checked = 0;
  std::uint64_t bytes_checked = 0;
  std::uint64_t entries = 0;  // In the tables of the keyspaces; tombstones, old versions too.
  std::uint64_t rows = 0;     // Told to the visitor.
  /// False: the files that say which tables count are damaged or lost their end, so that every
  /// table was taken, the newer file winning. Rows removed lately may be back, keyspaces dropped
  /// lately too.
  bool catalogue_readable = true;
  std::vector<Damage> damage;  // `file` starts with the levels' own directory's name.
};

/// Reads the checksums and, if the visitor wants them, the rows of closed levels, and changes
/// nothing there. Damage is part of the answer, not an error. Where a block cannot be read, the
/// rows that other tables hold for its keys are told instead, although the lost block may have held
/// newer versions of them, or tombstones; where a table of level 0 cannot even be opened, that is
/// so for all keys of its keyspace. Errors: `not_found` if there is no such directory, `io_error`
/// if it cannot be listed, and the visitor's own.
Result<LevelsInspection> inspect_levels(const std::filesystem::path& directory,
                                        const LevelsVisitor& visitor = {},
                                        rocksdb::Env* env = nullptr);

}  // namespace quartz::storage
