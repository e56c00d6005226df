#pragma once

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "quartz/storage/storage_config.hpp"

namespace quartz::server {

/// Where a server's own lines go. Threads: any.
class ServerLog {
 public:
  /// An empty logger stands for spdlog's default, which gets warnings and errors.
  explicit ServerLog(Logger logger);

  template <class... Arguments>
  void info(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    logger_(LogLevel::info, fmt::format(format, std::forward<Arguments>(arguments)...));
  }
  template <class... Arguments>
  void warn(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    logger_(LogLevel::warning, fmt::format(format, std::forward<Arguments>(arguments)...));
  }
  template <class... Arguments>
  void error(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    logger_(LogLevel::error, fmt::format(format, std::forward<Arguments>(arguments)...));
  }

 private:
  Logger logger_;
};

}  // namespace quartz::server
