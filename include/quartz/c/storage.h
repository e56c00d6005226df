#pragma once

// NOLINTBEGIN(readability-identifier-naming): names are as C has them, which knows no namespaces.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quartz/c/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/// An open database: `quartz::StorageEngine`.
typedef struct quartz_engine quartz_engine;
/// How one is opened: `quartz::StorageConfig`.
typedef struct quartz_storage_config quartz_storage_config;
/// A named, separately ordered set of keys: `quartz::Keyspace`.
typedef struct quartz_keyspace quartz_keyspace;
/// The state at one moment: `quartz::Snapshot`.
typedef struct quartz_snapshot quartz_snapshot;
/// Operations that take effect all or not at all: `quartz::WriteBatch`.
typedef struct quartz_batch quartz_batch;
/// Keys that a write depends on: `quartz::ReadSet`.
typedef struct quartz_read_set quartz_read_set;
/// A position in the ordered rows of a keyspace: `quartz::Cursor`.
typedef struct quartz_cursor quartz_cursor;
/// A value that was read: `quartz::PinnedValue`.
typedef struct quartz_value quartz_value;
/// Values that were read together.
typedef struct quartz_values quartz_values;
/// A list of names.
typedef struct quartz_names quartz_names;

// Configuration.

/// How serious a line of the engine's own log is.
typedef enum quartz_log_level QUARTZ_OF_INT {
  QUARTZ_LOG_DEBUG = 0,    ///< For who develops Quartz.
  QUARTZ_LOG_INFO = 1,     ///< What it does.
  QUARTZ_LOG_WARNING = 2,  ///< What somebody should look at.
  QUARTZ_LOG_ERROR = 3     ///< What has failed.
} quartz_log_level;

/// Receives a line, which lives for the call. May be called from any thread, also several at once;
/// must not call back into Quartz.
typedef void (*quartz_logger)(void* context, quartz_log_level level, quartz_bytes line);

/// The defaults; NULL when there is no memory.
QUARTZ_EXPORT quartz_storage_config* quartz_storage_config_create(void);
/// Sets an option of `quartz::StorageConfig` by its name: a number in decimal digits ("cache_size",
/// "50000"; sizes in bytes, times in milliseconds), "true" or "false", or the name of a choice
/// ("durability", "disk"). Refuses names and values that it does not know; whether values make
/// sense together `quartz_engine_open` says.
QUARTZ_EXPORT quartz_error* quartz_storage_config_set(quartz_storage_config* config,
                                                      const char* option, const char* value);
/// Where lines of the engine's log go; without one, warnings and errors go to standard error, as
/// spdlog has it.
QUARTZ_EXPORT void quartz_storage_config_set_logger(quartz_storage_config* config,
                                                    quartz_logger logger, void* context);
/// Ends its life; takes NULL.
QUARTZ_EXPORT void quartz_storage_config_destroy(quartz_storage_config* config);

// Opening.

/// Opens the database in `directory`, creating both unless the configuration forbids it. `config`
/// may be NULL: the defaults.
QUARTZ_EXPORT quartz_error* quartz_engine_open(const char* directory,
                                               const quartz_storage_config* config,
                                               quartz_engine** engine);
/// Refuses new work, lets running work finish, and says whether all went well. QUARTZ_BUSY while
/// snapshots, cursors or values of it are alive: it is closed for use, and its directory is free
/// once they are gone.
QUARTZ_EXPORT quartz_error* quartz_engine_close(quartz_engine* engine);
/// Closes, if that was not done; an error of that goes to the logger. What was made from it is
/// still to be destroyed, and answers QUARTZ_CLOSED.
QUARTZ_EXPORT void quartz_engine_destroy(quartz_engine* engine);

// Writing. `keyspace` may be NULL: the default one. `options` may be NULL: the defaults.

