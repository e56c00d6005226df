#pragma once

#include <cstdint>
#include <filesystem>

namespace quartz::bench {

/// What this process has used so far, all its threads included.
struct ProcessUsage {
  std::uint64_t cpu_ns = 0;
  /// Handed to block devices, counted when a page becomes dirty; 0 where the system does not say.
  std::uint64_t written_bytes = 0;
};
ProcessUsage process_usage();

/// Nanoseconds that this thread alone has had of processors.
std::uint64_t thread_cpu_ns();

/// The most memory that was resident since the last reset; mapped files included.
std::uint64_t peak_rss_bytes();
void reset_peak_rss();

/// Sum of the sizes on disk of the files below a directory.
std::uint64_t disk_bytes_below(const std::filesystem::path& directory);

}  // namespace quartz::bench
