#include "crash/crash_point.hpp"

#include <atomic>
#include <csignal>
#include <functional>
#include <memory>
#include <unistd.h>

#include "crash/report.hpp"
#include "support/rocksdb_sync_points.hpp"

namespace quartz {

void die_at(const std::string& point, std::uint64_t pass, io::FaultyFileSystem& files) {
  const auto left = std::make_shared<std::atomic<std::uint64_t>>(pass);
  const std::function<void()> come_by = [left] {
    if (left->fetch_sub(1) != 1) return;
    report({.event = Event::point});
    ::kill(::getpid(), SIGKILL);
  };
  const std::size_t space = point.find(' ');
  const std::string kind = point.substr(0, space);
  const std::string where = point.substr(space + 1);
  if (kind == "rocksdb") return at_rocksdb_sync_point(where, come_by);
  files.watch([=](io::Operation operation, const io::Path& path) {
    if (to_string(operation) != kind) return;
    if (path.native().find(where) != std::string::npos) come_by();
  });
}

}  // namespace quartz
