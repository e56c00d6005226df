#pragma once

#include <functional>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "cli/console.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/durability.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/storage_config.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz::cli {

/// Whether opening may make a database where there is none.
enum class OpenMode : std::uint8_t { existing, create };

/// Opens a database the way every verb does: its own log lines go to standard error, and a long
/// recovery shows its progress. Errors: those of `StorageEngine::open`, about `directory`.
Result<StorageEngine> open_database(Console& console, const std::string& directory, OpenMode mode,
                                    StorageConfig config = {});

/// The keyspace of that name; empty means the default one. With `OpenMode::create` a missing one is
/// made.
Result<Keyspace> find_keyspace(StorageEngine& engine, const std::string& name, OpenMode mode);

/// The positional argument that names the database.
void add_directory(CLI::App& app, std::string& directory);
/// `-k,--keyspace`.
void add_keyspace(CLI::App& app, std::string& keyspace, const std::string& description);
/// `--durability memory|process|disk`.
void add_durability(CLI::App& app, Durability& durability);

}  // namespace quartz::cli
