#pragma once

#include "quartz/export.hpp"

namespace quartz {

/// Prints the failed condition with its place and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace quartz

/// Stops the process on a programmer error, in release builds too. Never for anything that a file,
/// a socket or an argument can cause: those get an `Error`.
#define QUARTZ_CHECK(condition)                               \
  do {                                                        \
    if (!(condition)) [[unlikely]]                            \
      ::quartz::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
