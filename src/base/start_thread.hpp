#pragma once

#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "quartz/result.hpp"

namespace quartz {

/// Lets `thread`, which is none yet, run `work`. `io_error` if the system has no thread to give.
template <class Work>
Result<void> start_thread(std::thread& thread, Work work) {
  try {
    thread = std::thread(std::move(work));
    return {};
  } catch (const std::system_error& error) {
    return Error(Errc::io_error, std::string("cannot start another thread: ") + error.what());
  }
}

}  // namespace quartz
