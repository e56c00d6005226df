#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/durability.hpp"
#include "server/resp/invalidation_table.hpp"
#include "server/resp/parameters.hpp"
#include "server/service/key_waits.hpp"
#include "server/service/service.hpp"

namespace quartz::server {

class AccessControl;
class RespClient;
class WorkerThreads;

/// What all clients of the Redis protocol share. Threads: any number at a time.
class RespServer {
 public:
  struct Surroundings {
    AccessControl* access = nullptr;   ///< Without it everybody may do everything.
    WorkerThreads* workers = nullptr;  ///< Without them what takes long is done by io threads.
    std::optional<Durability> durability = {};  ///< As in ServerConfig.
  };
  /// What `around` points to outlives the server.
  explicit RespServer(Service& service, Surroundings around = {});

  Service& service() noexcept { return service_; }
  AccessControl* access() const noexcept { return around_.access; }
  WorkerThreads* workers() const noexcept { return around_.workers; }
  std::optional<Durability> durability() const noexcept { return around_.durability; }
  Parameters& parameters() noexcept { return parameters_; }
  KeyWaits& key_waits() noexcept { return key_waits_; }
  InvalidationTable& invalidations() noexcept { return invalidations_; }

  // Who is connected.
  std::uint64_t next_client_id() noexcept { return ++client_ids_; }
  void add(const std::shared_ptr<RespClient>& client);
  void remove(std::uint64_t id);
  std::shared_ptr<RespClient> find(std::uint64_t id) const;
  /// By id.
  std::vector<std::shared_ptr<RespClient>> clients() const;

  std::chrono::system_clock::time_point started_at() const noexcept { return started_at_; }
  /// Forty digits that tell this run from others.
  const std::string& run_id() const noexcept { return run_id_; }

  // Counters since the start or CONFIG RESETSTAT.
  std::atomic<std::uint64_t> connections_received{0};
  std::atomic<std::uint64_t> commands_processed{0};
  std::atomic<std::uint64_t> errors_replied{0};
  void reset_counters() noexcept;

 private:
  Service& service_;
  const Surroundings around_;
  Parameters parameters_;
  KeyWaits key_waits_;
  InvalidationTable invalidations_{*this};
  const std::chrono::system_clock::time_point started_at_;
  const std::string run_id_;
  std::atomic<std::uint64_t> client_ids_{0};
  mutable Mutex mutex_;
  std::map<std::uint64_t, std::weak_ptr<RespClient>> clients_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
