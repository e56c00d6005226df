#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "server/peers/redis_server.hpp"

namespace quartz::client {

enum class Against : std::uint8_t { quartz, own_process, redis };

/// The same against this project's server, with and without a network, and Redis's.
class AnyServer : public ServedClient, public testing::WithParamInterface<Against> {
 protected:
  void SetUp() override {
    if (GetParam() != Against::redis) return;
    if (!server::RedisServer::is_installed()) GTEST_SKIP() << "redis-server is not installed";
    redis_ = std::make_unique<server::RedisServer>();
  }

  /// Of a client of that server.
  ClientConfig config() {
    if (GetParam() == Against::quartz) return patient_config(url());
    if (GetParam() == Against::own_process) return local_config();
    return patient_config("redis://127.0.0.1:" + std::to_string(redis_->port()));
  }

 private:
  std::unique_ptr<server::RedisServer> redis_;
};

/// The name of a parameter within that of a test.
inline std::string name_of(const testing::TestParamInfo<Against>& info) {
  switch (info.param) {
    case Against::quartz:
      return "quartz";
    case Against::own_process:
      return "own_process";
    case Against::redis:
      return "redis";
  }
  return "unknown";
}

}  // namespace quartz::client
