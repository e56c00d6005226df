#include "storage/levels_files.hpp"

#include <string_view>
#include <utility>

namespace quartz::storage {

namespace {

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Tells of the first write or sync that fails.
class ManifestFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  ManifestFile(std::unique_ptr<rocksdb::FSWritableFile> below,
               std::shared_ptr<std::atomic<bool>> failed)
      : FSWritableFileOwnerWrapper(std::move(below)), failed_(std::move(failed)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    return note(FSWritableFileOwnerWrapper::Append(data, options, debug));
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& verification,
                           rocksdb::IODebugContext* debug) override {
    return note(FSWritableFileOwnerWrapper::Append(data, options, verification, debug));
  }
  rocksdb::IOStatus Flush(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return note(FSWritableFileOwnerWrapper::Flush(options, debug));
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    return note(FSWritableFileOwnerWrapper::Sync(options, debug));
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return note(FSWritableFileOwnerWrapper::Fsync(options, debug));
  }

 private:
  rocksdb::IOStatus note(rocksdb::IOStatus status) {
    if (!status.ok()) *failed_ = true;
    return status;
  }

  const std::shared_ptr<std::atomic<bool>> failed_;
};

}  // namespace

rocksdb::IOStatus LevelsFiles::NewWritableFile(const std::string& name,
                                               const rocksdb::FileOptions& options,
                                               std::unique_ptr<rocksdb::FSWritableFile>* created,
                                               rocksdb::IODebugContext* debug) {
  auto status = FileSystemWrapper::NewWritableFile(name, options, created, debug);
  if (status.ok() && last_part(name).starts_with("MANIFEST-")) {
    *created = std::make_unique<ManifestFile>(std::move(*created), manifest_failed_);
  }
  return status;
}

rocksdb::IOStatus LevelsFiles::DeleteFile(const std::string& name,
                                          const rocksdb::IOOptions& options,
                                          rocksdb::IODebugContext* debug) {
  if (manifest_failed() && name.ends_with(".sst")) return rocksdb::IOStatus::OK();
  return FileSystemWrapper::DeleteFile(name, options, debug);
}

}  // namespace quartz::storage
