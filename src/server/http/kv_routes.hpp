#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "quartz/storage/durability.hpp"
#include "server/http/kv_write.hpp"
#include "server/http/route_table.hpp"
#include "server/service/service.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {

/// Keys that hold strings over HTTP: `/api/v1/kv`. They are those of the Redis protocol, and of
/// the engine's default keyspace in database 0. A condition (`If-Match`, `If-None-Match`, POST) and
/// its write are one step, whoever else writes. Outlives the requests; threads: any.
class KvRoutes {
 public:
  /// `durability` as in ServerConfig. All three outlive this.
  KvRoutes(Service& service, WorkerThreads& workers, std::optional<Durability> durability)
      : service_(service), workers_(workers), durability_(durability) {}

  void add_to(RouteTable& table);

 private:
  void add_writers_to(RouteTable& table);
  Response get(Request& request) const;
  Response list(const Request& request, std::optional<std::string_view> cursor) const;
  Response list_on(const Request& request) const;
  Response write(const Request& request, KeyWrite::What what);
  Response patch(const Request& request);
  template <class Operation>
  Response run(const Request& request, Operation operation);
  /// A route's function: here, or on a worker if writes wait for the disk.
  template <class Write>
  Route::LongFunction writer(Write write);

  Service& service_;
  WorkerThreads& workers_;
  const std::optional<Durability> durability_;
};

}  // namespace quartz::server
