#include "server/transport/server_log.hpp"

#include <spdlog/spdlog.h>

namespace quartz::server {

ServerLog::ServerLog(Logger logger) : logger_(std::move(logger)) {
  if (logger_) return;
  logger_ = [](LogLevel level, std::string_view line) {
    if (level == LogLevel::warning) spdlog::warn("{}", line);
    if (level == LogLevel::error) spdlog::error("{}", line);
  };
}

}  // namespace quartz::server
