#include "cli/signals.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace quartz::cli {
namespace {

volatile std::sig_atomic_t received = 0;  // A signal handler may touch nothing richer.

// Becomes readable with the signal. A system call that waits would not do: the kernel may run the
// handler on any of the engine's threads, and then nothing breaks off the call of this one.
volatile std::sig_atomic_t wake_up = -1;

extern "C" void remember_signal(int signal) {
  received = signal;
  const int number = errno;
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_up, &one, sizeof(one)) == 0);
  errno = number;
}

}  // namespace

void ignore_broken_pipes() noexcept {
  struct sigaction action = {};
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

void remember_interruptions() noexcept {
  wake_up = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action = {};
  action.sa_handler = remember_signal;
  // Whoever presses Ctrl-C twice means it.
  action.sa_flags = static_cast<int>(SA_RESETHAND | static_cast<unsigned>(SA_RESTART));
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
}

void wait_until_readable(int descriptor) noexcept {
  // A negative descriptor, before any signal is remembered, is one that poll passes over.
  struct pollfd waiting[] = {{descriptor, POLLIN, 0}, {static_cast<int>(wake_up), POLLIN, 0}};
  while (::poll(waiting, 2, -1) < 0 && errno == EINTR) {
  }
}

std::optional<ExitStatus> interruption() noexcept {
  if (received == SIGINT) return ExitStatus::interrupted;
  if (received == SIGTERM) return ExitStatus::terminated;
  return std::nullopt;
}

}  // namespace quartz::cli
