#include "client/forks.hpp"

#include <atomic>
#include <pthread.h>
#include <system_error>
#include <thread>

#include "base/start_thread.hpp"

namespace quartz::client {
namespace {

std::atomic<std::uint64_t> forks_so_far{0};

// Nobody walks it; whoever looks for leaks finds that it is not lost.
struct Kept {
  std::shared_ptr<void> what;
  Kept* next = nullptr;
};
std::atomic<Kept*> first_kept{nullptr};

// Runs between `fork` and its return in the child, where nothing may be locked or allocated.
void note_fork() { forks_so_far.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

std::uint64_t fork_generation() noexcept {
  static const int watching = ::pthread_atfork(nullptr, nullptr, note_fork);
  static_cast<void>(watching);
  return forks_so_far.load(std::memory_order_relaxed);
}

ClientError of_another_process() {
  return {ClientErrc::forked, "the client is of the process that this one was forked from"};
}

void keep_for_parent(std::shared_ptr<void> what) noexcept {
  // Without memory the child process ends, which is better than to end its parent's connections.
  // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new)
  auto* const place = new Kept{.what = std::move(what)};
  place->next = first_kept.exchange(place);
}

void run_elsewhere(std::function<void()> call) {
  try {
    named_thread("quartz:client", call).detach();
  } catch (const std::system_error&) {
    call();
  }
}

}  // namespace quartz::client
