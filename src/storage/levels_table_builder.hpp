#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

#include "quartz/result.hpp"
#include "storage/levels.hpp"

namespace quartz::storage {

/// Writes one table file for `Levels::ingest`. Keys in ascending order, each at most once; range
/// tombstones at any time: they remove what older files hold, never rows of this file.
/// One thread at a time.
class TableBuilder {
 public:
  /// The file must not exist. It is built with the options that the levels use, so that it can be
  /// moved in as it is. `env` as in `LevelsOptions`. Errors: `already_exists`, `io_error`…
  static Result<TableBuilder> create(const std::filesystem::path& path, KeyspaceId keyspace,
                                     rocksdb::Env* env = nullptr);
  TableBuilder(TableBuilder&&) noexcept;
  TableBuilder& operator=(TableBuilder&&) noexcept;
  ~TableBuilder();  // Without `finish`: leaves an unfinished file for its owner to remove.

  Result<void> put(std::string_view key, std::string_view value);
  Result<void> remove(std::string_view key);
  Result<void> remove_range(std::string_view first, std::string_view last);
  /// Bytes written so far.
  std::uint64_t bytes() const noexcept;
  /// Completes and syncs the file.
  Result<TableFile> finish();

 private:
  struct State;
  explicit TableBuilder(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace quartz::storage
