#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "quartz/server/server.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "server/raw_client.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {

/// The headers of a request with such a body.
inline constexpr std::string_view kIsJson = "Content-Type: application/json\r\n";

/// An engine of small memory and a server of it on free ports.
class ServedEngine : public testing::Test {
 protected:
  /// What a test server has: two threads, so that there is something to hand over.
  static ServerConfig small_config() {
    ServerConfig config;
    config.http.port = 0;
    config.resp.enabled = false;
    config.io_threads = 2;
    return config;
  }

  void serve(ServerConfig config = small_config()) {
    server_.emplace(Server::start(engine_, std::move(config)).value());
  }

  std::uint16_t port() const { return server_->http_port().value(); }

  RawResponse ask(std::string_view method, std::string_view target, std::string_view headers = {},
                  std::string_view body = {}) {
    if (!server_) serve();
    return fetch(port(), method, target, headers, body);
  }

  ScratchDirectory scratch_;
  StorageEngine engine_ =
      StorageEngine::open(scratch_ / "data", {.segment_bytes = 1 << 20, .memtable_bytes = 4 << 20})
          .value();
  std::optional<Server> server_;
};

}  // namespace quartz::server
