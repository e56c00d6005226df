#pragma once

#include <filesystem>
#include <vector>

#include "bench/server/server_measurement.hpp"

namespace quartz::bench {

/// Quartz's server and those peers that this machine has. `quartz_server`: the program;
/// `not_found` without it. `this_program`: the one that runs; its verb `serve-beast` is a peer.
Result<std::vector<ServerKind>> server_kinds(const std::filesystem::path& quartz_server,
                                             const std::filesystem::path& this_program);

}  // namespace quartz::bench
