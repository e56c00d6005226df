#pragma once

#include <filesystem>
#include <vector>

#include "bench/server/server_measurement.hpp"

namespace quartz::bench {

/// Quartz's server and those peers that this machine has. `quartz_server`: the program.
/// `not_found` without it.
Result<std::vector<ServerKind>> server_kinds(const std::filesystem::path& quartz_server);

}  // namespace quartz::bench
