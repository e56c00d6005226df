#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "support/child_process.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {

/// Debian's `redis-server`, empty, on a free port and without files.
class RedisServer {
 public:
  static bool is_installed() { return installed_program("redis-server").has_value(); }

  RedisServer();
  std::uint16_t port() const noexcept { return port_; }

 private:
  ScratchDirectory scratch_;
  std::uint16_t port_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace quartz::server
