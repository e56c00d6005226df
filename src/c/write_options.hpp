#pragma once

#include "quartz/c/storage.h"
#include "quartz/result.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz::c {

/// `options` as the engine takes them; null is the default. `invalid_argument` for a durability
/// that is none.
Result<WriteOptions> write_options(const quartz_write_options* options);

/// The keyspace that a parameter names: null is the default one.
Keyspace keyspace_of(const StorageEngine& engine, const quartz_keyspace* keyspace);

}  // namespace quartz::c
