#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace quartz {

/// A moment of the clock that expiry goes by (`StorageEngine::now`): milliseconds since the Unix
/// epoch, UTC.
using ExpiryTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// What a row has beside its value. Written with it, read with it, replaced with it: a put without
/// attributes leaves a row that never expires and is of kind 0.
struct RowAttributes {
  /// From this moment on the row is absent for every read, and the space that it takes is given
  /// back by compaction. Empty: never. It may lie in the past: then the row is absent at once. From
  /// the epoch to `kExpiryTimeMax`.
  std::optional<ExpiryTime> expires_at = {};
  /// The application's, from 0 to `kRowKindMax`: what sort of thing the value is.
  std::uint8_t kind = 0;

  bool operator==(const RowAttributes&) const = default;  ///< All of it the same.
};

}  // namespace quartz
