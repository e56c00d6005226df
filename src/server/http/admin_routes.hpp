#pragma once

#include "quartz/server/server_config.hpp"
#include "server/http/route_table.hpp"
#include "server/service/backups.hpp"
#include "server/transport/current_config.hpp"
#include "server/transport/current_limits.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {

/// Operating the server: `/api/v1/admin`. Outlives the requests; threads: any.
class AdminRoutes {
 public:
  /// All of them outlive this.
  AdminRoutes(StorageEngine& engine, WorkerThreads& workers, const CurrentConfig& config,
              const CurrentLimits& limits)
      : backups_(engine, config.get()->backup_directory),
        workers_(workers),
        config_(config),
        limits_(limits) {}

  void add_to(RouteTable& table);

 private:
  Route::LongFunction on_worker(Response (AdminRoutes::*work)(const Request&));
  Response create_backup(const Request& request);
  Response list_backups(const Request& request);
  Response verify_backup(const Request& request);
  Response remove_backup(const Request& request);
  Response configuration() const;

  Backups backups_;
  WorkerThreads& workers_;
  const CurrentConfig& config_;
  const CurrentLimits& limits_;
};

}  // namespace quartz::server
