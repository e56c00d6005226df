#pragma once

#include <cstddef>
#include <pthread.h>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "quartz/result.hpp"

namespace quartz {

/// Gives the calling thread a name, a literal, by which top, gdb and perf list it.
template <std::size_t kSize>
void name_this_thread(const char (&name)[kSize]) noexcept {
  static_assert(kSize <= 16, "Linux keeps 15 characters, and refuses a longer name");
  // It is only for eyes: without it the thread has the name of the one that started it.
  static_cast<void>(::pthread_setname_np(::pthread_self(), name));
}

/// A thread that runs `work` under `name`, a literal. Throws std::system_error if the system has
/// no thread to give.
template <std::size_t kSize, class Work>
std::thread named_thread(const char (&name)[kSize], Work work) {
  return std::thread([&name, run = std::move(work)]() mutable {
    name_this_thread(name);
    run();
  });
}

/// Lets `thread`, which is none yet, be named_thread(name, work). `io_error` if the system has no
/// thread to give.
template <std::size_t kSize, class Work>
Result<void> start_thread(std::thread& thread, const char (&name)[kSize], Work work) {
  try {
    thread = named_thread(name, std::move(work));
    return {};
  } catch (const std::system_error& error) {
    return Error(Errc::io_error, std::string("cannot start another thread: ") + error.what());
  }
}

}  // namespace quartz
