#pragma once

#include <memory>
#include <utility>

#include "base/mutex.hpp"
#include "quartz/server/server_config.hpp"

namespace quartz::server {

/// The configuration in force, parts of which may be replaced while the server runs. Threads: any.
class CurrentConfig {
 public:
  explicit CurrentConfig(const ServerConfig& config)
      : config_(std::make_shared<const ServerConfig>(config)) {}

  /// As of now; stays what it is.
  std::shared_ptr<const ServerConfig> get() const {
    const MutexLock lock(mutex_);
    return config_;
  }
  void set(ServerConfig config) {
    auto replacement = std::make_shared<const ServerConfig>(std::move(config));
    const MutexLock lock(mutex_);
    config_.swap(replacement);
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const ServerConfig> config_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
