#include "bench/server/server_process.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include "base/try.hpp"

namespace quartz::bench {
namespace {

constexpr auto kStartTimeout = std::chrono::seconds(20);
constexpr auto kStopTimeout = std::chrono::seconds(20);
constexpr auto kLookAgain = std::chrono::milliseconds(20);
/// The load runs on the others.
constexpr int kServerProcessor = 0;

Error failed(std::string_view what) {
  return {Errc::io_error, fmt::format("{}: {}", what, std::strerror(errno))};
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool accepts(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const sockaddr_in address = loopback(port);
  const bool connected =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(socket);
  return connected;
}

// Between fork and exec: nothing here takes memory or locks.
[[noreturn]] void become(char* const* command, const char* directory) {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  CPU_SET(kServerProcessor, &processors);
  ::sched_setaffinity(0, sizeof(processors), &processors);
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // It is of no use to anybody else.
  if (::chdir(directory) != 0) ::_exit(126);
  const int output = ::open("output", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (output >= 0) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
  }
  ::execvp(command[0], command);
  ::_exit(127);
}

Result<std::string> text_of(const std::string& file) {
  // Files of /proc do not say how long they are.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed(file);
  std::array<char, 4096> bytes{};
  const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
  const Error error = failed(file);
  ::close(descriptor);
  if (count < 0) return error;
  return std::string(bytes.data(), static_cast<std::size_t>(count));
}

}  // namespace

Result<std::uint16_t> free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return failed("socket");
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof(address);
  const bool bound =
      ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  const Error error = failed("a free port");
  ::close(socket);
  if (!bound) return error;
  return ntohs(address.sin_port);
}

Result<std::unique_ptr<ServerProcess>> ServerProcess::start(const std::vector<std::string>& command,
                                                            const std::string& directory,
                                                            std::uint16_t port) {
  std::vector<std::string> words = command;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t process = ::fork();
  if (process < 0) return failed(command[0]);
  if (process == 0) become(pointers.data(), directory.c_str());
  std::unique_ptr<ServerProcess> server(new ServerProcess(process));
  const auto give_up = std::chrono::steady_clock::now() + kStartTimeout;
  while (!accepts(port)) {
    siginfo_t ended{};
    const bool gone =
        ::waitid(P_PID, static_cast<id_t>(process), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        ended.si_pid == process;
    if (gone || std::chrono::steady_clock::now() > give_up) {
      return Error(Errc::io_error,
                   fmt::format("{} does not listen; see {}/output", command[0], directory));
    }
    std::this_thread::sleep_for(kLookAgain);
  }
  return server;
}

ServerProcess::~ServerProcess() {
  ::kill(-process_, SIGTERM);
  const auto give_up = std::chrono::steady_clock::now() + kStopTimeout;
  while (::waitpid(process_, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > give_up) ::kill(-process_, SIGKILL);
    std::this_thread::sleep_for(kLookAgain);
  }
}

Result<double> ServerProcess::cpu_seconds() const {
  QUARTZ_ASSIGN(const std::string text, text_of(fmt::format("/proc/{}/stat", process_)));
  // The program's name, in parentheses, may hold anything; the numbers come behind it.
  const std::size_t behind_name = text.rfind(')');
  unsigned long user = 0;
  unsigned long system = 0;
  const bool read =
      behind_name != std::string::npos &&
      std::sscanf(text.c_str() + behind_name + 1,
                  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2;
  if (!read) return Error(Errc::io_error, "/proc: a stat file without processor time");
  return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Result<std::uint64_t> ServerProcess::rss_bytes() const {
  QUARTZ_ASSIGN(const std::string text, text_of(fmt::format("/proc/{}/statm", process_)));
  unsigned long pages = 0;
  if (std::sscanf(text.c_str(), "%*u %lu", &pages) != 1) {
    return Error(Errc::io_error, "/proc: a statm file without a size");
  }
  return std::uint64_t{pages} * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace quartz::bench
