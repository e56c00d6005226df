#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <thread>

#include "io/file_system.hpp"
#include "quartz/result.hpp"

namespace quartz::storage {

/// Reads a file into memory ahead of the one who uses it. The first piece is read by the caller; if
/// more is wanted, a thread reads all the rest, so that the disk, and the system that finds the
/// memory, work while records are indexed. Threads: one caller.
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
  /// Bytes of the file that are in memory.
  std::uint64_t loaded() const noexcept { return loaded_.load(std::memory_order_acquire); }

 private:
  void run();
  Result<void> load_rest();
  Result<void> load_to(std::uint64_t end);

  const io::File& file_;
  const std::span<std::byte> into_;
  std::atomic<std::uint64_t> loaded_{0};
  /// Counts what the waiting caller may be waiting for: another piece, or the thread's end.
  std::atomic<std::uint32_t> news_{0};
  std::atomic<bool> ended_{false};
  std::atomic<bool> stopping_{false};
  std::optional<Error> error_;  // Written before `ended_`.
  std::thread thread_;
};

}  // namespace quartz::storage
