#include "cli/tool.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace quartz {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::cerr << what << ": errno " << errno << '\n';
  std::abort();
}

// An unnamed file: nothing to remove, and no pipe that could fill up.
int memory_file(std::string_view content) {
  const int descriptor = ::memfd_create("tool", MFD_CLOEXEC);
  if (descriptor < 0) give_up("memfd_create");
  const auto written = ::write(descriptor, content.data(), content.size());
  if (written != static_cast<ssize_t>(content.size())) give_up("write");
  ::lseek(descriptor, 0, SEEK_SET);
  return descriptor;
}

std::string read_rest(int descriptor) {
  std::string text;
  std::array<char, 65536> part;
  while (true) {
    const ssize_t got = ::read(descriptor, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
}

pid_t spawn(const char* program, const std::vector<std::string>& arguments, int input, int output,
            int errors) {
  std::vector<char*> argv{const_cast<char*>(program)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  pid_t id = -1;
  if (::posix_spawn(&id, program, &actions, nullptr, argv.data(), environ) != 0) give_up(program);
  ::posix_spawn_file_actions_destroy(&actions);
  return id;
}

int wait_for(pid_t id) {
  int status = 0;
  while (::waitpid(id, &status, 0) < 0) {
    if (errno != EINTR) give_up("waitpid");
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

RunningTool::RunningTool(const std::vector<std::string>& arguments, std::string_view input) {
  const int file = memory_file(input);
  start(arguments, file);
  ::close(file);
}

RunningTool::RunningTool(const std::vector<std::string>& arguments, PipedInput) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) give_up("pipe2");
  input_ = ends[1];
  start(arguments, ends[0]);
  ::close(ends[0]);
}

void RunningTool::start(const std::vector<std::string>& arguments, int input) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) give_up("pipe2");
  output_ = ends[0];
  errors_ = memory_file({});
  id_ = spawn(QUARTZ_TOOL, arguments, input, ends[1], errors_);
  ::close(ends[1]);
}

RunningTool::~RunningTool() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    wait_for(id_);
  }
  for (const int descriptor : {input_, output_, errors_}) ::close(descriptor);
}

std::string RunningTool::read_line() {
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

void RunningTool::signal(int number) { ::kill(id_, number); }

void RunningTool::feed(std::string_view text) {
  if (::write(input_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    give_up("write");
  int waiting = 1;
  while (waiting > 0) {
    if (::ioctl(input_, FIONREAD, &waiting) != 0) give_up("ioctl");
    ::sched_yield();
  }
}

ToolRun RunningTool::finish() {
  ToolRun run;
  run.out = std::move(buffer_) + read_rest(output_);
  run.status = wait_for(id_);
  id_ = -1;
  ::lseek(errors_, 0, SEEK_SET);
  run.err = read_rest(errors_);
  return run;
}

ToolRun run_tool(const std::vector<std::string>& arguments, std::string_view input) {
  return RunningTool(arguments, input).finish();
}

ToolRun run_shell(const std::string& command) {
  ::setenv("QUARTZ", QUARTZ_TOOL, 1);
  const int input = memory_file({});
  const int output = memory_file({});
  const int errors = memory_file({});
  ToolRun run;
  run.status = wait_for(spawn("/bin/bash", {"-c", command}, input, output, errors));
  for (const int descriptor : {output, errors}) ::lseek(descriptor, 0, SEEK_SET);
  run.out = read_rest(output);
  run.err = read_rest(errors);
  for (const int descriptor : {input, output, errors}) ::close(descriptor);
  return run;
}

std::filesystem::path test_data(std::string_view name) {
  return std::filesystem::path(QUARTZ_SOURCE_DIRECTORY) / "tests/cli/data" / name;
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string every_byte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

}  // namespace quartz
