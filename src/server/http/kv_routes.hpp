#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/mutex.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "server/http/route_table.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {

/// The rows of the default keyspace over HTTP: `/api/v1/kv`. Conditions (`If-Match`,
/// `If-None-Match`, POST) are judged and the write done as one step among the writers of this
/// object. Outlives the requests; threads: any.
class KvRoutes {
 public:
  /// `durability` as in ServerConfig. All three outlive this.
  KvRoutes(StorageEngine& engine, WorkerThreads& workers, std::optional<Durability> durability)
      : engine_(engine), workers_(workers), durability_(durability) {}

  void add_to(RouteTable& table);

 private:
  enum class Change : std::uint8_t { put, create, remove };

  Response get(Request& request) const;
  Response list(Request& request) const;
  boost::asio::awaitable<Response> write(Request& request, Change change);
  Response write_now(const Request& request, Change change);
  Response write_locked(const Request& request, Change change, std::string_view value);
  Mutex& lock_of(std::string_view key) noexcept;

  StorageEngine& engine_;
  WorkerThreads& workers_;
  const std::optional<Durability> durability_;
  std::array<Mutex, 64> locks_;  // By hash of the key; held from a condition to its write.
};

}  // namespace quartz::server
