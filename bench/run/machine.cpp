#include "bench/run/machine.hpp"

#include <fstream>
#include <string>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

namespace quartz::bench {
namespace {

std::string cpu_name() {
  std::ifstream processors("/proc/cpuinfo");
  for (std::string line; std::getline(processors, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

// The longest mount point that the path lies under decides.
std::string file_system_of(const std::filesystem::path& directory) {
  const std::string path = std::filesystem::weakly_canonical(directory).string();
  std::ifstream mounts("/proc/self/mounts");
  std::string device, point, type, rest;
  std::string found = "unknown";
  std::size_t longest = 0;
  while (mounts >> device >> point >> type && std::getline(mounts, rest)) {
    const bool below = path.starts_with(point) &&
                       (point == "/" || path.size() == point.size() || path[point.size()] == '/');
    if (!below || point.size() < longest) continue;
    longest = point.size();
    found = type;
  }
  return found;
}

std::string compiler_name() {
#if defined(__clang__)
  return fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined(__GNUC__)
  return fmt::format("gcc {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#else
  return "unknown";
#endif
}

}  // namespace

RunResult::Machine this_machine(const std::filesystem::path& directory) {
  utsname system{};
  uname(&system);
  // The release up to its third number: what a builder appended says nothing.
  const std::string release = system.release;
  return {.cpu = cpu_name(),
          .cores = std::thread::hardware_concurrency(),
          .memory_bytes = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                          static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)),
          .kernel = fmt::format("{} {}", system.sysname, release.substr(0, release.find('-'))),
          .file_system = file_system_of(directory),
          .compiler = compiler_name()};
}

}  // namespace quartz::bench
