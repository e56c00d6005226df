#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <thread>

#include "base/mutex.hpp"
#include "io/file_system.hpp"
#include "quartz/result.hpp"

namespace quartz::storage {

/// Reads a file into memory ahead of the one who uses it. The first piece is read by the caller; if
/// more is wanted, a thread reads on, so that the disk, and the system that finds the memory, work
/// while records are indexed. It stays some pieces ahead and no more, since the rest may never be
/// wanted. Threads: one caller.
class LogLoader {
 public:
  /// Fills `into`, which must be zeros, with the file's contents from offset 0. What the file lacks
  /// stays zeros. Both must outlive the loader.
  LogLoader(const io::File& file, std::span<std::byte> into) noexcept : file_(file), into_(into) {}
  /// Stops the thread.
  ~LogLoader();
  LogLoader(const LogLoader&) = delete;
  LogLoader& operator=(const LogLoader&) = delete;

  /// Returns when [0, end) is in memory, or with the error that keeps it from getting there.
  Result<void> wait_for(std::uint64_t end);

 private:
  Result<void> wait_for_thread(std::uint64_t end);
  Result<void> read_piece(std::uint64_t begin, std::uint64_t end);
  void run(std::uint64_t begin);
  Result<void> read_on(std::uint64_t begin);
  bool wait_until_wanted(std::uint64_t offset);
  void loaded_to(std::uint64_t end);

  const io::File& file_;
  const std::span<std::byte> into_;
  std::uint64_t known_ = 0;  // The caller's: so much is in memory for certain.

  Mutex mutex_;
  CondVar changed_;
  std::uint64_t loaded_ QUARTZ_GUARDED_BY(mutex_) = 0;
  std::uint64_t wanted_ QUARTZ_GUARDED_BY(mutex_) = 0;
  bool stopping_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::optional<Error> error_ QUARTZ_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace quartz::storage
