#include "storage/levels_state.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "base/epoch.hpp"
#include "storage/levels_options.hpp"

namespace quartz::storage {

namespace {

constexpr std::size_t kBlockCacheBytesDefault = std::size_t{8} << 20;

rocksdb::Env& environment_of(const LevelsOptions& options) {
  return options.env != nullptr ? *options.env : *rocksdb::Env::Default();
}

}  // namespace

Result<void> Levels::State::check_manifest() const {
  if (!database->files->manifest_failed()) return {};
  return Error(Errc::reopen_required,
               options.directory.string() +
                   ": writing the MANIFEST has failed; reopen the engine to recover");
}

LevelsDatabase::LevelsDatabase(const LevelsOptions& options)
    : block_cache(rocksdb::NewLRUCache(options.block_cache_bytes != 0 ? options.block_cache_bytes
                                                                      : kBlockCacheBytesDefault)),
      files(std::make_shared<LevelsFiles>(environment_of(options).GetFileSystem())),
      environment(environment_of(options), files),
      runs(std::make_shared<SortedRuns>(table_reader_options(options.env, block_cache))),
      listener(std::make_shared<LevelsListener>(options.observer, runs)),
      expiry_filter(options.expiry_clock == nullptr
                        ? nullptr
                        : std::make_unique<LevelsExpiryFilter>(options.expiry_clock)) {}

// The runs pin tables of the database.
LevelsDatabase::~LevelsDatabase() { runs->close(); }

LevelsFamily::~LevelsFamily() {
  // Who reads them holds a snapshot, and so this.
  delete filters.load(std::memory_order_relaxed);
  // Fails only for the default family's own handle, which we never hold.
  database->db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
}

const LevelsFamily* find_family(const LevelsFamilies& families, KeyspaceId keyspace) noexcept {
  // Ids are handed out densely, so the place is usually the id.
  if (keyspace < families.size() && families[keyspace]->keyspace.id == keyspace) {
    return families[keyspace].get();
  }
  const auto at =
      std::lower_bound(families.begin(), families.end(), keyspace,
                       [](const auto& family, KeyspaceId id) { return family->keyspace.id < id; });
  return at != families.end() && (*at)->keyspace.id == keyspace ? at->get() : nullptr;
}

LevelsSnapshot::LevelsSnapshot(std::shared_ptr<LevelsDatabase> database,
                               std::shared_ptr<const LevelsFamilies> families)
    : database_(std::move(database)),
      families_(std::move(families)),
      snapshot_(database_->db->GetSnapshot()) {
  // Null only if the memtable implementation has no snapshots; ours has.
  QUARTZ_CHECK(snapshot_ != nullptr);
  sequence_ = snapshot_->GetSequenceNumber();
  read_options_.snapshot = snapshot_;
  read_options_.total_order_seek = true;
}

LevelsSnapshot::~LevelsSnapshot() { database_->db->ReleaseSnapshot(snapshot_); }

std::shared_ptr<const SortedRun> LevelsSnapshot::sorted_run(const LevelsFamily& family) const {
  auto run = database_->runs->find(db(), family.handle);
  if (run != nullptr && run->largest_sequence() > sequence_) return nullptr;
  return run;
}

std::shared_ptr<const LevelsFamilies> Levels::State::families() const {
  const MutexLock lock(mutex);
  return current_families;
}

void Levels::State::publish(std::shared_ptr<const LevelsFamilies> replacement) {
  if (replacement == nullptr) replacement = families();
  auto fresh = std::make_shared<const LevelsSnapshot>(database, replacement);
  // What was current before goes outside the lock: it may be the last reference to a family.
  const MutexLock lock(mutex);
  current_families.swap(replacement);
  current_snapshot.swap(fresh);
}

std::shared_ptr<const LevelsSnapshot> Levels::State::snapshot() const {
  const MutexLock lock(mutex);
  return current_snapshot;
}

void Levels::State::replace_filters(const LevelsFamily& family, const LevelsSnapshot& now) {
  auto fresh = LevelsFilters::capture(db(), family.handle, family.keyspace.id, now.sequence());
  LevelsFilters* const old = family.filters.exchange(fresh.release(), std::memory_order_acq_rel);
  if (old != nullptr) retire_object(old);
}

void Levels::State::refresh_filters(std::uint32_t family) {
  const MutexLock lock(filters_mutex);
  const auto now = snapshot();
  for (const auto& each : now->families()) {
    if (each->handle->GetID() == family) replace_filters(*each, *now);
  }
}

void Levels::State::refresh_filters_after_ingest(const std::set<std::uint32_t>& families) {
  const MutexLock lock(filters_mutex);
  const auto now = snapshot();
  for (const auto& each : now->families()) {
    LevelsFilters* const untouched = each->filters.load(std::memory_order_relaxed);
    if (untouched != nullptr && !families.contains(each->handle->GetID())) {
      untouched->cover(now->sequence());
    } else {
      replace_filters(*each, *now);
    }
  }
}

void Levels::State::watch_compactions() {
  database->listener->watch([this](std::uint32_t family) { refresh_filters(family); });
  const auto all = families();
  for (const auto& each : *all) refresh_filters(each->handle->GetID());
}

}  // namespace quartz::storage
