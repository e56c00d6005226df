#include "storage/levels_inspect.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/utilities/options_util.h>

#include "base/coding.hpp"
#include "base/try.hpp"
#include "storage/levels_options.hpp"
#include "storage/levels_status.hpp"
#include "storage/levels_walk.hpp"

namespace quartz::storage {

namespace {

// RocksDB would start a log file in the directory that must not be changed.
class SilentLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

struct Table {
  std::string name;                             // "000012.sst".
  std::optional<LevelsKeyspace> keyspace = {};  // Nothing: bookkeeping.
  std::optional<std::string> largest_key = {};  // Nothing: not known.
};

std::uint64_t leading_number(std::string_view text) {
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number;
}

// Where RocksDB's message says a block stands: "… in db/000012.sst offset 4096 size 1234".
std::uint64_t offset_in(std::string_view message) {
  constexpr std::string_view kWord = " offset ";
  const auto at = message.find(kWord);
  return at == std::string_view::npos ? 0 : leading_number(message.substr(at + kWord.size()));
}

class Inspector {
 public:
  Inspector(std::filesystem::path directory, const LevelsVisitor& visitor, rocksdb::Env* env)
      : directory_(std::move(directory)),
        visitor_(visitor),
        options_(rocksdb::DBOptions(), metadata_options()) {
    if (env != nullptr) options_.env = env;
    options_.num_levels = 7;  // As keyspaces have by default; more than the metadata needs.
    options_.info_log = std::make_shared<SilentLogger>();
    // Damaged and missing tables must not keep the others from being read.
    options_.paranoid_checks = false;
    options_.max_open_files = 256;
  }

  Result<LevelsInspection> run();

 private:
  using Families = std::map<KeyspaceId, rocksdb::ColumnFamilyHandle*>;

  // With the catalogue.
  rocksdb::Status open_database();
  bool newer_table_is_not_named() const;
  std::optional<std::string> why_not_to_believe() const;
  std::optional<std::string> applied_value();
  Result<void> inspect_database();
  std::vector<Table> live_tables() const;
  Result<void> walk_family(const LevelsKeyspace& keyspace, rocksdb::ColumnFamilyHandle* handle);
  // Without it.
  Result<void> inspect_tables();
  void classify(Table& table);
  void name_keyspaces();
  std::map<KeyspaceId, std::string> names_from_options() const;

  // Either way.
  void check_tables();
  std::optional<std::uint64_t> check_table(const Table& table);
  Result<void> walk_table(const Table& table, const KeyRange& range);
  Result<void> tell_keyspace(const LevelsKeyspace& keyspace);
  Result<void> tell_row(const LevelsKeyspace& keyspace, std::string_view key,
                        std::string_view value);
  void note_applied(std::string_view value);
  void damage(std::string_view file, std::string what);
  std::string path_of(std::string_view file) const { return (directory_ / file).string(); }

