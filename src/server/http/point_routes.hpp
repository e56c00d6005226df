#pragma once

#include <optional>

#include "quartz/storage/durability.hpp"
#include "server/http/collection_access.hpp"
#include "server/http/route_table.hpp"
#include "server/service/service.hpp"
#include "server/transport/task.hpp"

namespace quartz::server {

/// The points of a collection: `/api/v1/collections/{collection}/points` and `…/scroll`. Outlives
/// the requests; threads: any.
class PointRoutes {
 public:
  /// `durability` as in ServerConfig.
  PointRoutes(Service& service, WorkerThreads& workers,
              std::optional<Durability> durability) noexcept
      : service_(service), access_(service.collections(), workers), durability_(durability) {}

  void add_to(RouteTable& table);

 private:
  Task<Response> put(const Request& request);
  Task<Response> get(const Request& request);
  Task<Response> remove(const Request& request);
  Task<Response> scroll(const Request& request);
  Result<Response> put_now(const Request& request, VectorCollection& collection);

  Service& service_;
  CollectionAccess access_;
  const std::optional<Durability> durability_;
};

}  // namespace quartz::server
