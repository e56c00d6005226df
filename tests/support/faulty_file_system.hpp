#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "io/file_system.hpp"
#include "quartz/error.hpp"

namespace quartz::io {

/// The calls that a FaultyFileSystem can tell apart.
enum class Operation : std::uint8_t {
  open,
  size,
  read,
  write,
  allocate,
  truncate,
  sync_data,
  map,
  create_directories,
  sync_directory,
  list,
  exists,
  rename,
  link_or_copy,
  remove,
  remove_directory,
  free_bytes,
  keeps_allocation,
  lock_directory,
};
inline constexpr std::size_t kOperations = 19;

/// The operation's name as written above.
std::string_view to_string(Operation operation) noexcept;

/// How long a fault lasts.
enum class FaultLength : std::uint8_t {
  once,      ///< One call fails, later ones reach the file system again.
  for_ever,  ///< That call and every later one fails, until `clear_faults`.
};

/// What a failed call has done.
enum class FaultEffect : std::uint8_t {
  none,         ///< It does not reach the file system below.
  short_write,  ///< Of a write, the first half; of other calls nothing.
};

/// A file system on top of another, which it must not outlive, that fails the calls a test names.
/// The message is "<path>: injected fault in <operation>". Files and handles opened here count and
/// fail too, and must not outlive it. Threads: all calls may run at the same time.
class FaultyFileSystem final : public FileSystem {
 public:
  explicit FaultyFileSystem(FileSystem& below) : below_(below) {}

  /// Fails the `nth` call (1 is the next one) of `operation`, counted from now. Where
  /// `path_contains` is not empty, only calls whose path contains it count. Rules add up; the first
  /// one that applies gives the error.
  void fail(Operation operation, std::uint64_t nth, Errc code,
            FaultLength length = FaultLength::once, std::string path_contains = {});
  /// The same for any operation, for sweeps over every call of a scenario.
  void fail_any(std::uint64_t nth, Errc code, FaultLength length = FaultLength::once,
                FaultEffect effect = FaultEffect::none);
  /// Lets calls of `operation` pass whose path contains this, whatever the rules say, for as long
  /// as the file system lives; they do not count.
  void spare(Operation operation, std::string path_contains);
  /// Tells `watcher` of every call, before it is made or failed, on the thread that makes it. Set
  /// before the first call.
  using Watcher = std::function<void(Operation, const Path&)>;
  void watch(Watcher watcher) { watcher_ = std::move(watcher); }
  /// Forgets all rules; the counts stay.
  void clear_faults();

  /// Calls so far, failed ones included.
  std::uint64_t calls(Operation operation) const;
  std::uint64_t calls() const;
  /// Calls that were failed so far; zero means a test's rule never applied.
  std::uint64_t faults() const;

  Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override;
  Result<void> create_directories(const Path& directory) override;
  Result<void> sync_directory(const Path& directory) override;
  Result<std::vector<std::string>> list(const Path& directory) const override;
  Result<bool> exists(const Path& path) const override;
  Result<void> rename(const Path& from, const Path& to) override;
  Result<void> link_or_copy(const Path& from, const Path& to) override;
  Result<void> remove(const Path& path) override;
  Result<void> remove_directory(const Path& directory) override;
  Result<std::uint64_t> free_bytes(const Path& directory) const override;
  Result<bool> keeps_allocation(const Path& directory) const override;
  Result<DirectoryLock> lock_directory(const Path& directory) override;

 private:
  class FaultyFile;
  struct Rule {
    std::optional<Operation> operation;  // Any, if empty.
    std::uint64_t calls_before = 0;      // Matching calls to let pass first.
    Errc code = Errc::io_error;
    FaultLength length = FaultLength::once;
    std::string path_contains;
    FaultEffect effect = FaultEffect::none;
    bool spent = false;
  };

  // Counts the call; the error to give instead of it, if a rule applies, and what to do before.
  Result<void> enter(Operation operation, const Path& path, FaultEffect* effect = nullptr) const;

  FileSystem& below_;
  Watcher watcher_;
  mutable Mutex mutex_;
  // Mutable, because reading calls count as well.
  mutable std::vector<Rule> rules_ QUARTZ_GUARDED_BY(mutex_);
  std::vector<std::pair<Operation, std::string>> spared_ QUARTZ_GUARDED_BY(mutex_);
  mutable std::array<std::uint64_t, kOperations> calls_ QUARTZ_GUARDED_BY(mutex_){};
  mutable std::uint64_t faults_ QUARTZ_GUARDED_BY(mutex_) = 0;
};

}  // namespace quartz::io
