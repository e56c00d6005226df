#pragma once

#include <filesystem>
#include <string>

namespace quartz {

/// RocksDB's MANIFEST in a directory of levels; empty if there is none.
inline std::filesystem::path manifest_in(const std::filesystem::path& levels) {
  for (const auto& entry : std::filesystem::directory_iterator(levels)) {
    if (entry.path().filename().string().starts_with("MANIFEST-")) return entry.path();
  }
  return {};
}

}  // namespace quartz
