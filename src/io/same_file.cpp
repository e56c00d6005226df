#include "io/same_file.hpp"

#include <filesystem>
#include <system_error>

namespace quartz::io {
namespace {

// A path that cannot be looked at leads nowhere else than its text says.
Path destination_of(const Path& path) {
  std::error_code failure;
  Path whole = std::filesystem::absolute(path, failure);
  if (failure) whole = path;
  // Of a relative path whose file is not there yet, it would leave out the working directory.
  const Path canonical = std::filesystem::weakly_canonical(whole, failure);
  return failure ? whole.lexically_normal() : canonical;
}

}  // namespace

bool lead_to_the_same_file(const Path& one, const Path& other) {
  if (one.empty() || other.empty()) return false;
  return destination_of(one) == destination_of(other);
}

}  // namespace quartz::io
