#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <sys/types.h>
#include <vector>

#include <gmock/gmock.h>

namespace quartz::server {

/// How a run of `quartz-server` ended. A signal's number plus 128 stands for its status.
struct ProcessRun {
  int status = -1;
  std::string out;
  std::string err;
};

inline void PrintTo(const ProcessRun& run, std::ostream* to) {
  *to << "status " << run.status << "\nstdout: " << run.out << "\nstderr: " << run.err;
}

/// The built program in a process of its own, with nothing in its environment but `variables`.
class ServerProcess {
 public:
  explicit ServerProcess(const std::vector<std::string>& arguments,
                         const std::vector<std::string>& variables = {});
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  /// The next line of standard output without its newline; empty at the end.
  std::string read_line();
  /// The port in the next line, which is that of a listener.
  std::uint16_t read_port();
  void signal(int number);
  /// Everything on standard error so far.
  std::string errors() const;
  /// Waits for the end; `out` is what was not read yet.
  ProcessRun finish();

 private:
  pid_t id_ = -1;
  int output_ = -1;
  int errors_ = -1;
  std::string buffer_;
};

ProcessRun run_server(const std::vector<std::string>& arguments,
                      const std::vector<std::string>& variables = {});

MATCHER_P(EndsWithStatus, status, "ends with status " + std::to_string(status)) {
  return arg.status == status;
}

}  // namespace quartz::server
