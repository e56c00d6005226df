#include "support/held_table_files.hpp"

#include <string_view>
#include <utility>

namespace quartz {

namespace {

constinit thread_local bool my_reads_are_held = false;

bool is_table(std::string_view name) { return name.ends_with(".sst"); }

bool waits_for_ingest(std::string_view name) {
  return name.find("/ingest/") != std::string_view::npos;
}

class HeldTable final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  HeldTable(std::unique_ptr<rocksdb::FSRandomAccessFile> below, HoldingPoint& reads)
      : FSRandomAccessFileOwnerWrapper(std::move(below)), reads_(reads) {}

  rocksdb::IOStatus Read(std::uint64_t offset, std::size_t bytes, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* into,
                         rocksdb::IODebugContext* debug) const override {
    if (my_reads_are_held) reads_.pass();
    return FSRandomAccessFileOwnerWrapper::Read(offset, bytes, options, result, into, debug);
  }

 private:
  HoldingPoint& reads_;
};

}  // namespace

void HoldingPoint::hold() {
  MutexLock lock(mutex_);
  wanted_ = true;
}

void HoldingPoint::release() {
  {
    MutexLock lock(mutex_);
    wanted_ = false;
  }
  changed_.notify_all();
}

void HoldingPoint::wait_until_held() {
  MutexLock lock(mutex_);
  while (held_ == 0) changed_.wait(mutex_);
}

void HoldingPoint::pass() {
  MutexLock lock(mutex_);
  if (!wanted_) return;
  ++held_;
  changed_.notify_all();
  while (wanted_) changed_.wait(mutex_);
  --held_;
}

void HeldTableFiles::hold_my_reads() noexcept { my_reads_are_held = true; }

rocksdb::IOStatus HeldTableFiles::NewRandomAccessFile(
    const std::string& name, const rocksdb::FileOptions& options,
    std::unique_ptr<rocksdb::FSRandomAccessFile>* opened, rocksdb::IODebugContext* debug) {
  auto status = FileSystemWrapper::NewRandomAccessFile(name, options, opened, debug);
  if (status.ok() && is_table(name)) {
    *opened = std::make_unique<HeldTable>(std::move(*opened), reads);
  }
  return status;
}

rocksdb::IOStatus HeldTableFiles::NewWritableFile(const std::string& name,
                                                  const rocksdb::FileOptions& options,
                                                  std::unique_ptr<rocksdb::FSWritableFile>* created,
                                                  rocksdb::IODebugContext* debug) {
  if (is_table(name) && !waits_for_ingest(name)) creations.pass();
  return FileSystemWrapper::NewWritableFile(name, options, created, debug);
}

}  // namespace quartz
