#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::cli {

/// Another process of this same program, whose standard output is read here. Threads: one at a
/// time.
class ChildProcess {
 public:
  /// How a child ended: by itself with an exit status, or by a signal.
  struct End {
    bool by_signal = false;
    int number = 0;
  };

  /// Runs this executable with these arguments. It shares standard input and error.
  static Result<ChildProcess> start(const std::vector<std::string>& arguments);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();  // Kills a child that was not waited for.

  /// Some of what the child has written; 0 once it is gone and all was read.
  Result<std::size_t> read(std::span<char> into);
  /// Sends SIGKILL: the child gets no chance to do anything more.
  void kill() noexcept;
  /// Waits for the child's end.
  Result<End> wait();

  pid_t id() const noexcept { return id_; }

 private:
  ChildProcess(pid_t id, int output) noexcept : id_(id), output_(output) {}

  pid_t id_;    // -1 after a move or a wait.
  int output_;  // The pipe's end that is read.
};

}  // namespace quartz::cli
