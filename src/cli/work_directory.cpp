#include "cli/work_directory.hpp"

#include <random>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace quartz::cli {
namespace {

namespace fs = std::filesystem;

Error failed(const fs::path& path, const std::error_code& failure) {
  return Error{Errc::io_error,
               fmt::format("cannot create {}: {}", path.string(), failure.message())};
}

}  // namespace

Result<WorkDirectory> WorkDirectory::create(const std::string& chosen, bool keep) {
  std::error_code failure;
  if (!chosen.empty()) {
    // Everything in it will be removed at the end, so nothing of anybody else's may be in it.
    if (fs::exists(chosen, failure) && !fs::is_empty(chosen, failure)) {
      return Error{Errc::already_exists, fmt::format("{} is there and not empty", chosen)};
    }
    fs::create_directories(chosen, failure);
    if (failure) return failed(chosen, failure);
    return WorkDirectory{chosen, keep};
  }
  const fs::path parent = fs::temp_directory_path(failure);
  if (failure) return failed("a temporary directory", failure);
  std::random_device random;
  while (true) {
    const fs::path path = parent / fmt::format("quartz-demo-{:08x}", random());
    // False without an error: that name is taken.
    if (fs::create_directory(path, failure)) return WorkDirectory{path, keep};
    if (failure) return failed(path, failure);
  }
}

WorkDirectory::WorkDirectory(fs::path path, bool keep) : path_(std::move(path)), keep_(keep) {}

WorkDirectory::WorkDirectory(WorkDirectory&& other) noexcept
    : path_(std::move(other.path_)), keep_(std::exchange(other.keep_, true)) {}

WorkDirectory::~WorkDirectory() {
  std::error_code ignored;
  if (!keep_) fs::remove_all(path_, ignored);
}

}  // namespace quartz::cli
