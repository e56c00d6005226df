#include "server/program/shutdown_signals.hpp"

#include <csignal>
#include <initializer_list>
#include <pthread.h>
#include <signal.h>

namespace quartz::server {
namespace {

sigset_t set_of(std::initializer_list<int> signals) noexcept {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  return set;
}

}  // namespace

void hold_signals() noexcept {
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, nullptr);
  const sigset_t held = set_of({SIGTERM, SIGINT, SIGHUP});
  ::pthread_sigmask(SIG_BLOCK, &held, nullptr);
}

Signal wait_for_signal() noexcept {
  const sigset_t held = set_of({SIGTERM, SIGINT, SIGHUP});
  int signal = 0;
  while (::sigwait(&held, &signal) != 0) {
  }
  return signal == SIGHUP ? Signal::reload : Signal::stop;
}

void let_signals_through() noexcept {
  const sigset_t released = set_of({SIGTERM, SIGINT});
  ::pthread_sigmask(SIG_UNBLOCK, &released, nullptr);
}

}  // namespace quartz::server
