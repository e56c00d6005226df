#include "bench/measure/process_usage.hpp"

#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace quartz::bench {
namespace {

// The number behind `label` in a file of "label: number" lines.
std::uint64_t labelled_number(const char* file, std::string_view label) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(label)) return std::stoull(line.substr(label.size()));
  }
  return 0;
}

std::uint64_t clock_ns(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

ProcessUsage process_usage() {
  return {.cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID),
          .written_bytes = labelled_number("/proc/self/io", "write_bytes:")};
}

std::uint64_t thread_cpu_ns() { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }

std::uint64_t peak_rss_bytes() { return labelled_number("/proc/self/status", "VmHWM:") * 1024; }

void reset_peak_rss() { std::ofstream("/proc/self/clear_refs") << "5"; }

std::uint64_t disk_bytes_below(const std::filesystem::path& directory) {
  constexpr std::uint64_t kStatBlockBytes = 512;
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    struct stat status{};
    if (entry.is_regular_file() && ::stat(entry.path().c_str(), &status) == 0) {
      bytes += static_cast<std::uint64_t>(status.st_blocks) * kStatBlockBytes;
    }
  }
  return bytes;
}

}  // namespace quartz::bench
