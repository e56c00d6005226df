#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string_view>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "base/check.hpp"
#include "server/http/application.hpp"
#include "server/http/http_peer.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz::server {

/// What a server answers to requests of HTTP, without connections: all of its parts that lie behind
/// one, over a small database of its own.
class HttpWithoutSockets {
 public:
  HttpWithoutSockets() { resp_.end_pauses_for_good(); }
  HttpWithoutSockets(const HttpWithoutSockets&) = delete;
  HttpWithoutSockets& operator=(const HttpWithoutSockets&) = delete;
  ~HttpWithoutSockets() { workers_.stop(); }

  const HttpApplication& application() const noexcept { return application_; }
  /// Whether somebody has made a user, so that all others are refused from now on.
  bool closed_to_strangers() const noexcept { return users_->any(); }

  /// Names who asks, as a session does before anything else.
  void introduce(Request& request) {
    request.peer = &peer_;
    request.request_id = "id";
  }
  std::optional<Response> refusal_of(Request& request, const Route*& route) {
    return application_.refusal_of(request, route);
  }
  Response answer(Request& request, const Route*& route) {
    std::optional<Response> response;
    boost::asio::co_spawn(context_, application_.answer(request, route),
                          [&](const std::exception_ptr& failure, Response answered) {
                            QUARTZ_CHECK(!failure);
                            response = std::move(answered);
                          });
    context_.restart();
    context_.run();
    QUARTZ_CHECK(response.has_value());
    if (response->stream) response->stream->end();
    return *std::move(response);
  }

 private:
  static ServerConfig config(const ScratchDirectory& scratch) {
    ServerConfig config;
    config.worker_threads = 1;
    config.backup_directory = (scratch / "backups").string();
    config.logger = [](LogLevel, std::string_view) {};
    // The second for the sake of a short Host, which nobody else may have.
    config.cors.origins = {"http://a", "http://h"};
    return config;
  }

  boost::asio::io_context context_{1};
  const ScratchDirectory scratch_;
  const ServerConfig config_ = config(scratch_);
  const CurrentConfig current_{config_};
  StorageEngine engine_ = open_small(scratch_ / "data");
  const std::unique_ptr<Service> service_ = Service::open(engine_).value();
  const ServerLog log_{config_.logger};
  const std::unique_ptr<Users> users_ = Users::open(engine_).value();
  AccessControl access_{*users_, config_.authentication, log_};
  CurrentLimits limits_{config_.limits};
  BufferBudget buffers_;
  const std::atomic<bool> stopping_{false};
  WorkerThreads workers_{config_.worker_threads};
  RespServer resp_{*service_, {.access = &access_, .workers = &workers_, .log = &log_}};
  HttpApplication application_{{.engine = engine_,
                                .service = *service_,
                                .resp = resp_,
                                .workers = workers_,
                                .access = access_,
                                .config = current_,
                                .limits = limits_,
                                .buffers = buffers_,
                                .log = log_,
                                .stopping = stopping_,
                                .statistics = [] { return ServerStatistics(); },
                                .users_changed = [](std::string_view) {}}};
  HttpPeer peer_{access_, "127.0.0.1:1"};
};

}  // namespace quartz::server
