#pragma once

#include <cstdint>

#include "quartz/result.hpp"

namespace quartz::bench {

/// A server as Boost.Beast's reader and writer make it, without anything of one's own: what a
/// program pays that takes HTTP from the library. Answers every GET with the same 100 bytes, on one
/// thread and one address, 127.0.0.1:`port`. Runs until SIGTERM or SIGINT.
Result<void> run_beast_server(std::uint16_t port);

}  // namespace quartz::bench
