#include "crash/victim.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace quartz {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Victim::Victim(std::string_view mode, std::vector<std::string> arguments) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  arguments.insert(arguments.begin(), {"quartz-crash-writer", std::string(mode)});
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  process_ = ::fork();
  if (process_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::execv("/proc/self/exe", pointers.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  reports_ = ends[0];
}

Victim::~Victim() { ::close(reports_); }

std::vector<Acknowledgement> Victim::kill_after(std::size_t reports, milliseconds deadline,
                                                std::chrono::microseconds delay,
                                                const std::function<void()>& before) {
  const auto end = steady_clock::now() + deadline;
  while (acknowledged_.size() < reports) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
    pollfd ready{reports_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0) break;
    if (!read_some()) break;  // It died by itself, which `was_killed` will tell.
  }
  if (delay.count() > 0) std::this_thread::sleep_for(delay);
  if (before) {
    // Stopped, it is inside of no call of the system: of a sync that is under way when the file
    // system is told to stop, success may be told although nothing of it is there afterwards.
    ::kill(process_, SIGSTOP);
    ::waitpid(process_, &status_, WUNTRACED);
    before();
  }
  ::kill(process_, SIGKILL);
  while (read_some()) continue;
  ::waitpid(process_, &status_, 0);
  return acknowledged_;
}

bool Victim::was_killed() const { return WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL; }

bool Victim::read_some() {
  std::array<char, 4096> buffer;
  const ssize_t bytes = ::read(reports_, buffer.data(), buffer.size());
  if (bytes < 0 && errno == EINTR) return true;
  if (bytes <= 0) return false;
  received_.append(buffer.data(), static_cast<std::size_t>(bytes));
  while (received_.size() >= sizeof(Acknowledgement)) {
    Acknowledgement one;
    std::memcpy(&one, received_.data(), sizeof one);
    acknowledged_.push_back(one);
    received_.erase(0, sizeof one);
  }
  return true;
}

}  // namespace quartz
