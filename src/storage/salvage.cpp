#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/try.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/storage/verify.hpp"
#include "storage/applied_file.hpp"
#include "storage/closed_database.hpp"
#include "storage/engine.hpp"
#include "storage/format_file.hpp"
#include "storage/levels_inspect.hpp"
#include "storage/log_inspection.hpp"

namespace quartz {
namespace {

using storage::KeyspaceId;
using storage::OperationType;
using storage::OperationView;

/// Writes what is found to a new database, in batches.
class Salvager {
 public:
  explicit Salvager(StorageEngine& target) : target_(target) {
    keyspaces_.emplace(storage::kDefaultKeyspaceId, target.default_keyspace());
  }

  Result<void> add_keyspace(KeyspaceId id, const std::string& name) {
    if (keyspaces_.contains(id)) return {};
    auto existing = target_.keyspace(name);
    if (!existing) existing = target_.create_keyspace(name);
    if (!existing) return std::move(existing).error();
    keyspaces_.emplace(id, *std::move(existing));
    return {};
  }

  Result<void> put(KeyspaceId id, std::string_view key, std::string_view value) {
    QUARTZ_TRY(name_if_unknown(id));
    const auto row = storage::decode_stored_value(value);
    if (!row) {
      ++malformed_rows_;
      return {};
    }
    batch_.put(keyspaces_.at(id), key, row->value, row->attributes);
    ++rows_;
    return write_if_large();
  }

  Result<void> apply(OperationView operation) {
    QUARTZ_TRY(name_if_unknown(operation.keyspace()));
    const Keyspace& into = keyspaces_.at(operation.keyspace());
    switch (operation.type()) {
      case OperationType::put: {
        // The reader of the log has validated it.
        const auto row = storage::decode_stored_value(operation.value());
        QUARTZ_CHECK(row.has_value());
        batch_.put(into, operation.key(), row->value, row->attributes);
        break;
      }
      case OperationType::remove:
        batch_.remove(into, operation.key());
        break;
      case OperationType::remove_range:
        batch_.remove_range(into, operation.key(), operation.value());
        break;
    }
    ++operations_;
    return write_if_large();
  }

  Result<void> finish() {
    QUARTZ_TRY(target_.write(batch_));
    QUARTZ_TRY(target_.flush());
    return target_.close();
  }

  std::uint64_t rows() const noexcept { return rows_; }
  std::uint64_t operations() const noexcept { return operations_; }
  /// Rows of the levels that have no attributes, and so no value that could be told from them.
  std::uint64_t malformed_rows() const noexcept { return malformed_rows_; }

 private:
  // A keyspace whose name is lost with the catalogue still has its rows.
  Result<void> name_if_unknown(KeyspaceId id) {
    if (keyspaces_.contains(id)) return {};
    return add_keyspace(id, fmt::format("salvaged-{}", id));
  }

  Result<void> write_if_large() {
    constexpr std::size_t kBatchBytes = std::size_t{1} << 20;
    if (batch_.bytes() < kBatchBytes) return {};
    QUARTZ_TRY(target_.write(batch_));
    batch_.clear();
    return {};
  }

  StorageEngine& target_;
  WriteBatch batch_;
  std::map<KeyspaceId, Keyspace> keyspaces_;
  std::uint64_t rows_ = 0;
  std::uint64_t operations_ = 0;
  std::uint64_t malformed_rows_ = 0;
};

Result<storage::LevelsInspection> salvage_levels(const std::filesystem::path& directory,
                                                 std::optional<storage::Sequence> log_begin,
                                                 Salvager& salvager, const FileProgress& progress) {
  storage::LevelsVisitor visitor;
  visitor.log_begin = log_begin;
  visitor.progress = progress;
  visitor.keyspace = [&](const storage::LevelsKeyspace& keyspace) {
    return salvager.add_keyspace(keyspace.id, keyspace.name);
  };
  visitor.row = [&](const storage::LevelsKeyspace& keyspace, std::string_view key,
                    std::string_view value) { return salvager.put(keyspace.id, key, value); };
  return storage::inspect_levels(directory / storage::kLevelsDirectoryName, visitor);
}

Result<storage::LogInspection> salvage_log(io::FileSystem& files,
                                           const std::filesystem::path& directory,
                                           std::optional<std::uint64_t> database_id,
                                           storage::Sequence applied, Salvager& salvager,
                                           const FileProgress& progress) {
  storage::InspectOptions options;
  options.directory = directory / storage::kLogDirectoryName;
  options.database_id = database_id;
  options.applied = applied;
  options.progress = progress;
  return storage::inspect_log(files, options,
                              [&](const storage::ReplayedRecord& record) -> Result<void> {
                                const std::byte* at = record.operations.data();
                                for (std::uint32_t i = 0; i < record.operation_count; ++i) {
                                  const OperationView operation(at);
                                  // What the levels hold already must not come back over what
                                  // replaced it there.
                                  if (record.first_sequence + i > applied)
                                    QUARTZ_TRY(salvager.apply(operation));
                                  at += operation.bytes();
                                }
                                return {};
                              });
}

}  // namespace

Result<SalvageReport> salvage(const std::filesystem::path& directory,
                              const std::filesystem::path& target, const FileProgress& progress) {
  io::FileSystem& files = io::posix_file_system();
  QUARTZ_ASSIGN(storage::ClosedDatabase database, storage::ClosedDatabase::enter(files, directory));
  QUARTZ_ASSIGN(const bool target_exists, files.exists(target));
  if (target_exists) {
    return Error(
        Errc::already_exists,
        fmt::format("{}: salvage needs a directory that does not exist yet", target.string()));
  }
  QUARTZ_ASSIGN(StorageEngine engine, StorageEngine::open(target));
  if (const auto shown = storage::ExpiryClock::read(files, directory / storage::kClockFileName)) {
    engine.engine().expiry_clock().advance_to(*shown);
  }
  Salvager salvager(engine);
  SalvageReport report;
  report.damage = std::move(database.damage);

  QUARTZ_ASSIGN(auto log_begin, storage::first_sequence_of_log(
                                    files, directory / storage::kLogDirectoryName, database.id));
  // Where there was no log, a file says where it would begin.
  if (const auto said = storage::read_applied_file(files, directory)) {
    log_begin = std::max(log_begin.value_or(0), *said + 1);
  }
  QUARTZ_ASSIGN(storage::LevelsInspection levels,
                salvage_levels(directory, log_begin, salvager, progress));
  for (Damage& damage : levels.damage) report.damage.push_back(std::move(damage));
  QUARTZ_ASSIGN(
      storage::LogInspection log,
      salvage_log(files, directory, database.id, levels.applied_sequence, salvager, progress));
  storage::add_damage(report.damage, std::move(log.damage), storage::kLogDirectoryName);
  QUARTZ_TRY(salvager.finish());
  if (salvager.malformed_rows() > 0) {
    report.damage.push_back(
        {storage::kLevelsDirectoryName, 0,
         fmt::format("{} rows have no valid trailer", salvager.malformed_rows())});
  }
  report.rows_from_levels = salvager.rows();
  report.operations_from_log = salvager.operations();
  return report;
}

}  // namespace quartz
