#pragma once

#include <string_view>

namespace quartz::server {

/// The version of Redis that clients are told, which decides what they dare to use.
inline constexpr std::string_view kRedisVersion = "7.2.5";

}  // namespace quartz::server
