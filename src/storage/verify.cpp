#include "quartz/storage/verify.hpp"

#include <utility>

#include "base/try.hpp"
#include "storage/closed_database.hpp"
#include "storage/expiry_clock.hpp"
#include "storage/format_file.hpp"
#include "storage/levels_inspect.hpp"
#include "storage/log_inspection.hpp"

namespace quartz {

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
  QUARTZ_ASSIGN(storage::LogInspection log,
                storage::inspect_log(
                    files, options, [](const storage::ReplayedRecord&) { return Result<void>(); }));
  report.files_checked += log.files;
  report.bytes_checked += log.bytes;
  report.log_records = log.record_count;
  report.unfinished_tail_bytes = log.unfinished_tail_bytes;
  storage::add_damage(report.damage, std::move(log.damage), storage::kLogDirectoryName);
  return report;
}

}  // namespace quartz
