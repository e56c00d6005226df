#include <algorithm>
#include <atomic>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <rocksdb/env.h>
#include <rocksdb/sst_file_reader.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/start_thread.hpp"
#include "base/try.hpp"
#include "storage/levels.hpp"
#include "storage/levels_options.hpp"
#include "storage/levels_state.hpp"
#include "storage/levels_status.hpp"

namespace quartz::storage {

namespace {

constexpr std::string_view kSeedKey = "seed";

std::string opening(const LevelsOptions& options) {
  return "opening the levels in " + options.directory.string();
}

bool is_table(std::string_view name) { return name.ends_with(".sst"); }

// Whether a database is there. One that lost its CURRENT file must not be taken for an empty
// directory: RocksDB would start anew and remove the tables. Every finished creation leaves a
// table, the seed's.
Result<bool> database_exists(const LevelsOptions& options, rocksdb::Env& env) {
  const std::string directory = options.directory.string();
  std::vector<std::string> names;
  const rocksdb::Status status = env.GetChildren(directory, &names);
  if (status.IsNotFound() || status.IsPathNotFound()) return false;
  if (!status.ok()) return to_error(status, opening(options));
  if (std::find(names.begin(), names.end(), "CURRENT") != names.end()) return true;
  if (std::any_of(names.begin(), names.end(), is_table)) {
    return Error(Errc::corruption, opening(options) + ": table files, but no file CURRENT");
  }
  return false;
}

Result<void> prepare_directories(LevelsOptions& options, rocksdb::Env& env) {
  if (options.ingest_directory.empty()) {
    options.ingest_directory = options.directory.parent_path() / "ingest";
  }
  QUARTZ_ASSIGN(const bool exists, database_exists(options, env));
  if (!exists && !options.create_if_missing) {
    return Error(Errc::not_found, opening(options) + ": there are none");
  }
  for (const auto& directory : {options.directory, options.ingest_directory}) {
    const rocksdb::Status status = env.CreateDirIfMissing(directory.string());
    if (!status.ok()) return to_error(status, opening(options));
  }
  return {};
}

// RocksDB does not always say which table kept it from opening; then we do.
Error open_error(const rocksdb::Status& status, const LevelsOptions& options, rocksdb::Env& env) {
  Error error = to_error(status, opening(options));
  std::vector<std::string> names;
  if (!status.IsCorruption() || !env.GetChildren(options.directory.string(), &names).ok()) {
    return error;
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    if (!is_table(name)) continue;
    rocksdb::Options reading;
    reading.env = &env;
    rocksdb::SstFileReader reader(reading);
    const rocksdb::Status judged = reader.Open((options.directory / name).string());
    if (judged.ok() || error.message().find(name) != std::string::npos) continue;
    return {error.code(), error.message() + "; cannot open " + name + ": " + judged.ToString()};
  }
  return error;
}

// The families to open: those that exist, and those that every database has. A creation that was
// interrupted may have left only some of them.
Result<std::vector<std::string>> families_to_open(const LevelsOptions& options,
                                                  const rocksdb::DBOptions& database,
                                                  rocksdb::Env& env) {
  std::vector<std::string> names;
  const std::string directory = options.directory.string();
  if (env.FileExists(directory + "/CURRENT").ok()) {
    const rocksdb::Status status = rocksdb::DB::ListColumnFamilies(database, directory, &names);
    if (!status.ok()) return to_error(status, opening(options));
  }
  for (const std::string& needed : {std::string(kSeedFamily), std::string(kMetadataFamily),
                                    family_name(kDefaultKeyspaceId, "default")}) {
    if (std::find(names.begin(), names.end(), needed) == names.end()) names.push_back(needed);
  }
  return names;
}

// How many threads the system has at this moment, up to so many.
int threads_to_be_had(int wanted) {
  std::vector<std::thread> threads;
  std::atomic<bool> counted{false};
  for (int i = 0; i < wanted; ++i) {
    std::thread thread;
    if (!start_thread(thread, "quartz:count", [&counted] { counted.wait(false); })) break;
    threads.push_back(std::move(thread));
  }
  counted = true;
  counted.notify_all();
  for (std::thread& thread : threads) thread.join();
  return static_cast<int>(threads.size());
}

// How many threads open tables: on a slow disk they wait side by side.
int table_openers(const LevelsOptions& options, rocksdb::Env& env) {
  constexpr std::ptrdiff_t kTablesPerThread = 16;
  constexpr std::ptrdiff_t kThreadsMax = 16;
  std::vector<std::string> names;
  if (!env.GetChildren(options.directory.string(), &names).ok()) return 1;
  const auto tables = std::count_if(names.begin(), names.end(), is_table);
  return static_cast<int>(std::clamp<std::ptrdiff_t>(tables / kTablesPerThread, 1, kThreadsMax));
}

// RocksDB is told by an exception that there is no thread, and does not clean up behind it: memory
// and the lock of the directory are lost, or the process ends. So what it will keep is started
// here, and what it will start while it opens is known to be there: those that open tables, of
// which this one is the first, and then one that keeps time.
Result<void> prepare_threads(const LevelsOptions& options, rocksdb::DBOptions& database) {
  const auto failure = [&](std::string_view reason) {
    return Error(Errc::io_error,
                 fmt::format("{}: cannot start another thread: {}", opening(options), reason));
  };
  try {
    database.env->IncBackgroundThreadsIfNeeded(database.max_background_compactions,
                                               rocksdb::Env::Priority::LOW);
    database.env->IncBackgroundThreadsIfNeeded(database.max_background_flushes,
                                               rocksdb::Env::Priority::HIGH);
  } catch (const std::system_error& error) {
    return failure(error.what());
  }
  const int had = threads_to_be_had(table_openers(options, *database.env));
  if (had == 0) return failure("the system has none");
  database.max_file_opening_threads = had;
  return {};
}

Result<std::vector<rocksdb::ColumnFamilyDescriptor>> describe_families(
    const LevelsOptions& options, const LevelsDatabase& database,
    const std::vector<std::string>& names) {
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const std::string& name : names) {
    const auto keyspace = parse_family_name(name);
    if (!keyspace && name != kSeedFamily && name != kMetadataFamily) {
      return Error(Errc::unsupported, opening(options) + ": unknown column family " + name);
    }
    descriptors.emplace_back(
        name, keyspace ? keyspace_options(options, keyspace->id, database.block_cache,
                                          database.expiry_filter.get())
                       : metadata_options());
  }
  return descriptors;
}

// Gives the database a first sequence: RocksDB before 9.10 treats a snapshot at sequence zero like
// none, and compaction then removes what it needs. The row never leaves level 0 of its family.
Result<void> plant_seed(const LevelsOptions& options, rocksdb::DB& db,
                        rocksdb::ColumnFamilyHandle* family) {
  std::string value;
  rocksdb::Status status = db.Get(rocksdb::ReadOptions(), family, to_slice(kSeedKey), &value);
  if (status.ok()) return {};
  if (status.IsNotFound()) {
    rocksdb::WriteOptions write;
    write.disableWAL = true;  // Nothing is left to lose once it is flushed.
    status = db.Put(write, family, to_slice(kSeedKey), to_slice("1"));
    if (status.ok()) status = db.Flush(rocksdb::FlushOptions(), family);
  }
  if (!status.ok()) return to_error(status, opening(options));
  return {};
}

Result<Sequence> read_applied_sequence(const LevelsOptions& options, rocksdb::DB& db,
                                       rocksdb::ColumnFamilyHandle* metadata) {
  std::string value;
  const rocksdb::Status status =
      db.Get(rocksdb::ReadOptions(), metadata, to_slice(kAppliedSequenceKey), &value);
  if (status.IsNotFound()) return Sequence{0};
  if (!status.ok()) return to_error(status, opening(options));
  if (value.size() != sizeof(Sequence)) {
    return Error(Errc::corruption, opening(options) + ": the applied sequence has " +
                                       std::to_string(value.size()) + " bytes");
  }
  return load<Sequence>(as_bytes(value).data());
}

}  // namespace

