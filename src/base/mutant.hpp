#pragma once

#include <cstdlib>
#include <string_view>

namespace quartz {

/// Whether this process is to make the mistake of this name, to see whether the tests notice. The
/// mistakes are listed in tests/crash/mutants.txt, and `./dev mutants` makes one after the other.
/// Only in builds with QUARTZ_MUTANTS the environment variable of the same place chooses one;
/// in all others the answer is known to be no when the call is compiled, and nothing is left of it.
#if defined(QUARTZ_MUTANTS)
inline bool mutant(std::string_view name) noexcept {
  static const char* const chosen = std::getenv("QUARTZ_MUTANT");
  return chosen != nullptr && name == chosen;
}
#else
consteval bool mutant(std::string_view /*name*/) noexcept { return false; }
#endif

}  // namespace quartz
