#include "storage/closed_database.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "storage/format_file.hpp"

namespace quartz::storage {

Result<ClosedDatabase> ClosedDatabase::enter(io::FileSystem& files, const io::Path& directory) {
  QUARTZ_ASSIGN(const bool has_levels, files.exists(directory / kLevelsDirectoryName));
  QUARTZ_ASSIGN(const bool has_log, files.exists(directory / kLogDirectoryName));
  if (!has_levels && !has_log) {
    return Error(Errc::not_found, fmt::format("{} holds no Quartz database", directory.string()));
  }
  QUARTZ_ASSIGN(io::DirectoryLock lock, files.lock_directory(directory));
  ClosedDatabase database{std::move(lock), std::nullopt, {}};
  auto format = read_format(files, directory);
  if (!format && format.error().code() == Errc::unsupported) return std::move(format).error();
  if (format && *format) {
    database.id = (*format)->database_id;
  } else {
    database.damage.push_back(
        {kFormatFileName, 0, format ? std::string("is missing") : format.error().message()});
  }
  return database;
}

void add_damage(std::vector<Damage>& report, std::vector<Damage> found, std::string_view below) {
  for (Damage& damage : found) {
    damage.file = fmt::format("{}/{}", below, damage.file);
    report.push_back(std::move(damage));
  }
}

}  // namespace quartz::storage
