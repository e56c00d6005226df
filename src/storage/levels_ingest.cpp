#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/sst_file_writer.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"
#include "storage/levels.hpp"
#include "storage/levels_options.hpp"
#include "storage/levels_state.hpp"
#include "storage/levels_status.hpp"

namespace quartz::storage {

namespace {

// The one safe way to ingest; docs/design/storage.md gives the reason for each line.
rocksdb::IngestExternalFileOptions ingest_options() {
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  options.failed_move_fall_back_to_copy = false;
  options.snapshot_consistency = true;
  options.allow_global_seqno = true;
  // Would hide that somebody wrote through a memtable.
  options.allow_blocking_flush = false;
  // A file that was checked is not touched again: its sequence is in the MANIFEST.
  options.write_global_seqno = false;
  options.verify_checksums_before_ingest = true;
  return options;
}

// Merging them costs a few syncs, so it is not done at every ingest; reading them, only at open.
constexpr std::size_t kMetadataTablesMax = 16;

// A table of one row, the applied sequence.
rocksdb::Status write_metadata_table(const std::string& path, rocksdb::Env* env, Sequence applied) {
  rocksdb::Options options(rocksdb::DBOptions(), metadata_options());
  if (env != nullptr) options.env = env;
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options, nullptr, false);
  std::array<std::byte, sizeof(Sequence)> value;
  if (mutant("a_flush_records_too_low_a_sequence")) applied = applied > 0 ? applied - 1 : 0;
  if (mutant("a_flush_records_too_high_a_sequence")) ++applied;
  store(value.data(), applied);
  rocksdb::Status status = writer.Open(path);
  if (status.ok()) status = writer.Put(to_slice(kAppliedSequenceKey), to_slice(as_text(value)));
  if (status.ok()) status = writer.Finish();
  return status;
}

rocksdb::Status ingest_alone(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family,
                             const std::string& table) {
  rocksdb::IngestExternalFileArg argument;
  argument.column_family = family;
  argument.external_files.push_back(table);
  argument.options = ingest_options();
  return db.IngestExternalFiles({argument});
}

// Merges the metadata's tables, one per ingest, into one. A failure costs nothing now: the next
// ingest tries again, and one that endangers the levels has stopped them already.
void merge_metadata(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
  rocksdb::ColumnFamilyMetaData metadata;
  db.GetColumnFamilyMetaData(family, &metadata);
  if (metadata.file_count < kMetadataTablesMax) return;
  std::vector<std::string> names;
  for (const rocksdb::LevelMetaData& level : metadata.levels) {
    for (const rocksdb::SstFileMetaData& file : level.files) names.push_back(file.name);
  }
  rocksdb::CompactionOptions options;
  options.compression = rocksdb::kNoCompression;
  // On this thread: it must not wait behind a long compaction of a keyspace.
  db.CompactFiles(options, family, names, /*output_level=*/1).PermitUncheckedError();
}

}  // namespace