/// What an acknowledged write survives.
typedef enum quartz_durability QUARTZ_OF_INT {
  QUARTZ_DURABILITY_DEFAULT = 0,  ///< What the engine was opened with.
  QUARTZ_DURABILITY_MEMORY = 1,   ///< Lost with the process.
  QUARTZ_DURABILITY_PROCESS = 2,  ///< Survives a killed process.
  QUARTZ_DURABILITY_DISK = 3      ///< Survives power loss.
} quartz_durability;

/// How one write is done. All zero is the default.
typedef struct quartz_write_options {
  quartz_durability durability;  ///< What it survives once it is acknowledged.
  /// Done only if none of these keys was written since, else QUARTZ_CONFLICT. NULL: always.
  const quartz_read_set* unchanged;
} quartz_write_options;

/// Writes one row, in place of what was there.
QUARTZ_EXPORT quartz_error* quartz_engine_put(quartz_engine* engine,
                                              const quartz_keyspace* keyspace, quartz_bytes key,
                                              quartz_bytes value,
                                              const quartz_write_options* options);
/// The row is absent from `expires_at` on: milliseconds since the Unix epoch of the clock
/// `quartz_engine_now`.
QUARTZ_EXPORT quartz_error* quartz_engine_put_expiring(quartz_engine* engine,
                                                       const quartz_keyspace* keyspace,
                                                       quartz_bytes key, quartz_bytes value,
                                                       int64_t expires_at,
                                                       const quartz_write_options* options);
/// Removing a key that does not exist succeeds.
QUARTZ_EXPORT quartz_error* quartz_engine_remove(quartz_engine* engine,
                                                 const quartz_keyspace* keyspace, quartz_bytes key,
                                                 const quartz_write_options* options);
/// Removes every key in [first, last).
QUARTZ_EXPORT quartz_error* quartz_engine_remove_range(quartz_engine* engine,
                                                       const quartz_keyspace* keyspace,
                                                       quartz_bytes first, quartz_bytes last,
                                                       const quartz_write_options* options);
/// All of `batch` or nothing, visible at once; or the error of the first operation in it that was
/// refused. The batch stays as it is.
QUARTZ_EXPORT quartz_error* quartz_engine_write(quartz_engine* engine, const quartz_batch* batch,
                                                const quartz_write_options* options);
/// Of the newest write that reads see: where a read set begins.
QUARTZ_EXPORT uint64_t quartz_engine_sequence(const quartz_engine* engine);
/// Milliseconds since the Unix epoch of the clock that expiry goes by, which never steps back.
QUARTZ_EXPORT int64_t quartz_engine_now(const quartz_engine* engine);

/// An empty batch; NULL when there is no memory.
QUARTZ_EXPORT quartz_batch* quartz_batch_create(void);
// Operations are added in their order. One that is refused (a key that is too long, say) makes
// `quartz_engine_write` fail with its error.
/// See `quartz_engine_put`.
QUARTZ_EXPORT void quartz_batch_put(quartz_batch* batch, const quartz_keyspace* keyspace,
                                    quartz_bytes key, quartz_bytes value);
/// See `quartz_engine_put_expiring`.
QUARTZ_EXPORT void quartz_batch_put_expiring(quartz_batch* batch, const quartz_keyspace* keyspace,
                                             quartz_bytes key, quartz_bytes value,
                                             int64_t expires_at);
/// See `quartz_engine_remove`.
QUARTZ_EXPORT void quartz_batch_remove(quartz_batch* batch, const quartz_keyspace* keyspace,
                                       quartz_bytes key);
/// Removes every key in [first, last).
QUARTZ_EXPORT void quartz_batch_remove_range(quartz_batch* batch, const quartz_keyspace* keyspace,
                                             quartz_bytes first, quartz_bytes last);
/// Forgets the operations and keeps the memory.
QUARTZ_EXPORT void quartz_batch_clear(quartz_batch* batch);
/// Operations in it.
QUARTZ_EXPORT size_t quartz_batch_count(const quartz_batch* batch);
QUARTZ_EXPORT void quartz_batch_destroy(quartz_batch* batch);  ///< Ends its life; takes NULL.

