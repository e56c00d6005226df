#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include <gmock/gmock.h>

namespace quartz {

/// How a run of a program ended. A signal's number plus 128 stands for its status, as in a shell.
struct ProcessRun {
  int status = -1;
  std::string out;
  std::string err;
};

inline void PrintTo(const ProcessRun& run, std::ostream* to) {
  *to << "status " << run.status << "\nstdout: " << run.out << "\nstderr: " << run.err;
}

/// A program in a process of its own, which is killed if it still runs at the end of the scope.
/// Ends the test process if it cannot even be started.
class ChildProcess {
 public:
  struct Start {
    std::vector<std::string> words;      ///< The program's path, or its name, and its arguments.
    std::vector<std::string> variables;  ///< Its whole environment.
    std::string input = {};              ///< What it finds on standard input.
    bool pipes_input = false;            ///< That is a pipe instead, which stays open, for `feed`.
  };

  explicit ChildProcess(const Start& start);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  /// The next line of standard output without its newline; empty at the end.
  std::string read_line();
  void signal(int number);
  /// The process's, until it was waited for.
  pid_t id() const noexcept { return id_; }
  /// Writes into the pipe, and waits until the program has taken all of it.
  void feed(std::string_view text);
  /// Everything on standard error so far.
  std::string errors() const;
  /// Waits for the end; `out` is what was not read yet.
  ProcessRun finish();

 private:
  pid_t id_ = -1;
  int input_ = -1;  // Of a pipe, the end that is written.
  int output_ = -1;
  int errors_ = -1;
  std::string buffer_;
};

/// Where the program of that name or path is; nothing if it is not installed.
std::optional<std::string> installed_program(std::string_view name);

/// The environment that this process has.
std::vector<std::string> own_variables();

MATCHER_P(EndsWithStatus, status, "ends with status " + std::to_string(status)) {
  return arg.status == status;
}

}  // namespace quartz
