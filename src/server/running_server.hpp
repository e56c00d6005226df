#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/server/server_config.hpp"
#include "quartz/server/server_statistics.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "server/auth/access_control.hpp"
#include "server/auth/users.hpp"
#include "server/http/application.hpp"
#include "server/resp/local_clients.hpp"
#include "server/resp/resp_server.hpp"
#include "server/service/expiry_sweeper.hpp"
#include "server/service/service.hpp"
#include "server/transport/buffer_budget.hpp"
#include "server/transport/connection_limit.hpp"
#include "server/transport/current_config.hpp"
#include "server/transport/current_limits.hpp"
#include "server/transport/io_threads.hpp"
#include "server/transport/listener.hpp"
#include "server/transport/server_log.hpp"
#include "server/transport/tls_certificates.hpp"
#include "server/transport/transport_counters.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {

/// The parts of a server, made in an order in which each outlives those that use it.
class RunningServer {
 public:
  static Result<std::unique_ptr<RunningServer>> start(std::shared_ptr<StorageEngine> engine,
                                                      ServerConfig config);
  ~RunningServer() { stop(); }

  void stop();
  std::optional<std::uint16_t> http_port() const noexcept { return port_of(http_listener_); }
  std::optional<std::uint16_t> resp_port() const noexcept { return port_of(resp_listener_); }
  Result<void> reload_certificates() { return certificates_->reload(); }
  const std::shared_ptr<LocalClients>& local_clients() const noexcept { return local_clients_; }
  void set_limits(const RequestLimits& limits);
  /// Takes over what may change.
  void reconfigure(const ServerConfig& wanted);
  ServerStatistics statistics() const;

 private:
  RunningServer(std::shared_ptr<StorageEngine> engine, std::unique_ptr<Service> service,
                std::unique_ptr<Users> users, ServerConfig config,
                std::unique_ptr<TlsCertificates> certificates);
  static std::optional<std::uint16_t> port_of(const std::unique_ptr<Listener>& listener) noexcept;
  Result<void> listen();
  ListenerSurroundings surroundings(TransportCounters& counters);
  void add_parameters();
  // An option that clients may change by the name that Redis has for it, too, and how what holds
  // is read, and what is configured taken in its place.
  struct NamedByRedis {
    std::function<std::string()> read;
    std::function<void()> take;
  };
  std::optional<NamedByRedis> named_by_redis(const LiveOption& option);
  void set_connections_max(std::uint32_t count) QUARTZ_REQUIRES(reconfiguring_);
  void users_changed(std::string_view revoked);
  void end_connections_of(std::string_view user);
  void stop_once();

  const ServerConfig config_;  // As it was started.
  CurrentConfig current_;
  Mutex reconfiguring_;  // One change of it at a time.
  std::uint32_t configured_connections_max_ QUARTZ_GUARDED_BY(reconfiguring_);
  const std::shared_ptr<StorageEngine> engine_;
  const std::unique_ptr<Service> service_;
  const ServerLog log_;
  const std::unique_ptr<Users> users_;
  AccessControl access_;
  CurrentLimits limits_;
  TransportCounters http_counters_;
  TransportCounters resp_counters_;
  BufferBudget buffers_;
  ConnectionLimit connection_limit_;
  std::atomic<bool> stopping_{false};
  std::once_flag stopped_;
  const std::unique_ptr<TlsCertificates> certificates_;
  WorkerThreads workers_;
  RespServer resp_;
  const std::shared_ptr<LocalClients> local_clients_;
  HttpApplication application_;
  ExpirySweeper expiry_sweeper_;
  IoThreads threads_;
  std::unique_ptr<Listener> http_listener_;
  std::unique_ptr<Listener> resp_listener_;
};

}  // namespace quartz::server
