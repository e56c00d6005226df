#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/client/client.hpp"
#include "server/served_engine.hpp"
#include "support/result_matchers.hpp"

namespace quartz {

inline void PrintTo(ClientErrc code, std::ostream* out) { *out << to_string(code); }
inline void PrintTo(const ClientError& error, std::ostream* out) { *out << error.to_string(); }
inline void PrintTo(const Reply& reply, std::ostream* out) { *out << reply.to_string(); }
template <class T>
void PrintTo(const ClientResult<T>& result, std::ostream* out) {
  if (result) {
    *out << "success";
  } else {
    *out << "failure (" << result.error().to_string() << ")";
  }
}

}  // namespace quartz

namespace quartz::client {

/// Matches a ClientResult that holds an error of this code and with this knowledge of what
/// happened.
MATCHER_P2(FailsAs, code, executed,
           std::string("fails as ") + std::string(to_string(code)) +
               ", executed: " + std::string(to_string(executed))) {
  return !arg.has_value() && arg.error().code() == code && arg.error().executed() == executed;
}

/// Matches a ClientResult that holds an error which was not retried because of `stop`.
MATCHER_P(WasStoppedBy, stop, std::string("was stopped by ") + std::string(to_string(stop))) {
  return !arg.has_value() && arg.error().retry_stop() == stop;
}

/// What a test waits for at most, where it waits for what it expects.
inline constexpr std::chrono::seconds kPatience{20};

/// Of a request that the server is to have when its time is over.
inline constexpr std::chrono::milliseconds kTimeToSend{500};

/// A configuration for one endpoint that gives up soon nowhere, so that what ends is what a test
/// makes end.
inline ClientConfig patient_config(std::string url) {
  ClientConfig config;
  config.endpoints = {std::move(url)};
  config.request_timeout = kPatience;
  config.connect_timeout = kPatience;
  config.heartbeat_interval = std::chrono::milliseconds(0);
  config.leases.acquire_timeout = kPatience;
  config.retry.backoff_base = std::chrono::milliseconds(1);
  config.retry.backoff_max = std::chrono::milliseconds(5);
  return config;
}

/// A server of Quartz in this process, with a small engine.
class ServedClient : public server::ServedEngine {
 protected:
  static ServerConfig resp_config() {
    ServerConfig config = small_config();
    config.http.enabled = false;
    config.resp.enabled = true;
    config.resp.port = 0;
    return config;
  }
  std::string url() {
    if (!server_) serve(resp_config());
    return "quartz://127.0.0.1:" + std::to_string(server_->resp_port().value());
  }
  /// Reaches the same server without a network.
  ClientConfig local_config() {
    if (!server_) serve(resp_config());
    ClientConfig config = patient_config("");
    config.local = server_->local_service();
    return config;
  }
};

}  // namespace quartz::client
