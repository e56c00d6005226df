#pragma once

#include <cstdint>
#include <string>

namespace quartz {

/// What the process that is going to be killed has got to.
enum class Event : std::uint32_t {
  step,          // A step was acknowledged.
  opening,       // It is about to open its collection.
  ending,        // It has made all its steps, and is about to do what comes behind them,
  ended,         // and has done that, and only waits.
  point,         // It has come to the point at which it ends itself.
  durable_step,  // A step was acknowledged that survives power loss.
};

/// An event, as that process reports it. Written to a pipe in one piece.
struct Acknowledgement {
  std::uint32_t writer = 0;
  Event event = Event::step;
  std::uint64_t step = 0;
};
static_assert(sizeof(Acknowledgement) == 16, "crosses a pipe between two processes");

/// Reports it on standard output, where a `Victim` listens. Any thread.
void report(const Acknowledgement& acknowledgement);

/// Ends the process with a message: the test sees that it was not killed.
[[noreturn]] void give_up(const std::string& what);

}  // namespace quartz
