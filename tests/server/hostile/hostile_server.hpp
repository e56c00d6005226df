#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "quartz/server/server.hpp"
#include "server/raw_client.hpp"
#include "server/served_engine.hpp"

namespace quartz::server {

/// The lines that a server logs. Outlives it.
class HeardLog {
 public:
  Logger logger() {
    return [this](LogLevel, std::string_view line) {
      MutexLock lock(mutex_);
      lines_.emplace_back(line);
      heard_.notify_all();
    };
  }
  /// Waits until there is a line with `part` in it, which it is; empty after ten seconds.
  std::string line_with(std::string_view part) {
    MutexLock lock(mutex_);
    while (true) {
      for (const std::string& line : lines_) {
        if (line.find(part) != std::string::npos) return line;
      }
      if (!heard_.wait_for(mutex_, std::chrono::seconds(10))) return {};
    }
  }

 private:
  Mutex mutex_;
  CondVar heard_;
  std::vector<std::string> lines_ QUARTZ_GUARDED_BY(mutex_);
};

/// A server of both protocols, and clients that mean it no good.
class HostileClients : public ServedEngine {
 protected:
  // The server logs until it has gone.
  ~HostileClients() override { server_.reset(); }

  static ServerConfig both_protocols() {
    ServerConfig config = small_config();
    config.resp.enabled = true;
    config.resp.port = 0;
    return config;
  }
  std::uint16_t resp_port() const { return server_->resp_port().value(); }

  /// Whether somebody who behaves is served, by both protocols.
  testing::AssertionResult others_are_served() {
    RawClient redis(resp_port());
    redis.send("PING\r\n");
    const std::string pong = redis.receive_bytes(7);
    if (pong != "+PONG\r\n") return testing::AssertionFailure() << "PING: " << pong;
    const int status = fetch(port(), "GET", "/livez").status;
    if (status != 200) return testing::AssertionFailure() << "/livez: " << status;
    return testing::AssertionSuccess();
  }

  /// Waits until all connections together hold at least so many bytes.
  void wait_until_held(std::size_t least) {
    while (server_->statistics().buffered_bytes < least) std::this_thread::yield();
  }
  void wait_until_nothing_is_held() {
    while (server_->statistics().buffered_bytes > 0) std::this_thread::yield();
  }

  HeardLog log_;
};

}  // namespace quartz::server
