#include "support/rocksdb_files.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

namespace quartz {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

IOStatus status_of(const Error& error) {
  switch (error.code()) {
    case Errc::not_found:
      return IOStatus::PathNotFound(error.message());
    case Errc::no_space:
      return IOStatus::NoSpace(error.message());
    default:
      return IOStatus::IOError(error.message());
  }
}

IOStatus status_of(const Result<void>& result) {
  return result ? IOStatus::OK() : status_of(result.error());
}

std::span<const std::byte> bytes_of(const rocksdb::Slice& slice) {
  return {reinterpret_cast<const std::byte*>(slice.data()), slice.size()};
}

IOStatus read(const io::File& file, std::uint64_t offset, std::size_t bytes, char* into,
              rocksdb::Slice* result) {
  const auto got = file.read_at(offset, {reinterpret_cast<std::byte*>(into), bytes});
  *result = rocksdb::Slice(into, got ? *got : 0);
  return got ? IOStatus::OK() : status_of(got.error());
}

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialFile(std::unique_ptr<io::File> file) : file_(std::move(file)) {}
  IOStatus Read(std::size_t bytes, const IOOptions&, rocksdb::Slice* result, char* scratch,
                IODebugContext*) override {
    IOStatus status = read(*file_, offset_, bytes, scratch, result);
    offset_ += result->size();
    return status;
  }
  IOStatus Skip(std::uint64_t bytes) override {
    const auto size = file_->size();
    if (!size) return status_of(size.error());
    offset_ = std::min(*size, offset_ + bytes);
    return IOStatus::OK();
  }

 private:
  std::unique_ptr<io::File> file_;
  std::uint64_t offset_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccessFile(std::unique_ptr<io::File> file) : file_(std::move(file)) {}
  IOStatus Read(std::uint64_t offset, std::size_t bytes, const IOOptions&, rocksdb::Slice* result,
                char* scratch, IODebugContext*) const override {
    return read(*file_, offset, bytes, scratch, result);
  }

 private:
  std::unique_ptr<io::File> file_;
};

class WritableFile final : public rocksdb::FSWritableFile {
 public:
  WritableFile(std::unique_ptr<io::File> file, std::uint64_t size)
      : file_(std::move(file)), size_(size) {}
  using FSWritableFile::Append;
  IOStatus Append(const rocksdb::Slice& data, const IOOptions&, IODebugContext*) override {
    const auto written = file_->write_at(size_, bytes_of(data));
    if (written) size_ += data.size();
    return status_of(written);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions&, IODebugContext*) override {
    const auto cut = file_->truncate(size);
    if (cut) size_ = size;
    return status_of(cut);
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return status_of(file_->sync_data());
  }
  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return size_; }

 private:
  std::unique_ptr<io::File> file_;
  std::uint64_t size_;
};

class RandomReadWriteFile final : public rocksdb::FSRandomRWFile {
 public:
  explicit RandomReadWriteFile(std::unique_ptr<io::File> file) : file_(std::move(file)) {}
  IOStatus Write(std::uint64_t offset, const rocksdb::Slice& data, const IOOptions&,
                 IODebugContext*) override {
    return status_of(file_->write_at(offset, bytes_of(data)));
  }
  IOStatus Read(std::uint64_t offset, std::size_t bytes, const IOOptions&, rocksdb::Slice* result,
                char* scratch, IODebugContext*) const override {
    return read(*file_, offset, bytes, scratch, result);
  }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    return status_of(file_->sync_data());
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  std::unique_ptr<io::File> file_;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(io::FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    return status_of(files_.sync_directory(path_));
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  io::FileSystem& files_;
  const std::string path_;
};

class RocksdbFiles final : public rocksdb::FileSystem {
 public:
  explicit RocksdbFiles(io::FileSystem& files) : files_(files) {}
  const char* Name() const override { return "quartz.RocksdbFiles"; }

  IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result,
                             IODebugContext*) override {
    return open<SequentialFile>(name, io::OpenMode::read, result);
  }
  IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions&,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext*) override {
    return open<RandomAccessFile>(name, io::OpenMode::read, result);
  }
  IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions&,
                           std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                           IODebugContext*) override {
    return open<RandomReadWriteFile>(name, io::OpenMode::read_write, result);
  }
  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>* result,
                           IODebugContext*) override {
    const auto removed = files_.remove(name);
    if (!removed && removed.error().code() != Errc::not_found) return status_of(removed);
    auto file = files_.open(name, io::OpenMode::create_new);
    if (!file) return status_of(file.error());
    *result = std::make_unique<WritableFile>(*std::move(file), 0);
    return IOStatus::OK();
  }
  IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* result,
                              IODebugContext* debug) override {
    auto file = files_.open(name, io::OpenMode::read_write);
    if (!file && file.error().code() == Errc::not_found) {
      return NewWritableFile(name, options, result, debug);
    }
    if (!file) return status_of(file.error());
    const auto size = (*file)->size();
    if (!size) return status_of(size.error());
    *result = std::make_unique<WritableFile>(*std::move(file), *size);
    return IOStatus::OK();
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions&,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
    if (const auto entries = files_.list(name); !entries) return status_of(entries.error());
    *result = std::make_unique<Directory>(files_, name);
    return IOStatus::OK();
  }

  IOStatus FileExists(const std::string& name, const IOOptions&, IODebugContext*) override {
    const auto exists = files_.exists(name);
    if (!exists) return status_of(exists.error());
    return *exists ? IOStatus::OK() : IOStatus::NotFound(name);
  }
  IOStatus GetChildren(const std::string& directory, const IOOptions&,
                       std::vector<std::string>* result, IODebugContext*) override {
    auto names = files_.list(directory);
    if (!names) return status_of(names.error());
    *result = *std::move(names);
    return IOStatus::OK();
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions&, IODebugContext*) override {
    return status_of(files_.remove(name));
  }
  IOStatus CreateDir(const std::string& directory, const IOOptions& options,
                     IODebugContext* debug) override {
    const IOStatus exists = FileExists(directory, options, debug);
    if (exists.ok()) return IOStatus::IOError(directory + " exists");
    return exists.IsNotFound() ? CreateDirIfMissing(directory, options, debug) : exists;
  }
  IOStatus CreateDirIfMissing(const std::string& directory, const IOOptions&,
                              IODebugContext*) override {
    return status_of(files_.create_directories(directory));
  }
  IOStatus DeleteDir(const std::string& directory, const IOOptions&, IODebugContext*) override {
    return status_of(files_.remove_directory(directory));
  }
  IOStatus GetFileSize(const std::string& name, const IOOptions&, std::uint64_t* bytes,
                       IODebugContext*) override {
    const auto file = files_.open(name, io::OpenMode::read);
    if (!file) return status_of(file.error());
    const auto size = (*file)->size();
    if (!size) return status_of(size.error());
    *bytes = *size;
    return IOStatus::OK();
  }
  IOStatus GetFileModificationTime(const std::string&, const IOOptions&, std::uint64_t*,
                                   IODebugContext*) override {
    return IOStatus::NotSupported("times of files");
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                      IODebugContext*) override {
    return status_of(files_.rename(from, to));
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions&,
                    IODebugContext*) override {
    return status_of(files_.link_or_copy(from, to));
  }
  IOStatus GetFreeSpace(const std::string& path, const IOOptions&, std::uint64_t* bytes,
                        IODebugContext*) override {
    const auto free = files_.free_bytes(path);
    if (!free) return status_of(free.error());
    *bytes = *free;
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* result,
                       IODebugContext*) override {
    *result = files_.list(path).has_value();
    return IOStatus::OK();
  }

  IOStatus LockFile(const std::string&, const IOOptions&, rocksdb::FileLock** lock,
                    IODebugContext*) override {
    *lock = new rocksdb::FileLock;  // RocksDB hands it to UnlockFile.
    return IOStatus::OK();
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions&, IODebugContext*) override {
    delete lock;
    return IOStatus::OK();
  }
  IOStatus GetTestDirectory(const IOOptions&, std::string*, IODebugContext*) override {
    return IOStatus::NotSupported("a directory for tests");
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions&, std::string* result,
                           IODebugContext*) override {
    *result = path;
    return IOStatus::OK();
  }

 private:
  template <class Opened, class Interface>
  IOStatus open(const std::string& name, io::OpenMode mode, std::unique_ptr<Interface>* result) {
    auto file = files_.open(name, mode);
    if (!file) return status_of(file.error());
    *result = std::make_unique<Opened>(*std::move(file));
    return IOStatus::OK();
  }

  io::FileSystem& files_;
};

// After an error in the background RocksDB sleeps for a second, and whoever closes it waits.
class ShortSleeps final : public rocksdb::SystemClockWrapper {
 public:
  ShortSleeps() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "quartz.ShortSleeps"; }
  void SleepForMicroseconds(int microseconds) override {
    SystemClockWrapper::SleepForMicroseconds(std::min(microseconds, 1000));
  }
};

class Environment final : public rocksdb::EnvWrapper {
 public:
  explicit Environment(const std::shared_ptr<rocksdb::FileSystem>& files)
      : EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    file_system_ = files;
    system_clock_ = std::make_shared<ShortSleeps>();
  }
  const char* Name() const override { return "quartz.Environment"; }
};

}  // namespace

std::unique_ptr<rocksdb::Env> rocksdb_env_over(io::FileSystem& files) {
  return std::make_unique<Environment>(std::make_shared<RocksdbFiles>(files));
}

}  // namespace quartz
