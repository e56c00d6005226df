#pragma once

#include <memory>

#include <rocksdb/flush_block_policy.h>

namespace quartz::storage {

/// Decides where a table's blocks end. A look-up that misses the cache reads a whole block, so that
/// small ones serve it best; a scan pays for each block, so that it wants several rows in one.
/// Blocks of small rows end at 8 KiB, those of rows from half a kilobyte on at 16 rows or 16 KiB,
/// whichever comes first.
std::shared_ptr<rocksdb::FlushBlockPolicyFactory> block_policy();

}  // namespace quartz::storage
