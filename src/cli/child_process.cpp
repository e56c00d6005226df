#include "cli/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/streams.hpp"

namespace quartz::cli {
namespace {

// Finds the executable even if it was moved or replaced since it was started.
constexpr const char* kThisProgram = "/proc/self/exe";

Error failed(std::string_view what, int number) {
  return Error{Errc::io_error,
               fmt::format("{}: {}", what, std::generic_category().message(number))};
}

// posix_spawn and not fork: this process has the engine's threads.
int spawn(pid_t& id, int output, const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  std::string name = "quartz";
  argv.push_back(name.data());
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  const int number = ::posix_spawn(&id, kThisProgram, &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return number;
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments) {
  QUARTZ_ASSIGN(const Pipe ends, make_pipe());
  pid_t id = -1;
  const int number = spawn(id, ends.write_end, arguments);
  // Only the child may hold the writing end, or its death would not end the stream.
  ::close(ends.write_end);
  if (number != 0) {
    ::close(ends.read_end);
    return failed("cannot start a second quartz", number);
  }
  return ChildProcess{id, ends.read_end};
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : id_(std::exchange(other.id_, -1)), output_(std::exchange(other.output_, -1)) {}

ChildProcess::~ChildProcess() {
  // Waited for even so: a killed child that nobody waits for stays in the process table.
  kill();
  static_cast<void>(wait().has_value());
  if (output_ >= 0) ::close(output_);
}

Result<std::size_t> ChildProcess::read(std::span<char> into) {
  while (true) {
    const ssize_t got = ::read(output_, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return failed("cannot read from the second quartz", errno);
  }
}

void ChildProcess::kill() noexcept {
  if (id_ > 0) ::kill(id_, SIGKILL);
}

Result<ChildProcess::End> ChildProcess::wait() {
  if (id_ <= 0) return Error{Errc::closed, "the second quartz was waited for already"};
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0) {
    if (errno != EINTR) return failed("cannot wait for the second quartz", errno);
  }
  id_ = -1;
  if (WIFSIGNALED(status)) return End{.by_signal = true, .number = WTERMSIG(status)};
  return End{.by_signal = false, .number = WEXITSTATUS(status)};
}

}  // namespace quartz::cli