Result<void> Levels::ingest(std::span<const TableFile> files, Sequence applied) {
  QUARTZ_CHECK(applied >= applied_sequence());
  // RocksDB 7.8 goes on without numbers for the tables, and ends the process over it.
  if (!mutant("tables_are_ingested_after_a_failed_manifest")) QUARTZ_TRY(state_->check_manifest());
  const auto families = state_->families();
  rocksdb::Env& env = *state_->db().GetEnv();

  // Grouped by keyspace: RocksDB takes each family once.
  std::map<KeyspaceId, rocksdb::IngestExternalFileArg> by_keyspace;
  for (const TableFile& file : files) {
    const LevelsFamily* family = find_family(*families, file.keyspace);
    if (family == nullptr) {
      return Error(Errc::not_found, "ingesting " + file.path.string() + ": no keyspace " +
                                        std::to_string(file.keyspace));
    }
    if (const auto status = env.FileExists(file.path.string()); !status.ok()) {
      if (!status.IsNotFound()) return to_error(status, "ingesting " + file.path.string());
      return Error(Errc::not_found, "ingesting " + file.path.string() + ": there is no such file");
    }
    rocksdb::IngestExternalFileArg& argument = by_keyspace[file.keyspace];
    argument.column_family = family->handle;
    argument.external_files.push_back(file.path.string());
  }
  std::vector<rocksdb::IngestExternalFileArg> arguments;
  arguments.reserve(by_keyspace.size());
  for (auto& [keyspace, argument] : by_keyspace) arguments.push_back(std::move(argument));

  const std::string metadata =
      (state_->options.ingest_directory / ("applied-" + std::to_string(applied) + ".sst")).string();
  rocksdb::Status status = write_metadata_table(metadata, state_->options.env, applied);
  if (mutant("a_flush_records_its_sequence_before_its_tables") && status.ok()) {
    status = ingest_alone(state_->db(), state_->metadata->handle, metadata);
    if (status.ok()) status = write_metadata_table(metadata, state_->options.env, applied);
  }
  if (status.ok()) {
    rocksdb::IngestExternalFileArg& argument = arguments.emplace_back();
    argument.column_family = state_->metadata->handle;
    argument.external_files.push_back(metadata);
    for (auto& each : arguments) each.options = ingest_options();
    status = state_->db().IngestExternalFiles(arguments);
  }
  if (!status.ok()) {
    // Best effort: the next start of the engine empties the directory anyway.
    env.DeleteFile(metadata).PermitUncheckedError();
    QUARTZ_TRY(state_->check_manifest());  // Trying again, as after a full disk, cannot help then.
    return to_error(status, "ingesting up to sequence " + std::to_string(applied));
  }
  std::set<std::uint32_t> changed;
  for (const auto& argument : arguments) {
    changed.insert(argument.column_family->GetID());
    state_->database->runs->forget(argument.column_family->GetID());
  }
  state_->applied.store(applied, std::memory_order_release);
  state_->publish();
  state_->refresh_filters_after_ingest(changed);
  merge_metadata(state_->db(), state_->metadata->handle);
  return {};
}

std::vector<LevelsKeyspace> Levels::keyspaces() const {
  std::vector<LevelsKeyspace> all;
  const auto families = state_->families();
  for (const auto& family : *families) all.push_back(family->keyspace);
  return all;
}

Result<void> Levels::create_keyspace(KeyspaceId id, std::string_view name) {
  const auto families = state_->families();
  for (const auto& family : *families) {
    if (family->keyspace.id == id || family->keyspace.name == name) {
      return Error(Errc::already_exists,
                   "keyspace " + family_name(id, name) + ": there is " +
                       family_name(family->keyspace.id, family->keyspace.name));
    }
  }
  QUARTZ_TRY(state_->check_manifest());
  // Held throughout, so that the new family cannot miss a change of the switch.
  const MutexLock lock(state_->compaction_mutex);
  LevelsOptions options = state_->options;
  options.start_compaction = state_->compaction_started;
  rocksdb::ColumnFamilyHandle* handle = nullptr;
  const rocksdb::Status status =
      state_->db().CreateColumnFamily(keyspace_options(options, id, state_->database->block_cache,
                                                       state_->database->expiry_filter.get()),
                                      family_name(id, name), &handle);
  if (!status.ok()) return to_error(status, "creating keyspace " + std::string(name));
  auto replacement = std::make_shared<LevelsFamilies>(*families);
  const auto at = std::find_if(replacement->begin(), replacement->end(),
                               [id](const auto& family) { return family->keyspace.id > id; });
  replacement->insert(at, std::make_shared<const LevelsFamily>(
                              state_->database, handle, LevelsKeyspace{id, std::string(name)}));
  state_->publish(std::move(replacement));
  state_->refresh_filters(handle->GetID());
  return {};
}

Result<void> Levels::drop_keyspace(KeyspaceId id) {
  const auto families = state_->families();
  const LevelsFamily* family = find_family(*families, id);
  if (family == nullptr) {
    return Error(Errc::not_found, "dropping keyspace " + std::to_string(id) + ": there is none");
  }
  if (id == kDefaultKeyspaceId) {
    return Error(Errc::invalid_argument, "the default keyspace cannot be dropped");
  }
  QUARTZ_TRY(state_->check_manifest());
  const MutexLock lock(state_->compaction_mutex);
  const rocksdb::Status status = state_->db().DropColumnFamily(family->handle);
  if (!status.ok()) return to_error(status, "dropping keyspace " + family->keyspace.name);
  auto replacement = std::make_shared<LevelsFamilies>(*families);
  std::erase_if(*replacement, [id](const auto& each) { return each->keyspace.id == id; });
  state_->database->runs->drop(family->handle->GetID());
  state_->publish(std::move(replacement));
  return {};
}

}  // namespace quartz::storage