  std::filesystem::path directory_;
  const LevelsVisitor& visitor_;
  rocksdb::Options options_;
  LevelsInspection found_;
  std::vector<Table> tables_;  // Oldest first.
  std::vector<std::string> handle_names_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<std::unique_ptr<rocksdb::ColumnFamilyHandle>> handles_;  // Go before the database.
};

void Inspector::damage(std::string_view file, std::string what) {
  const std::string name = (directory_.filename() / file).string();
  // The same block is met again by every read that needs it.
  const auto same = [&](const Damage& d) { return d.file == name && d.what == what; };
  if (std::any_of(found_.damage.begin(), found_.damage.end(), same)) return;
  const std::uint64_t offset = offset_in(what);
  found_.damage.push_back({.file = name, .offset = offset, .what = std::move(what)});
}

void Inspector::note_applied(std::string_view value) {
  if (value.size() != sizeof(Sequence)) return;
  found_.applied_sequence =
      std::max(found_.applied_sequence, load<Sequence>(as_bytes(value).data()));
}

Result<void> Inspector::tell_keyspace(const LevelsKeyspace& keyspace) {
  return visitor_.keyspace ? visitor_.keyspace(keyspace) : Result<void>();
}

Result<void> Inspector::tell_row(const LevelsKeyspace& keyspace, std::string_view key,
                                 std::string_view value) {
  ++found_.rows;
  return visitor_.row(keyspace, key, value);
}

rocksdb::Status Inspector::open_database() {
  rocksdb::Status status =
      rocksdb::DB::ListColumnFamilies(options_, directory_.string(), &handle_names_);
  if (!status.ok()) return status;
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(handle_names_.size());
  for (const std::string& name : handle_names_) descriptors.emplace_back(name, options_);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  status = rocksdb::DB::OpenForReadOnly(options_, directory_.string(), descriptors, &handles, &db);
  if (!status.ok()) return status;
  db_.reset(db);
  for (rocksdb::ColumnFamilyHandle* handle : handles) handles_.emplace_back(handle);
  return status;
}

std::vector<Table> Inspector::live_tables() const {
  std::vector<rocksdb::LiveFileMetaData> files;
  db_->GetLiveFilesMetaData(&files);
  // Deeper levels are older, and within level 0 the sequence decides.
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
    return a.level != b.level ? a.level > b.level : a.largest_seqno < b.largest_seqno;
  });
  std::vector<Table> tables;
  tables.reserve(files.size());
  for (const rocksdb::LiveFileMetaData& file : files) {
    tables.push_back({.name = file.name.substr(file.name.find_first_not_of('/')),
                      .keyspace = parse_family_name(file.column_family_name),
                      .largest_key = file.largestkey});
  }
  return tables;
}

std::optional<std::uint64_t> Inspector::check_table(const Table& table) {
  std::uint64_t bytes = 0;
  rocksdb::Status status = options_.env->GetFileSize(path_of(table.name), &bytes);
  rocksdb::SstFileReader reader(options_);
  if (status.ok()) status = reader.Open(path_of(table.name));
  std::uint64_t entries = 0;
  if (status.ok()) {
    entries = reader.GetTableProperties()->num_entries;
    status = reader.VerifyChecksum();
  }
  ++found_.files_checked;
  found_.bytes_checked += bytes;
  if (status.ok()) return entries;
  damage(table.name, status.ToString());
  return std::nullopt;
}

void Inspector::check_tables() {
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    const auto entries = check_table(tables_[i]);
    if (tables_[i].keyspace) found_.entries += entries.value_or(0);
    if (visitor_.progress) visitor_.progress(i + 1, tables_.size());
  }
}

Result<void> Inspector::walk_table(const Table& table, const KeyRange& range) {
  rocksdb::SstFileReader reader(options_);
  if (const auto status = reader.Open(path_of(table.name)); !status.ok()) {
    damage(table.name, status.ToString());
    return {};
  }
  const auto open = [&] {
    return std::unique_ptr<rocksdb::Iterator>(reader.NewIterator(rocksdb::ReadOptions()));
  };
  RowWalk walk;
  walk.open = open;
  walk.row = [&](std::string_view key, std::string_view value) {
    return tell_row(*table.keyspace, key, value);
  };
  walk.damaged = [&](const rocksdb::Status& status) {
    damage(table.name, status.ToString());
    if (table.largest_key) return table.largest_key;
    const auto rows = open();
    rows->SeekToLast();
    return rows->Valid() ? std::optional(rows->key().ToString()) : std::nullopt;
  };
  walk.skipped = [](const KeyRange&) { return Result<void>(); };
  return walk_rows(walk, range);
}

