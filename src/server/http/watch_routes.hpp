#pragma once

#include <boost/asio/awaitable.hpp>

#include "server/http/route_table.hpp"
#include "server/service/change_feed.hpp"
#include "server/service/service.hpp"

namespace quartz::server {

/// Being told of changes: `/api/v1/watch`. Outlives the requests; threads: any.
class WatchRoutes {
 public:
  explicit WatchRoutes(Service& service)
      : service_(service), feed_(service.engine(), service.databases()) {}

  void add_to(RouteTable& table);

 private:
  boost::asio::awaitable<Response> watch(const Request& request);

  Service& service_;
  ChangeFeed feed_;
};

}  // namespace quartz::server
