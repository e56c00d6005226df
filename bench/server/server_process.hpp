#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::bench {

/// A port of the loopback address that nobody listens on just now.
Result<std::uint16_t> free_port();

/// A server that was started for a measurement, on one processor of its own. Ends with this.
class ServerProcess {
 public:
  /// Runs `command` and waits until `port` takes connections. Its output goes to the file
  /// `<directory>/output`; `directory` is also where it runs. `io_error` if it ends before that.
  static Result<std::unique_ptr<ServerProcess>> start(const std::vector<std::string>& command,
                                                      const std::string& directory,
                                                      std::uint16_t port);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// Processor time that all its threads have had so far, to some ten milliseconds.
  Result<double> cpu_seconds() const;
  /// Resident now.
  Result<std::uint64_t> rss_bytes() const;

 private:
  explicit ServerProcess(pid_t process) noexcept : process_(process) {}

  const pid_t process_;
};

}  // namespace quartz::bench
