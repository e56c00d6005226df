#pragma once

#include "io/file_system.hpp"

namespace quartz::io {

/// Whether two paths lead to the same file, or would once it is made: whatever `.`, `..`, links of
/// directories and the working directory make of them. False if either is empty.
bool lead_to_the_same_file(const Path& one, const Path& other);

}  // namespace quartz::io
