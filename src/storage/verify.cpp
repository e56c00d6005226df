#include "quartz/storage/verify.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "storage/applied_file.hpp"
#include "storage/closed_database.hpp"
#include "storage/expiry_clock.hpp"
#include "storage/format_file.hpp"
#include "storage/levels_inspect.hpp"
#include "storage/log_inspection.hpp"

namespace quartz {
namespace {

/// Finds the keyspaces that the log writes to and the levels do not know, each where it is first
/// met.
struct LostKeyspaces {
  explicit LostKeyspaces(const storage::LevelsInspection& levels)
      : applied(levels.applied_sequence), catalogue_readable(levels.catalogue_readable) {
    for (const storage::LevelsKeyspace& keyspace : levels.keyspaces) known.insert(keyspace.id);
  }

  void look_at(const storage::ReplayedRecord& record) {
    // Without a catalogue nobody knows which there are, and that was said already.
    if (!catalogue_readable) return;
    const std::byte* at = record.operations.data();
    for (std::uint32_t i = 0; i < record.operation_count; ++i) {
      const storage::OperationView operation(at);
      at += operation.bytes();
      if (record.first_sequence + i <= applied) continue;
      if (!known.insert(operation.keyspace()).second) continue;
      damage.push_back({record.segment->path.filename().string(), storage::offset_of(record),
                        storage::names_lost_keyspace(operation.keyspace())});
    }
  }

  const storage::Sequence applied;
  const bool catalogue_readable;
  std::set<storage::KeyspaceId> known;
  std::vector<Damage> damage = {};
};

}  // namespace

Result<VerifyReport> verify(const std::filesystem::path& directory, const FileProgress& progress) {
  io::FileSystem& files = io::posix_file_system();
  QUARTZ_ASSIGN(storage::ClosedDatabase database, storage::ClosedDatabase::enter(files, directory));
  VerifyReport report;
  report.damage = std::move(database.damage);
  if (auto clock = storage::ExpiryClock::find_damage(files, directory / storage::kClockFileName)) {
    report.damage.push_back(*std::move(clock));
  }

  storage::LevelsVisitor levels_visitor;
  levels_visitor.progress = progress;
  QUARTZ_ASSIGN(storage::LevelsInspection levels,
                storage::inspect_levels(directory / storage::kLevelsDirectoryName, levels_visitor));
  report.files_checked += levels.files_checked;
  report.bytes_checked += levels.bytes_checked;
  report.rows = levels.entries;
  for (Damage& damage : levels.damage) report.damage.push_back(std::move(damage));

  storage::InspectOptions options;
  options.directory = directory / storage::kLogDirectoryName;
  options.database_id = database.id;
  options.applied = levels.applied_sequence;
  options.progress = progress;
  const auto said = storage::read_applied_file(files, directory);
  if (levels.catalogue_readable && said && *said > levels.applied_sequence) {
    report.damage.push_back({storage::kLevelsDirectoryName, 0,
                             storage::behind_applied_file(levels.applied_sequence, *said)});
  }
  LostKeyspaces lost(levels);
  QUARTZ_ASSIGN(storage::LogInspection log,
                storage::inspect_log(files, options, [&](const storage::ReplayedRecord& record) {
                  lost.look_at(record);
                  return Result<void>();
                }));
  report.files_checked += log.files;
  report.bytes_checked += log.bytes;
  report.log_records = log.record_count;
  report.unfinished_tail_bytes = log.unfinished_tail_bytes;
  storage::add_damage(report.damage, std::move(log.damage), storage::kLogDirectoryName);
  storage::add_damage(report.damage, std::move(lost.damage), storage::kLogDirectoryName);
  return report;
}

}  // namespace quartz