/// Keys that were read as of `sequence`; NULL when there is no memory.
QUARTZ_EXPORT quartz_read_set* quartz_read_set_create(uint64_t sequence);
/// Notes a key that was read; QUARTZ_OUT_OF_MEMORY at worst.
QUARTZ_EXPORT quartz_error* quartz_read_set_add(quartz_read_set* reads,
                                                const quartz_keyspace* keyspace, quartz_bytes key);
/// Forgets the keys and begins anew at `sequence`.
QUARTZ_EXPORT void quartz_read_set_restart(quartz_read_set* reads, uint64_t sequence);
QUARTZ_EXPORT void quartz_read_set_destroy(quartz_read_set* reads);  ///< Ends its life; takes NULL.

// Reading. `snapshot` may be NULL: the newest state.

/// `*value` is NULL if the key does not exist.
QUARTZ_EXPORT quartz_error* quartz_engine_get(const quartz_engine* engine,
                                              const quartz_keyspace* keyspace,
                                              const quartz_snapshot* snapshot, quartz_bytes key,
                                              quartz_value** value);
/// `*contains` says whether there is a row of `key`.
QUARTZ_EXPORT quartz_error* quartz_engine_contains(const quartz_engine* engine,
                                                   const quartz_keyspace* keyspace,
                                                   const quartz_snapshot* snapshot,
                                                   quartz_bytes key, bool* contains);
/// All of `count` keys at one sequence.
QUARTZ_EXPORT quartz_error* quartz_engine_multi_get(const quartz_engine* engine,
                                                    const quartz_keyspace* keyspace,
                                                    const quartz_snapshot* snapshot,
                                                    const quartz_bytes* keys, size_t count,
                                                    quartz_values** values);

/// Without a copy, and as they were read until the value is destroyed, which should be soon: the
/// memory cannot be used again meanwhile.
QUARTZ_EXPORT quartz_bytes quartz_value_bytes(const quartz_value* value);
QUARTZ_EXPORT void quartz_value_destroy(quartz_value* value);  ///< Ends its life; takes NULL.

/// Whether key `index` of those asked for exists; then `*value` (unless that is NULL) is its value,
/// which lives as long as `values`. False for an index past the end.
QUARTZ_EXPORT bool quartz_values_at(const quartz_values* values, size_t index, quartz_bytes* value);
/// As many as keys were asked for.
QUARTZ_EXPORT size_t quartz_values_count(const quartz_values* values);
QUARTZ_EXPORT void quartz_values_destroy(quartz_values* values);  ///< Ends its life; takes NULL.

/// The state as of now. It keeps what was replaced since from being reclaimed.
QUARTZ_EXPORT quartz_error* quartz_engine_snapshot(const quartz_engine* engine,
                                                   quartz_snapshot** snapshot);
/// Every write up to this sequence is visible, none after it.
QUARTZ_EXPORT uint64_t quartz_snapshot_sequence(const quartz_snapshot* snapshot);
/// Ends its life; takes NULL.
QUARTZ_EXPORT void quartz_snapshot_destroy(quartz_snapshot* snapshot);

/// Which rows a cursor visits: every bound narrows, and one whose `data` is NULL is none. All zero:
/// every row of the default keyspace, as of now.
typedef struct quartz_scan_options {
  const quartz_keyspace* keyspace;  ///< NULL: the default one.
  const quartz_snapshot* snapshot;  ///< NULL: as of now.
  quartz_bytes prefix;              ///< Keys that start with it.
  quartz_bytes lower_bound;         ///< First key that may be visited.
  quartz_bytes upper_bound;         ///< First key past the end.
  size_t limit;                     ///< At most so many rows after a seek; 0: no limit.
} quartz_scan_options;

/// Starts before the first row: call a `seek`. `options` may be NULL.
QUARTZ_EXPORT quartz_error* quartz_engine_cursor(const quartz_engine* engine,
                                                 const quartz_scan_options* options,
                                                 quartz_cursor** cursor);
