#include "io/path_destination.hpp"

#include <algorithm>
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
  Path canonical = std::filesystem::weakly_canonical(whole, failure);
  if (failure) canonical = whole.lexically_normal();
  // Without a slash at its end.
  return canonical.has_filename() ? canonical : canonical.parent_path();
}

}  // namespace

bool lead_to_the_same_file(const Path& one, const Path& other) {
  if (one.empty() || other.empty()) return false;
  return destination_of(one) == destination_of(other);
}

bool leads_into(const Path& inner, const Path& outer) {
  if (inner.empty() || outer.empty()) return false;
  const Path from = destination_of(outer);
  const Path to = destination_of(inner);
  return std::mismatch(from.begin(), from.end(), to.begin(), to.end()).first == from.end();
}

}  // namespace quartz::io
