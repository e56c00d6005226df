#pragma once

#include <filesystem>
#include <string>

#include "quartz/result.hpp"
#include "quartz/server/server_config.hpp"

namespace quartz::server {

/// `invalid_argument` naming the option, for values that make no sense and for a server that other
/// machines could reach without proving who they are.
Result<void> check_server_config(const ServerConfig& config);
/// `invalid_argument`, naming both, for backups that would lie in the database's own directory, or
/// around it. An empty `backup_directory`: there are none.
Result<void> check_backup_directory(const std::string& backup_directory,
                                    const std::filesystem::path& data_dir);
Result<void> check_request_limits(const RequestLimits& limits);

}  // namespace quartz::server
