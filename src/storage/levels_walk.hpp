#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <rocksdb/iterator.h>
#include <rocksdb/status.h>

#include "quartz/result.hpp"

namespace quartz::storage {

/// Keys from `first` on, up to `last` (excluded; nothing: to the end).
struct KeyRange {
  std::string first;
  std::optional<std::string> last;
};

/// How `walk_rows` reads and whom it tells.
struct RowWalk {
  /// A new iterator: one that met an error must not be used again.
  std::function<std::unique_ptr<rocksdb::Iterator>()> open;
  std::function<Result<void>(std::string_view key, std::string_view value)> row;
  /// Told of each error; the largest key of the file that it concerns, or nothing if that is
  /// unknown.
  std::function<std::optional<std::string>(const rocksdb::Status&)> damaged;
  /// Told of keys that could not be read.
  std::function<Result<void>(const KeyRange&)> skipped;
};

/// Visits the rows of `range` in order, stepping over what is damaged as narrowly as the iterators
/// allow. Errors: those of `row` and `skipped`.
Result<void> walk_rows(const RowWalk& walk, KeyRange range);

}  // namespace quartz::storage