/// To the smallest key within the bounds.
QUARTZ_EXPORT void quartz_cursor_seek_to_first(quartz_cursor* cursor);
/// To the largest key within the bounds.
QUARTZ_EXPORT void quartz_cursor_seek_to_last(quartz_cursor* cursor);
/// The smallest key >= `key`.
QUARTZ_EXPORT void quartz_cursor_seek(quartz_cursor* cursor, quartz_bytes key);
/// The largest key <= `key`.
QUARTZ_EXPORT void quartz_cursor_seek_for_previous(quartz_cursor* cursor, quartz_bytes key);
/// Does nothing if the cursor is on no row.
QUARTZ_EXPORT void quartz_cursor_next(quartz_cursor* cursor);
/// Does nothing if the cursor is on no row.
QUARTZ_EXPORT void quartz_cursor_previous(quartz_cursor* cursor);
/// Whether it is on a row.
QUARTZ_EXPORT bool quartz_cursor_valid(const quartz_cursor* cursor);
/// Empty if it is on no row; lives until the next move.
QUARTZ_EXPORT quartz_bytes quartz_cursor_key(const quartz_cursor* cursor);
/// Empty if it is on no row; lives until the next move.
QUARTZ_EXPORT quartz_bytes quartz_cursor_value(const quartz_cursor* cursor);
/// Why it stopped, if it was not the end of the rows, else NULL. The caller's.
QUARTZ_EXPORT quartz_error* quartz_cursor_error(const quartz_cursor* cursor);
QUARTZ_EXPORT void quartz_cursor_destroy(quartz_cursor* cursor);  ///< Ends its life; takes NULL.

// Keyspaces.

/// Durable when it returns. QUARTZ_ALREADY_EXISTS if there is one of that name.
QUARTZ_EXPORT quartz_error* quartz_engine_create_keyspace(quartz_engine* engine, const char* name,
                                                          quartz_keyspace** keyspace);
/// QUARTZ_NOT_FOUND if there is none of that name.
QUARTZ_EXPORT quartz_error* quartz_engine_keyspace(const quartz_engine* engine, const char* name,
                                                   quartz_keyspace** keyspace);
/// Removes it and its rows for good. The handle is still to be destroyed.
QUARTZ_EXPORT quartz_error* quartz_engine_drop_keyspace(quartz_engine* engine,
                                                        const quartz_keyspace* keyspace);
/// All of them, the default one first, then by name.
QUARTZ_EXPORT quartz_error* quartz_engine_keyspace_names(const quartz_engine* engine,
                                                         quartz_names** names);
/// Ends its life; takes NULL.
QUARTZ_EXPORT void quartz_keyspace_destroy(quartz_keyspace* keyspace);

QUARTZ_EXPORT size_t quartz_names_count(const quartz_names* names);  ///< How many there are.
/// Lives as long as `names`; NULL for an index past the end.
QUARTZ_EXPORT const char* quartz_names_at(const quartz_names* names, size_t index);
QUARTZ_EXPORT void quartz_names_destroy(quartz_names* names);  ///< Ends its life; takes NULL.

// Maintenance.

/// Everything acknowledged so far is in the levels, on disk, when it returns.
QUARTZ_EXPORT quartz_error* quartz_engine_flush(quartz_engine* engine);
/// Everything acknowledged so far survives power loss when it returns.
QUARTZ_EXPORT quartz_error* quartz_engine_sync(quartz_engine* engine);
/// Compacts [first, last) and waits for it; a bound whose `data` is NULL is none.
QUARTZ_EXPORT quartz_error* quartz_engine_compact(quartz_engine* engine,
                                                  const quartz_keyspace* keyspace,
                                                  quartz_bytes first, quartz_bytes last);
/// A complete copy of the state as of now in `directory`, which must not exist yet.
QUARTZ_EXPORT quartz_error* quartz_engine_checkpoint(quartz_engine* engine, const char* directory);

#ifdef __cplusplus
}
#endif

// NOLINTEND(readability-identifier-naming)