Result<std::unique_ptr<Levels>> Levels::open(LevelsOptions options) {
  QUARTZ_CHECK(!options.directory.empty());
  rocksdb::Env& env = options.env != nullptr ? *options.env : *rocksdb::Env::Default();
  QUARTZ_TRY(prepare_directories(options, env));
  auto database = std::make_shared<LevelsDatabase>(options);
  if (options.hold_removals) {
    database->files->hold_removals();
    // What a compaction of an older state writes would later look newer than what came since.
    database->environment.hold_compactions();
  }
  rocksdb::DBOptions database_options = storage::database_options(options);
  database_options.env = &database->environment;
  database_options.listeners.push_back(database->listener);

  QUARTZ_TRY(prepare_threads(options, database_options));
  QUARTZ_ASSIGN(const std::vector<std::string> names,
                families_to_open(options, database_options, env));
  QUARTZ_ASSIGN(const auto descriptors, describe_families(options, *database, names));
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const rocksdb::Status status =
      rocksdb::DB::Open(database_options, options.directory.string(), descriptors, &handles, &db);
  if (!status.ok()) return open_error(status, options, env);
  database->db.reset(db);

  auto state = std::make_unique<State>();
  LevelsFamilies families;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (auto keyspace = parse_family_name(names[i])) {
      families.push_back(
          std::make_shared<const LevelsFamily>(database, handles[i], *std::move(keyspace)));
    } else {
      auto& family = names[i] == kSeedFamily ? state->seed : state->metadata;
      family = std::make_unique<LevelsFamily>(database, handles[i], LevelsKeyspace{});
    }
  }
  std::sort(families.begin(), families.end(),
            [](const auto& a, const auto& b) { return a->keyspace.id < b->keyspace.id; });
  QUARTZ_TRY(plant_seed(options, *db, state->seed->handle));
  QUARTZ_ASSIGN(const Sequence applied,
                read_applied_sequence(options, *db, state->metadata->handle));
  state->applied.store(applied, std::memory_order_release);
  state->database = std::move(database);
  {
    const MutexLock lock(state->compaction_mutex);
    state->compaction_started = options.start_compaction;
  }
  state->options = std::move(options);
  state->publish(std::make_shared<const LevelsFamilies>(std::move(families)));
  state->watch_compactions();
  return std::unique_ptr<Levels>(new Levels(std::move(state)));
}

}  // namespace quartz::storage
