#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "support/scratch_directory.hpp"

namespace quartz {

/// A small file system in memory, for tests that need a full disk or a read-only one. It is mounted
/// in a mount namespace of the calling thread (and of threads it starts from then on), so that
/// nothing stays behind, not even after a crash. Unmounted at the end.
class TmpfsMount {
 public:
  /// Null where the process may not mount; say so by GTEST_SKIP.
  static std::unique_ptr<TmpfsMount> create(std::uint64_t capacity_bytes);
  ~TmpfsMount();
  TmpfsMount(const TmpfsMount&) = delete;
  TmpfsMount& operator=(const TmpfsMount&) = delete;

  const std::filesystem::path& path() const noexcept { return directory_.path(); }

  /// From now on every change fails, for root too. False if the system refuses; files that are open
  /// for writing are a reason.
  bool make_read_only();

 private:
  TmpfsMount() = default;

  ScratchDirectory directory_;
  bool mounted_ = false;
};

}  // namespace quartz
