#pragma once

#include "server/http/route_table.hpp"
#include "server/service/change_feed.hpp"
#include "server/service/service.hpp"
#include "server/transport/task.hpp"

namespace quartz::server {

/// Being told of changes: `/api/v1/watch`. Outlives the requests; threads: any.
class WatchRoutes {
 public:
  explicit WatchRoutes(Service& service)
      : service_(service), feed_(service.engine(), service.databases()) {}

  void add_to(RouteTable& table);

 private:
  Task<Response> watch(const Request& request);

  Service& service_;
  ChangeFeed feed_;
};

}  // namespace quartz::server
