#pragma once

#include <cstdint>

namespace quartz {

/// What an acknowledged write survives. Ordered: each level promises all that the one before does.
enum class Durability : std::uint8_t {
  memory,   ///< Lost with the process.
  process,  ///< Survives a killed process; the newest writes may be lost with the machine.
  disk,     ///< Survives power loss once the call has returned.
};

}  // namespace quartz
