#pragma once

#include "quartz/result.hpp"
#include "quartz/server/server_config.hpp"

namespace quartz::server {

/// `invalid_argument` naming the option, for values that make no sense and for a server that other
/// machines could reach without proving who they are.
Result<void> check_server_config(const ServerConfig& config);
Result<void> check_request_limits(const RequestLimits& limits);

}  // namespace quartz::server
