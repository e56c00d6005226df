#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "quartz/result.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "server/service/generations.hpp"

namespace quartz::server {

/// Where scans that clients make page by page go on, by numbers that fit what Redis's clients take.
/// They are rows of the engine, so that they outlive a restart, and expire after a day.
/// Threads: any number at a time.
class ScanCursors {
 public:
  static Result<std::unique_ptr<ScanCursors>> open(StorageEngine& engine, Generations& generations);

  /// The number that leads back to `place`. Never 0.
  Result<std::uint64_t> remember(std::string_view place);
  /// Nothing if there is no such number, or not any more.
  Result<std::optional<std::string>> find(std::uint64_t number);

 private:
  ScanCursors(StorageEngine& engine, Generations& generations, Keyspace keyspace) noexcept
      : engine_(engine), generations_(generations), keyspace_(std::move(keyspace)) {}

  StorageEngine& engine_;
  Generations& generations_;
  Keyspace keyspace_;
};

}  // namespace quartz::server
