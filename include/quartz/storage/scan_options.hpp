#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace quartz {

class Keyspace;
class Snapshot;

/// Which rows a cursor or scan visits. Every bound narrows; all given ones hold together. The views
/// are copied when the cursor or scan is made.
struct ScanOptions {
  std::string_view prefix = {};                      ///< Keys that start with it; empty: all.
  std::optional<std::string_view> lower_bound = {};  ///< First key that may be visited.
  std::optional<std::string_view> upper_bound = {};  ///< First key past the end.
  std::size_t limit = 0;                             ///< At most so many rows; 0: no limit.
  bool reverse = false;                              ///< Scans: from the last row backwards.
  const Snapshot* snapshot = nullptr;                ///< Null: the state at creation.
  const Keyspace* keyspace = nullptr;                ///< Null: the default keyspace.
  bool fill_block_cache = true;                      ///< False for scans larger than memory.
};

}  // namespace quartz
