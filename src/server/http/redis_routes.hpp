#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/reply_json.hpp"
#include "server/http/route_table.hpp"
#include "server/resp/resp_server.hpp"
#include "server/transport/task.hpp"

namespace quartz::server {

/// Commands of Redis over HTTP, in the form of Upstash's REST interface, so that its clients work:
/// `POST /` and `/command` take one command as an array of words, `/pipeline` an array of commands,
/// `/multi-exec` one that is run as a transaction. Each request is a client of its own. Outlives
/// the requests; threads: any.
class RedisRoutes {
 public:
  explicit RedisRoutes(RespServer& server) : server_(server) {}

  void add_to(RouteTable& table);

 private:
  using Commands = std::vector<std::vector<std::string>>;

  Task<Response> command(const Request& request);
  Task<Response> pipeline(const Request& request);
  Task<Response> transaction(const Request& request);
  Task<Result<std::string>> replies(const Request& request, const Commands& commands);

  RespServer& server_;
};

}  // namespace quartz::server
