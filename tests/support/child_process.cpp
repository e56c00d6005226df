#include "support/child_process.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sstream>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace quartz {
namespace {

[[noreturn]] void give_up(const std::string& what) {
  std::cerr << what << ": errno " << errno << '\n';
  std::abort();
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

int memory_file(const char* name, std::string_view content = {}) {
  const int descriptor = ::memfd_create(name, MFD_CLOEXEC);
  if (descriptor < 0) give_up("memfd_create");
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0) give_up("write");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(descriptor, 0, SEEK_SET);
  return descriptor;
}

// A program with ThreadSanitizer needs its options, whatever else of the environment it is not to
// see: without them it reports what libraries do that were built without it.
std::vector<std::string> with_sanitizer_options(std::vector<std::string> variables) {
  constexpr const char* kName = "TSAN_OPTIONS";
  if (const char* const options = std::getenv(kName)) {
    variables.push_back(std::string(kName) + "=" + options);
  }
  return variables;
}

struct Pipe {
  int read;
  int write;
};

Pipe open_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) give_up("pipe2");
  return {.read = ends[0], .write = ends[1]};
}

}  // namespace

ChildProcess::ChildProcess(const Start& start) {
  const std::vector<std::string> variables = with_sanitizer_options(start.variables);
  const Pipe out = open_pipe();
  output_ = out.read;
  errors_ = memory_file("errors");
  Pipe in{.read = -1, .write = -1};
  if (start.pipes_input) {
    in = open_pipe();
    input_ = in.write;
  } else {
    in.read = memory_file("input", start.input);
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors_, STDERR_FILENO);
  if (::posix_spawnp(&id_, start.words.at(0).c_str(), &actions, nullptr,
                     pointers_to(start.words).data(), pointers_to(variables).data()) != 0) {
    give_up(start.words.at(0));
  }
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(out.write);
  ::close(in.read);
}

ChildProcess::~ChildProcess() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  for (const int descriptor : {input_, output_, errors_}) ::close(descriptor);
}

std::string ChildProcess::read_line() {
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

void ChildProcess::signal(int number) { ::kill(id_, number); }

void ChildProcess::feed(std::string_view text) {
  if (::write(input_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    give_up("write");
  }
  int waiting = 1;
  while (waiting > 0) {
    if (::ioctl(input_, FIONREAD, &waiting) != 0) give_up("ioctl");
    ::sched_yield();
  }
}

std::string ChildProcess::errors() const {
  std::string text;
  std::array<char, 4096> part;
  ssize_t got;
  // The offset is the process's own, too, which must not be moved.
  while ((got = ::pread(errors_, part.data(), part.size(), static_cast<off_t>(text.size()))) > 0) {
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return text;
}

ProcessRun ChildProcess::finish() {
  ProcessRun run;
  std::array<char, 4096> part;
  ssize_t got;
  while ((got = ::read(output_, part.data(), part.size())) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
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

std::optional<std::string> installed_program(std::string_view name) {
  if (name.starts_with('/')) {
    const std::string path(name);
    return ::access(path.c_str(), X_OK) == 0 ? std::optional(path) : std::nullopt;
  }
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::filesystem::path candidate = std::filesystem::path(folder) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate.string();
  }
  return std::nullopt;
}

std::vector<std::string> own_variables() {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) variables.emplace_back(*each);
  return variables;
}

}  // namespace quartz
