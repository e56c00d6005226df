#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "quartz/server/server_config.hpp"
#include "quartz/server/server_statistics.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "server/auth/access_control.hpp"
#include "server/http/admin_routes.hpp"
#include "server/http/batch_routes.hpp"
#include "server/http/collection_routes.hpp"
#include "server/http/health_routes.hpp"
#include "server/http/http_statistics.hpp"
#include "server/http/key_routes.hpp"
#include "server/http/kv_routes.hpp"
#include "server/http/point_routes.hpp"
#include "server/http/query_routes.hpp"
#include "server/http/redis_routes.hpp"
#include "server/http/route_table.hpp"
#include "server/http/watch_routes.hpp"
#include "server/resp/resp_server.hpp"
#include "server/service/service.hpp"
#include "server/transport/buffer_budget.hpp"
#include "server/transport/current_config.hpp"
#include "server/transport/current_limits.hpp"
#include "server/transport/server_log.hpp"
#include "server/transport/task.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {

/// What HTTP needs of the server that it belongs to. All of it outlives the application.
struct HttpSurroundings {
  StorageEngine& engine;
  Service& service;
  RespServer& resp;
  WorkerThreads& workers;
  AccessControl& access;
  const CurrentConfig& config;
  const CurrentLimits& limits;
  BufferBudget& buffers;
  const ServerLog& log;
  const std::atomic<bool>& stopping;
  std::function<ServerStatistics()> statistics;
  /// Of users; of one that was revoked it ends the connections.
  std::function<void(std::string_view revoked)> users_changed;
};

/// The HTTP interface, apart from connections: from a request to its response. Threads: any.
class HttpApplication {
 public:
  explicit HttpApplication(HttpSurroundings surroundings);
  HttpApplication(const HttpApplication&) = delete;
  HttpApplication& operator=(const HttpApplication&) = delete;

  /// Judges a request by its header alone, so that nobody's body is read who would be refused:
  /// nothing if it is let in, which `answer` does not ask again. `route` as there.
  std::optional<Response> refusal_of(Request& request, const Route*& route);
  /// Answers a request that arrived whole. `route` becomes the one that it matched, null if
  /// none. Throws nothing: what goes wrong within becomes a response.
  Task<Response> answer(Request& request, const Route*& route);
  /// Adds to any response what depends on the request: its id in a problem, CORS, coding.
  void complete(const Request& request, Response& response) const;
  /// Counts and logs it.
  void record(const AccessRecord& access, const Route* route);
  /// Of a body that goes on behind what was recorded.
  void count_sent(std::size_t bytes) noexcept {
    response_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }

  const CurrentLimits& limits() const noexcept { return around_.limits; }
  BufferBudget& buffers() const noexcept { return around_.buffers; }
  const ServerLog& log() const noexcept { return around_.log; }
  AccessControl& access() const noexcept { return around_.access; }
  const RouteTable& routes() const noexcept { return table_; }
  /// Fills in the figures of HTTP.
  void add_statistics(ServerStatistics& to) const noexcept;

 private:
  Task<Response> run(const Route& route, Request& request);

  HttpSurroundings around_;
  const std::optional<Durability> durability_;
  const AccessLog access_log_;
  HealthRoutes health_;
  KvRoutes kv_;
  BatchRoutes batches_;
  WatchRoutes watches_;
  CollectionRoutes collections_;
  PointRoutes points_;
  QueryRoutes queries_;
  RedisRoutes redis_;
  AdminRoutes admin_;
  KeyRoutes keys_;
  RouteTable table_;
  std::unique_ptr<HttpStatistics> statistics_;  // Of all routes, so made behind them.
  std::array<std::atomic<std::uint64_t>, 6> responses_ = {};
  std::atomic<std::uint64_t> request_bytes_{0};
  std::atomic<std::uint64_t> response_bytes_{0};
};

}  // namespace quartz::server
