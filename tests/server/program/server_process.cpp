#include "server/program/server_process.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace quartz::server {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::cerr << what << ": errno " << errno << '\n';
  std::abort();
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& arguments,
                             const std::vector<std::string>& variables) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) give_up("pipe2");
  output_ = ends[0];
  errors_ = ::memfd_create("errors", MFD_CLOEXEC);
  if (errors_ < 0) give_up("memfd_create");
  std::vector<std::string> all = {QUARTZ_SERVER_PROGRAM};
  all.insert(all.end(), arguments.begin(), arguments.end());
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors_, STDERR_FILENO);
  if (::posix_spawn(&id_, QUARTZ_SERVER_PROGRAM, &actions, nullptr, pointers_to(all).data(),
                    pointers_to(variables).data()) != 0) {
    give_up(QUARTZ_SERVER_PROGRAM);
  }
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
}

ServerProcess::~ServerProcess() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  ::close(output_);
  ::close(errors_);
}

std::string ServerProcess::read_line() {
  std::array<char, 512> part;
  std::size_t newline;
  while ((newline = buffer_.find('\n')) == std::string::npos) {
    const ssize_t got = ::read(output_, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    buffer_.append(part.data(), static_cast<std::size_t>(got));
  }
  std::string line = buffer_.substr(0, newline);
  buffer_.erase(0, newline + 1);
  return line;
}

std::uint16_t ServerProcess::read_port() {
  const std::string line = read_line();
  return static_cast<std::uint16_t>(std::atoi(line.substr(line.rfind(':') + 1).c_str()));
}

void ServerProcess::signal(int number) { ::kill(id_, number); }

std::string ServerProcess::errors() const {
  std::string text;
  std::array<char, 4096> part;
  ssize_t got;
  // The offset is the process's own, too, which must not be moved.
  while ((got = ::pread(errors_, part.data(), part.size(), static_cast<off_t>(text.size()))) > 0) {
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return text;
}

ProcessRun ServerProcess::finish() {
  ProcessRun run;
  std::array<char, 4096> part;
  ssize_t got;
  while ((got = ::read(output_, part.data(), part.size())) > 0) {
    buffer_.append(part.data(), static_cast<std::size_t>(got));
  }
  run.out = std::exchange(buffer_, {});
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0) {
    if (errno != EINTR) give_up("waitpid");
  }
  id_ = -1;
  run.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  run.err = errors();
  return run;
}

ProcessRun run_server(const std::vector<std::string>& arguments,
                      const std::vector<std::string>& variables) {
  return ServerProcess(arguments, variables).finish();
}

}  // namespace quartz::server
