#pragma once

#include "io/file_system.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

/// Copies a directory with all below it to a place where nothing is. Holes of files stay holes:
/// some engines map files of many times the size of what they hold.
Result<void> copy_directory(const io::Path& from, const io::Path& to);

}  // namespace quartz::bench
