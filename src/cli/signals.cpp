#include "cli/signals.hpp"

#include <atomic>
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

// The kernel may run the handler on any of the engine's threads while others look, which
// `volatile std::sig_atomic_t` does not allow; atomics without a lock may be touched by both.
std::atomic<int> received{0};

// Becomes readable with the signal. A system call that waits would not do: nothing breaks off the
// call of a thread that did not run the handler.
std::atomic<int> wake_up{-1};
static_assert(std::atomic<int>::is_always_lock_free);

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
  struct pollfd waiting[] = {{descriptor, POLLIN, 0}, {wake_up, POLLIN, 0}};
  while (::poll(waiting, 2, -1) < 0 && errno == EINTR) {
  }
}

InterruptionWatch::InterruptionWatch() noexcept {
  received = 0;
  wake_up = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action = {};
  action.sa_handler = remember_signal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, &interrupt_);
  ::sigaction(SIGTERM, &action, &terminate_);
}

InterruptionWatch::~InterruptionWatch() {
  ::sigaction(SIGINT, &interrupt_, nullptr);
  ::sigaction(SIGTERM, &terminate_, nullptr);
  ::close(wake_up.exchange(-1));
}

int interruption_descriptor() noexcept { return wake_up; }

void ignore_interrupts() noexcept {
  struct sigaction action = {};
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGINT, &action, nullptr);
}

std::optional<ExitStatus> interruption() noexcept {
  const int signal = received;
  if (signal == SIGINT) return ExitStatus::interrupted;
  if (signal == SIGTERM) return ExitStatus::terminated;
  return std::nullopt;
}

}  // namespace quartz::cli
