#pragma once

#include <filesystem>

namespace quartz {

/// A fresh, empty directory for one test, removed with everything in it at the end of its scope.
/// It lies under $QUARTZ_TEST_DIRECTORY (to choose a file system), else under the system's
/// temporary directory. Ends the process if it cannot be made: no test could say anything then.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// `scratch / "name"`, for brevity.
inline std::filesystem::path operator/(const ScratchDirectory& scratch,
                                       const std::filesystem::path& name) {
  return scratch.path() / name;
}

}  // namespace quartz
