#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/export.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/storage_config.hpp"
#include "quartz/storage/write_batch.hpp"

// What quartz/storage/async.hpp needs of the engine, without templates and without Asio.
// Applications use the members of StorageEngine instead.

namespace quartz::storage {

class Engine;

using OptionalValue = std::optional<std::string>;  ///< What reading one key completes with.

/// The answer if memory has it; nothing if the levels must be asked.
QUARTZ_EXPORT std::optional<Result<OptionalValue>> get_from_memory(Engine& engine,
                                                                   const Keyspace& keyspace,
                                                                   std::string_view key);
/// Calls `done` later, from a thread of the engine; at once if the engine is closed.
QUARTZ_EXPORT void get_in_background(Engine& engine, Keyspace keyspace, std::string key,
                                     std::function<void(Result<OptionalValue>)> done);
/// Writes and answers, if that takes no waiting; nothing, and nothing written, if it does.
QUARTZ_EXPORT std::optional<Result<void>> write_at_once(Engine& engine, const WriteBatch& batch,
                                                        const WriteOptions& options);
/// Calls `done` once, possibly before it returns, from whichever thread completes the write.
QUARTZ_EXPORT void write_in_background(Engine& engine, WriteBatch batch,
                                       const WriteOptions& options,
                                       std::function<void(Result<void>)> done);
/// Calls `done` later, from a thread of the engine; at once if the engine is closed.
QUARTZ_EXPORT void flush_in_background(Engine& engine, std::function<void(Result<void>)> done);
/// Calls `done` once, possibly before it returns, from whichever thread completes the sync.
QUARTZ_EXPORT void sync_in_background(Engine& engine, std::function<void(Result<void>)> done);

}  // namespace quartz::storage
