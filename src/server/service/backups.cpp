#include "server/service/backups.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "base/try.hpp"
#include "storage/format_file.hpp"

namespace quartz::server {
namespace {

namespace fs = std::filesystem;

bool is_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kBackupNameBytesMax &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

Error failure(std::string_view what, const fs::path& path, const std::error_code& code) {
  return {Errc::io_error, fmt::format("{} {}: {}", what, path.string(), code.message())};
}

Error no_such_backup(std::string_view name) {
  return {Errc::not_found, fmt::format("there is no backup {}", name)};
}

// What a database has as soon as it is complete, and no other folder: it is none of ours.
bool is_backup(const fs::path& place) {
  std::error_code code;
  return fs::is_regular_file(place / storage::kFormatFileName, code);
}

Result<std::uint64_t> bytes_below(const fs::path& folder) {
  std::error_code code;
  std::uint64_t bytes = 0;
  for (fs::recursive_directory_iterator each(folder, code), end; !code && each != end;
       each.increment(code)) {
    std::error_code no_file;
    const std::uint64_t size = each->is_regular_file(no_file) ? each->file_size(no_file) : 0;
    if (!no_file) bytes += size;
  }
  if (code) return failure("cannot read", folder, code);
  return bytes;
}

// What makes it a backup goes last, so that one that was removed by half can be removed again.
Result<void> remove_backup(const fs::path& place) {
  std::error_code code;
  for (fs::directory_iterator each(place, code), end; !code && each != end; each.increment(code)) {
    if (each->path().filename() == storage::kFormatFileName) continue;
    std::error_code kept;
    fs::remove_all(each->path(), kept);
    if (kept) return failure("cannot remove", each->path(), kept);
  }
  if (!code) fs::remove_all(place, code);
  if (code) return failure("cannot remove", place, code);
  return {};
}

}  // namespace

Result<fs::path> Backups::place_of(std::string_view name) const {
  if (directory_.empty()) {
    return Error(Errc::unsupported, "backups need the option backup_directory, which is not set");
  }
  if (!is_name(name)) {
    return Error(
        Errc::invalid_argument,
        fmt::format("a backup's name is 1 to {} of a-z, 0-9, _ and -", kBackupNameBytesMax));
  }
  return directory_ / name;
}

Result<Backups::Backup> Backups::create(std::string_view name) {
  QUARTZ_ASSIGN(const fs::path place, place_of(name));
  MutexLock lock(mutex_);
  std::error_code code;
  fs::create_directories(directory_, code);
  if (code) return failure("cannot create", directory_, code);
  if (fs::exists(place, code)) {
    return Error(Errc::already_exists, fmt::format("there is a backup {} already", name));
  }
  QUARTZ_TRY(engine_.checkpoint(place));
  QUARTZ_ASSIGN(const std::uint64_t bytes, bytes_below(place));
  return Backup{.name = std::string(name), .bytes = bytes};
}

Result<std::vector<Backups::Backup>> Backups::list() const {
  if (directory_.empty()) return place_of("any").error();
  std::vector<Backup> backups;
  std::error_code code;
  if (!fs::exists(directory_, code)) return backups;
  for (fs::directory_iterator each(directory_, code), end; !code && each != end;
       each.increment(code)) {
    std::error_code gone;
    const std::string name = each->path().filename().string();
    if (!each->is_directory(gone) || !is_name(name) || !is_backup(each->path())) continue;
    // One that is being removed is none.
    const auto bytes = bytes_below(each->path());
    if (bytes) backups.push_back({.name = name, .bytes = *bytes});
  }
  if (code) return failure("cannot read", directory_, code);
  std::ranges::sort(backups, {}, &Backup::name);
  return backups;
}

Result<VerifyReport> Backups::verify(std::string_view name) const {
  QUARTZ_ASSIGN(const fs::path place, place_of(name));
  if (!is_backup(place)) return no_such_backup(name);
  return quartz::verify(place);
}

Result<void> Backups::remove(std::string_view name) {
  QUARTZ_ASSIGN(const fs::path place, place_of(name));
  MutexLock lock(mutex_);
  if (!is_backup(place)) return no_such_backup(name);
  return remove_backup(place);
}

}  // namespace quartz::server
