#pragma once

#include "server/http/collection_access.hpp"
#include "server/http/route_table.hpp"
#include "server/transport/task.hpp"

namespace quartz::server {

/// Collections of vectors as such: `/api/v1/collections`. Outlives the requests; threads: any.
class CollectionRoutes {
 public:
  CollectionRoutes(Collections& collections, WorkerThreads& workers) noexcept
      : access_(collections, workers) {}

  void add_to(RouteTable& table);

 private:
  Response list() const;
  Task<Response> get(const Request& request);
  Task<Response> create(const Request& request);
  Task<Response> drop(const Request& request);
  Response create_now(const Request& request);
  Response drop_now(const Request& request);

  mutable CollectionAccess access_;
};

}  // namespace quartz::server
