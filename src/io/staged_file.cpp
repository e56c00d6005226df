#include "io/staged_file.hpp"

#include <utility>

#include "base/check.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"

namespace quartz::io {
namespace {

Path directory_of(const Path& path) {
  return path.has_parent_path() ? path.parent_path() : Path(".");
}

}  // namespace

Result<StagedFile> StagedFile::create(FileSystem& files, Path path) {
  Path staging = path;
  staging += ".staging";
  // One that a crash left behind is of no use to anybody.
  const auto cleared = files.remove(staging);
  if (!cleared && cleared.error().code() != Errc::not_found) return cleared.error();
  QUARTZ_ASSIGN(auto file, files.open(staging, OpenMode::create_new));
  return StagedFile(files, std::move(path), std::move(staging), std::move(file));
}

StagedFile::StagedFile(FileSystem& files, Path path, Path staging,
                       std::unique_ptr<File> file) noexcept
    : files_(&files),
      path_(std::move(path)),
      staging_(std::move(staging)),
      file_(std::move(file)) {}

StagedFile::~StagedFile() {
  if (file_ == nullptr) return;
  file_.reset();
  (void)files_->remove(staging_);  // Whoever failed to publish it has the error to report.
}

Result<void> StagedFile::publish() {
  QUARTZ_CHECK(file_ != nullptr);
  const bool late = mutant("published_files_are_synced_after_their_rename");
  if (!late && !mutant("published_files_are_not_synced")) QUARTZ_TRY(file_->sync_data());
  QUARTZ_TRY(files_->rename(staging_, path_));
  if (late) QUARTZ_TRY(file_->sync_data());
  file_.reset();  // From here on the staging name is not this file's.
  if (mutant("published_names_are_not_synced")) return {};
  return files_->sync_directory(directory_of(path_));
}

}  // namespace quartz::io
