#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "quartz/server/server_config.hpp"
#include "quartz/storage/storage_config.hpp"

namespace quartz::server {

enum class LogFormat : std::uint8_t { text, json };

/// How the program logs.
struct LogSettings {
  LogFormat format = LogFormat::text;
  LogLevel level = LogLevel::info;
  bool access = false;  ///< A line for each request.
};

/// Everything that the program can be told.
struct Settings {
  std::string data_dir = "./data/quartz";
  ServerConfig server = {};
  StorageConfig storage = {};
  LogSettings log = {};
};

}  // namespace quartz::server
