#pragma once

#include "server/http/collection_access.hpp"
#include "server/http/point_json.hpp"
#include "server/http/route_table.hpp"
#include "server/transport/task.hpp"

namespace quartz::server {

/// Searching a collection: `/api/v1/collections/{collection}/query`, `…/query/batch` and
/// `…/explain`. Outlives the requests; threads: any.
class QueryRoutes {
 public:
  QueryRoutes(Collections& collections, WorkerThreads& workers) noexcept
      : access_(collections, workers) {}

  void add_to(RouteTable& table);

 private:
  Task<Response> query(const Request& request);
  Task<Response> query_batch(const Request& request);
  Task<Response> explain(const Request& request);

  CollectionAccess access_;
};

}  // namespace quartz::server
