#pragma once

#include <atomic>
#include <functional>

#include "quartz/server/server_statistics.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "server/http/open_metrics.hpp"
#include "server/http/route_table.hpp"

namespace quartz::server {

/// How the server is: for load balancers, orchestrators, Prometheus and people. Outlives the
/// requests; threads: any.
class HealthRoutes {
 public:
  /// All of them outlive this. `stopping` is set once the server drains;
  /// `more` writes what the metrics have beside the figures of engine and server.
  HealthRoutes(StorageEngine& engine, std::function<ServerStatistics()> server_statistics,
               const std::atomic<bool>& stopping, MoreMetrics more = {})
      : engine_(engine),
        server_statistics_(std::move(server_statistics)),
        stopping_(stopping),
        more_metrics_(std::move(more)) {}

  void add_to(RouteTable& table);

 private:
  Response live() const;
  Response ready() const;
  Response health() const;
  Response stats() const;
  Response metrics() const;

  StorageEngine& engine_;
  const std::function<ServerStatistics()> server_statistics_;
  const std::atomic<bool>& stopping_;
  const MoreMetrics more_metrics_;
};

}  // namespace quartz::server
