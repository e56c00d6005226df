#pragma once

#include <optional>

#include "quartz/storage/durability.hpp"
#include "server/http/route_table.hpp"
#include "server/service/service.hpp"
#include "server/transport/task.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {

/// Writes to several keys at once, and what there is to write to: `/api/v1/batch`, `/databases` and
/// `/keyspaces`. Outlives the requests; threads: any.
class BatchRoutes {
 public:
  /// `durability` as in ServerConfig. All three outlive this.
  BatchRoutes(Service& service, WorkerThreads& workers, std::optional<Durability> durability)
      : service_(service), workers_(workers), durability_(durability) {}

  void add_to(RouteTable& table);

 private:
  Task<Response> write(const Request& request);
  Response write_now(const Request& request);
  Response databases() const;
  Response keyspaces() const;

  Service& service_;
  WorkerThreads& workers_;
  const std::optional<Durability> durability_;
};

}  // namespace quartz::server
