#pragma once

#include <filesystem>
#include <vector>

#include "bench/server/server_measurement.hpp"

namespace quartz::bench {

/// Quartz's server asked for a row and for the nearest of ten vectors of 768 numbers. So few that
/// what is beyond the row's figure is the cost of the protocol: to read a vector and write ten
/// hits.
ServerKind quartz_http_kind(const std::filesystem::path& program, std::string version);

/// Those servers of HTTP that this machine has, with their answer of as many bytes: nginx, which
/// looks nowhere for it; a server of Boost.Beast alone, `this_program serve-beast`; etcd, which
/// keeps rows and offers them as JSON.
std::vector<ServerKind> http_peers(const std::filesystem::path& this_program);

}  // namespace quartz::bench
