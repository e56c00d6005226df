#pragma once

#include <functional>
#include <string>

namespace quartz {

/// Whether this RocksDB was built with the points at which its own tests stop it, as Debian's is.
bool rocksdb_has_sync_points();

/// Calls `what` whenever any thread passes RocksDB's point of this name, from now on and until the
/// process ends. Ends the process where there are no such points.
void at_rocksdb_sync_point(const std::string& name, std::function<void()> what);

}  // namespace quartz
