#pragma once

#include <cstdint>
#include <string>

namespace quartz {

/// One acknowledged step, as the process that is going to be killed reports it. Written to a pipe
/// in one piece.
struct Acknowledgement {
  std::uint32_t writer = 0;
  std::uint32_t reserved = 0;
  std::uint64_t step = 0;
};
static_assert(sizeof(Acknowledgement) == 16, "crosses a pipe between two processes");

/// Reports it on standard output, where a `Victim` listens. Any thread.
void report(const Acknowledgement& acknowledgement);

/// Ends the process with a message: the test sees that it was not killed.
[[noreturn]] void give_up(const std::string& what);

}  // namespace quartz