Result<void> Inspector::walk_family(const LevelsKeyspace& keyspace,
                                    rocksdb::ColumnFamilyHandle* handle) {
  std::string broken;  // The table that the last error named.
  RowWalk walk;
  walk.open = [&] {
    return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(rocksdb::ReadOptions(), handle));
  };
  walk.row = [&](std::string_view key, std::string_view value) {
    return tell_row(keyspace, key, value);
  };
  walk.damaged = [&](const rocksdb::Status& status) -> std::optional<std::string> {
    const std::string text = status.ToString();
    for (const Table& table : tables_) {
      if (!table.keyspace || table.keyspace->id != keyspace.id) continue;
      if (text.find("/" + table.name) == std::string::npos) continue;
      damage(table.name, text);
      broken = table.name;
      return table.largest_key;
    }
    damage("", text);
    broken.clear();
    return std::nullopt;
  };
  walk.skipped = [&](const KeyRange& range) -> Result<void> {
    for (const Table& table : tables_) {
      if (!table.keyspace || table.keyspace->id != keyspace.id) continue;
      // Within a gap of its own making a table has nothing more to say.
      if (range.last && table.name == broken) continue;
      QUARTZ_TRY(walk_table(table, range));
    }
    return {};
  };
  return walk_rows(walk, {});
}

// Of the metadata, if it is there.
std::optional<std::string> Inspector::applied_value() {
  std::string value;
  for (std::size_t i = 0; i < handles_.size(); ++i) {
    if (handle_names_[i] != kMetadataFamily) continue;
    const rocksdb::Status status =
        db_->Get(rocksdb::ReadOptions(), handles_[i].get(), to_slice(kAppliedSequenceKey), &value);
    if (status.ok()) return value;
  }
  return std::nullopt;
}

// Files are numbered in the order in which they are made, so whatever an older catalogue knows
// nothing of has numbers above all that it names.
bool Inspector::newer_table_is_not_named() const {
  std::uint64_t newest_named = 0;
  for (const Table& table : tables_) {
    newest_named = std::max(newest_named, leading_number(table.name));
  }
  std::vector<std::string> names;
  if (!options_.env->GetChildren(directory_.string(), &names).ok()) return false;
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name.ends_with(".sst") && leading_number(name) > newest_named;
  });
}

// A catalogue that lost its end is an older one. It takes two things to tell that:
// - Something is not there that it counts on: the beginning of the log, which goes when its rows
//   are ingested, or a table, which goes when a compaction has replaced it.
// - The table that took its place is there, and unknown to the catalogue. Every ingest makes one at
//   least, of the applied sequence.
// Without the second, a table or a segment of the log was lost, and the catalogue knows best how
// the others belong together; so it does where a compaction left nothing but removals to be
// forgotten. Without the first, a crash came between the making of a table and its entry: nothing
// is lost, for what it was made from is still there.
std::optional<std::string> Inspector::why_not_to_believe() const {
  if (!newer_table_is_not_named()) return std::nullopt;
  if (visitor_.log_begin && found_.applied_sequence + 1 < *visitor_.log_begin) {
    return "the catalogue knows of nothing behind sequence " +
           std::to_string(found_.applied_sequence) + ", and what is not in tables begins with " +
           std::to_string(*visitor_.log_begin);
  }
  for (const Table& table : tables_) {
    if (options_.env->FileExists(path_of(table.name)).IsNotFound()) {
      return "the catalogue names " + table.name + ", which is missing";
    }
  }
  return std::nullopt;
}

Result<void> Inspector::inspect_database() {
  tables_ = live_tables();
  if (const auto applied = applied_value()) note_applied(*applied);
  if (const auto reason = visitor_.row ? why_not_to_believe() : std::nullopt) {
    damage("", *reason);
    tables_.clear();
    return inspect_tables();
  }
  check_tables();
  std::map<KeyspaceId, std::pair<LevelsKeyspace, rocksdb::ColumnFamilyHandle*>> families;
  for (std::size_t i = 0; i < handles_.size(); ++i) {
    if (const auto keyspace = parse_family_name(handle_names_[i])) {
      families[keyspace->id] = {*keyspace, handles_[i].get()};
    }
  }
  for (const auto& [id, family] : families) found_.keyspaces.push_back(family.first);
  for (const auto& [id, family] : families) {
    QUARTZ_TRY(tell_keyspace(family.first));
    if (visitor_.row) QUARTZ_TRY(walk_family(family.first, family.second));
  }
  return {};
}

