#pragma once

#include <cstdint>
#include <string>

#include "support/faulty_file_system.hpp"

namespace quartz {

/// From now on the `pass`th thread that comes to `point` kills this process by SIGKILL, having
/// reported `Event::point`. Points are those of RocksDB ("rocksdb VersionSet::LogAndApply…"), and
/// the calls of `files`, by operation and a part of the path ("rename /FORMAT"), before they are
/// made.
void die_at(const std::string& point, std::uint64_t pass, io::FaultyFileSystem& files);

}  // namespace quartz
