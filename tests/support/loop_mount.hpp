#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "support/scratch_directory.hpp"

namespace quartz {

/// A real file system on a file of its own, seen by this process and by those that it starts later,
/// whose power can be cut. Goes, with what is on it, at the end of its scope.
class LoopMount {
 public:
  /// Null, with the reason in `why_not`, where that is not possible: it takes root, loop devices,
  /// the file system's tools, and a process without another thread.
  static std::unique_ptr<LoopMount> create(const std::string& file_system, std::uint64_t bytes,
                                           std::string& why_not);
  ~LoopMount();
  LoopMount(const LoopMount&) = delete;
  LoopMount& operator=(const LoopMount&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

  /// Nothing reaches the disk from now on, not even the journal's end: all calls fail.
  bool cut_power();
  /// Mounts it again, as after a reboot: what was in memory only is gone, and the journal is
  /// replayed. Nobody may have a file of it open.
  bool restore_power();

 private:
  LoopMount() = default;
  bool mount();
  bool unmount();

  ScratchDirectory scratch_;
  std::string file_system_;
  std::filesystem::path image_ = scratch_ / "image";
  std::filesystem::path path_ = scratch_ / "mount";
  bool mounted_ = false;
};

}  // namespace quartz