std::map<KeyspaceId, std::string> Inspector::names_from_options() const {
  std::map<KeyspaceId, std::string> names;
  rocksdb::ConfigOptions config;
  config.ignore_unknown_options = true;
  config.env = options_.env;
  rocksdb::DBOptions database;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  const auto status = rocksdb::LoadLatestOptions(config, directory_.string(), &database, &families);
  if (!status.ok()) return names;  // Then tables have to tell their names themselves.
  for (const auto& family : families) {
    if (auto keyspace = parse_family_name(family.name)) {
      names[keyspace->id] = std::move(keyspace->name);
    }
  }
  return names;
}

// Finds out what a table holds from the table alone.
void Inspector::classify(Table& table) {
  rocksdb::SstFileReader reader(options_);
  if (!reader.Open(path_of(table.name)).ok()) return;  // `check_table` reports it.
  const auto properties = reader.GetTableProperties();
  table.keyspace = parse_family_name(properties->column_family_name);
  if (table.keyspace) return;
  const auto& ours = properties->user_collected_properties;
  if (const auto id = ours.find(std::string(kKeyspaceProperty)); id != ours.end()) {
    table.keyspace = {static_cast<KeyspaceId>(leading_number(id->second)), ""};
    return;
  }
  const std::unique_ptr<rocksdb::Iterator> rows(reader.NewIterator(rocksdb::ReadOptions()));
  rows->Seek(to_slice(kAppliedSequenceKey));
  if (rows->Valid() && to_view(rows->key()) == kAppliedSequenceKey) {
    note_applied(to_view(rows->value()));
  }
}

// Only tables that a compaction wrote know their keyspace's name, and the options file knows those
// of all keyspaces, if it is whole.
void Inspector::name_keyspaces() {
  std::map<KeyspaceId, std::string> names = names_from_options();
  names.try_emplace(kDefaultKeyspaceId, "default");
  for (const Table& table : tables_) {
    if (table.keyspace && !table.keyspace->name.empty()) {
      names.try_emplace(table.keyspace->id, table.keyspace->name);
    }
  }
  for (Table& table : tables_) {
    if (!table.keyspace) continue;
    const std::string unknown = "keyspace-" + std::to_string(table.keyspace->id);
    table.keyspace->name = names.try_emplace(table.keyspace->id, unknown).first->second;
  }
  for (const auto& [id, name] : names) found_.keyspaces.push_back({id, name});
}

Result<void> Inspector::inspect_tables() {
  found_.catalogue_readable = false;
  std::vector<std::string> names;
  if (const auto status = options_.env->GetChildren(directory_.string(), &names); !status.ok()) {
    return to_error(status, "inspecting " + directory_.string());
  }
  for (const std::string& name : names) {
    if (name.ends_with(".sst")) tables_.push_back({.name = name});
  }
  // Usually a newer file holds newer rows. Their own order is lost with the catalogue.
  std::sort(tables_.begin(), tables_.end(), [](const Table& a, const Table& b) {
    return leading_number(a.name) < leading_number(b.name);
  });
  for (Table& table : tables_) classify(table);
  name_keyspaces();
  check_tables();
  for (const LevelsKeyspace& keyspace : found_.keyspaces) {
    QUARTZ_TRY(tell_keyspace(keyspace));
    for (const Table& table : tables_) {
      if (!visitor_.row || !table.keyspace || table.keyspace->id != keyspace.id) continue;
      QUARTZ_TRY(walk_table(table, {}));
    }
  }
  return {};
}

Result<LevelsInspection> Inspector::run() {
  if (const auto status = options_.env->FileExists(directory_.string()); !status.ok()) {
    return Error(Errc::not_found, "inspecting " + directory_.string() + ": no such directory");
  }
  if (const rocksdb::Status status = open_database(); status.ok()) {
    QUARTZ_TRY(inspect_database());
  } else {
    damage("", status.ToString());
    QUARTZ_TRY(inspect_tables());
  }
  return std::move(found_);
}

}  // namespace

Result<LevelsInspection> inspect_levels(const std::filesystem::path& directory,
                                        const LevelsVisitor& visitor, rocksdb::Env* env) {
  return Inspector(directory, visitor, env).run();
}

}  // namespace quartz::storage
