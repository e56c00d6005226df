#pragma once

#include <filesystem>
#include <string>

#include "quartz/result.hpp"

namespace quartz::cli {

/// A fresh directory that is removed with all that is in it at the end of its scope, unless it is
/// to be kept. Threads: one at a time.
class WorkDirectory {
 public:
  /// `chosen`, which must not exist or be empty; or a new one among the system's temporary files
  /// if `chosen` is empty. Errors: `already_exists`, `io_error`.
  static Result<WorkDirectory> create(const std::string& chosen, bool keep);

  WorkDirectory(WorkDirectory&& other) noexcept;
  WorkDirectory& operator=(WorkDirectory&&) = delete;
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  ~WorkDirectory();

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  WorkDirectory(std::filesystem::path path, bool keep);

  std::filesystem::path path_;
  bool keep_;
};

}  // namespace quartz::cli
