#include "storage/levels_files.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/mutant.hpp"

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
    if (mutant("the_manifest_is_not_synced")) return rocksdb::IOStatus::OK();
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

// Loses the messages that cannot be written.
class MessageFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  explicit MessageFile(std::unique_ptr<rocksdb::FSWritableFile> below)
      : FSWritableFileOwnerWrapper(std::move(below)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    return whatever(FSWritableFileOwnerWrapper::Append(data, options, debug));
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& verification,
                           rocksdb::IODebugContext* debug) override {
    return whatever(FSWritableFileOwnerWrapper::Append(data, options, verification, debug));
  }
  rocksdb::IOStatus Flush(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return whatever(FSWritableFileOwnerWrapper::Flush(options, debug));
  }
  rocksdb::IOStatus Close(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* debug) override {
    return whatever(FSWritableFileOwnerWrapper::Close(options, debug));
  }

 private:
  static rocksdb::IOStatus whatever(const rocksdb::IOStatus& status) {
    if (mutant("messages_of_the_levels_must_be_written")) return status;
    status.PermitUncheckedError();
    return rocksdb::IOStatus::OK();
  }
};

}  // namespace

rocksdb::IOStatus LevelsFiles::NewWritableFile(const std::string& name,
                                               const rocksdb::FileOptions& options,
                                               std::unique_ptr<rocksdb::FSWritableFile>* created,
                                               rocksdb::IODebugContext* debug) {
  auto status = FileSystemWrapper::NewWritableFile(name, options, created, debug);
  if (!status.ok()) return status;
  const auto file = last_part(name);
  if (file.starts_with("MANIFEST-")) {
    *created = std::make_unique<ManifestFile>(std::move(*created), manifest_failed_);
  } else if (file == "LOG") {
    *created = std::make_unique<MessageFile>(std::move(*created));
  }
  return status;
}

// The wrapper's would have the file opened below, past us.
rocksdb::IOStatus LevelsFiles::NewLogger(const std::string& name, const rocksdb::IOOptions& options,
                                         std::shared_ptr<rocksdb::Logger>* created,
                                         rocksdb::IODebugContext* debug) {
  // NOLINTNEXTLINE(bugprone-parent-virtual-call): the parent's is the one not to be called.
  return FileSystem::NewLogger(name, options, created, debug);
}

void LevelsFiles::hold_removals() {
  const MutexLock lock(mutex_);
  held_ = true;
}

void LevelsFiles::let_removals_happen() {
  std::vector<std::string> waiting;
  {
    const MutexLock lock(mutex_);
    held_ = false;
    waiting = std::move(waiting_);
    waiting_.clear();
  }
  // One that stays for whatever reason is met, and removed, by the next open.
  for (const std::string& name : waiting) {
    DeleteFile(name, rocksdb::IOOptions(), nullptr).PermitUncheckedError();
  }
}

rocksdb::IOStatus LevelsFiles::DeleteFile(const std::string& name,
                                          const rocksdb::IOOptions& options,
                                          rocksdb::IODebugContext* debug) {
  const bool careless = mutant("tables_that_a_failed_manifest_names_are_removed");
  if (manifest_failed() && !careless && name.ends_with(".sst")) return rocksdb::IOStatus::OK();
  if (name.ends_with(".sst")) {
    const MutexLock lock(mutex_);
    if (held_ && !mutant("tables_are_removed_before_the_log_was_read")) {
      waiting_.push_back(name);
      return rocksdb::IOStatus::OK();
    }
  }
  return FileSystemWrapper::DeleteFile(name, options, debug);
}

void LevelsEnvironment::hold_compactions() {
  const MutexLock lock(mutex_);
  held_ = true;
}

void LevelsEnvironment::let_compactions_happen() {
  // Under the lock throughout: whoever gives work up meanwhile must find it here or there.
  const MutexLock lock(mutex_);
  held_ = false;
  for (const Work& each : waiting_) {
    EnvWrapper::Schedule(each.work, each.argument, each.priority, each.tag, each.given_up);
  }
  waiting_.clear();
}

void LevelsEnvironment::Schedule(void (*work)(void*), void* argument, Priority priority, void* tag,
                                 void (*given_up)(void*)) {
  if (priority == Priority::LOW || priority == Priority::BOTTOM) {
    const MutexLock lock(mutex_);
    if (held_) {
      waiting_.push_back({work, argument, priority, tag, given_up});
      return;
    }
  }
  EnvWrapper::Schedule(work, argument, priority, tag, given_up);
}

int LevelsEnvironment::UnSchedule(void* tag, Priority priority) {
  std::vector<Work> found;
  {
    const MutexLock lock(mutex_);
    const auto kept = std::partition(waiting_.begin(), waiting_.end(), [&](const Work& each) {
      return each.tag != tag || each.priority != priority;
    });
    found.assign(kept, waiting_.end());
    waiting_.erase(kept, waiting_.end());
  }
  for (const Work& each : found) {
    if (each.given_up != nullptr) each.given_up(each.argument);
  }
  return static_cast<int>(found.size()) + EnvWrapper::UnSchedule(tag, priority);
}

}  // namespace quartz::storage
