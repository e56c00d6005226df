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

#include "base/counter.hpp"
#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/durability.hpp"
#include "server/resp/client_pauses.hpp"
#include "server/resp/command.hpp"
#include "server/resp/command_statistics.hpp"
#include "server/resp/invalidation_table.hpp"
#include "server/resp/monitors.hpp"
#include "server/resp/parameters.hpp"
#include "server/service/key_waits.hpp"
#include "server/service/service.hpp"
#include "server/statistics/latency_events.hpp"
#include "server/statistics/slow_log.hpp"
#include "server/transport/server_log.hpp"

namespace quartz::server {

class AccessControl;
class BufferBudget;
class CurrentLimits;
class RespClient;
class WorkerThreads;

/// What there is beside a service.
struct RespServerParts {
  AccessControl* access = nullptr;   ///< Without it everybody may do everything.
  WorkerThreads* workers = nullptr;  ///< Without them what takes long is done by io threads.
  std::optional<Durability> durability = {};  ///< As in ServerConfig.
  const ServerLog* log = nullptr;             ///< Without it nothing is logged.
  /// What all connections together hold, and how much that may be. Both or none: without them what
  /// transactions queue is not counted.
  BufferBudget* buffers = nullptr;
  const CurrentLimits* limits = nullptr;
};

/// What all clients of the Redis protocol share. Threads: any number at a time.
class RespServer {
 public:
  /// What `parts` points to outlives the server.
  explicit RespServer(Service& service, RespServerParts parts = {});

  Service& service() noexcept { return service_; }
  AccessControl* access() const noexcept { return parts_.access; }
  WorkerThreads* workers() const noexcept { return parts_.workers; }
  std::optional<Durability> durability() const noexcept { return parts_.durability; }
  BufferBudget* buffers() const noexcept { return parts_.buffers; }
  const CurrentLimits* limits() const noexcept { return parts_.limits; }
  Parameters& parameters() noexcept { return parameters_; }
  KeyWaits& key_waits() noexcept { return key_waits_; }
  InvalidationTable& invalidations() noexcept { return invalidations_; }
  ClientPauses& pauses() noexcept { return pauses_; }

  // Who is connected.
  std::uint64_t next_client_id() noexcept { return ++client_ids_; }
  void add(const std::shared_ptr<RespClient>& client);
  /// One that is no connection of this protocol, of which nobody but pauses is told.
  void add_unlisted(const std::shared_ptr<RespClient>& client);
  void remove(std::uint64_t id);
  std::shared_ptr<RespClient> find(std::uint64_t id) const;
  /// By id.
  std::vector<std::shared_ptr<RespClient>> clients() const;
  /// Also those that are not listed.
  std::vector<std::shared_ptr<RespClient>> all_clients() const;
  /// Holds commands back no longer.
  void end_pauses();
  /// The same when the server stops: no pause has an effect from now on.
  void end_pauses_for_good();

  std::chrono::system_clock::time_point started_at() const noexcept { return started_at_; }
  /// Forty digits that tell this run from others.
  const std::string& run_id() const noexcept { return run_id_; }

  // What was done since the start or CONFIG RESETSTAT, and what of it took long.
  CommandStatistics& statistics() noexcept { return statistics_; }
  const CommandStatistics& statistics() const noexcept { return statistics_; }
  SlowLog& slow_log() noexcept { return slow_log_; }
  LatencyEvents& latency_events() noexcept { return latency_events_; }
  /// `SlowLog::kOff` or microseconds, of both protocols.
  void set_slow_threshold(std::int64_t microseconds);
  /// Milliseconds; 0: nothing is noted.
  void set_latency_threshold(std::int64_t milliseconds);
  /// Counts a call, and notes it where it took long.
  void note_call(const RespClient& client, const Command& command, Words arguments,
                 std::uint64_t nanoseconds) {
    statistics_.called(command, nanoseconds);
    if (nanoseconds >= slow_from_.load(std::memory_order_relaxed)) [[unlikely]] {
      note_slow_call(client, command, arguments, nanoseconds);
    }
  }
  void note_commit(std::uint64_t nanoseconds) {
    statistics_.committed(nanoseconds);
    latency_events_.note("commit", nanoseconds);
  }
  /// Tells the client of every command from now on.
  void add_monitor(const std::shared_ptr<RespClient>& client);
  void remove_monitor(const RespClient& client);
  std::uint64_t connections_received() const noexcept { return connections_received_.load(); }
  std::uint64_t commands_processed() const noexcept {
    const std::uint64_t before_reset = commands_before_reset_.load();
    return commands_.value() - before_reset;
  }
  void count_command() noexcept { commands_.add(); }
  void reset_counters();

 private:
  void add_parameters();
  void note_slow_call(const RespClient& client, const Command& command, Words arguments,
                      std::uint64_t nanoseconds);
  void note_thresholds();

  Service& service_;
  const RespServerParts parts_;
  Parameters parameters_;
  KeyWaits key_waits_;
  InvalidationTable invalidations_{*this};
  ClientPauses pauses_;
  CommandStatistics statistics_;
  Monitors monitors_;
  SlowLog slow_log_;
  LatencyEvents latency_events_;
  std::atomic<std::uint64_t> slow_from_{0};  // Nanoseconds; what is faster is none of theirs.
  ShardedCounter commands_;
  std::atomic<std::uint64_t> commands_before_reset_{0};
  std::atomic<std::uint64_t> connections_received_{0};
  const std::chrono::system_clock::time_point started_at_;
  const std::string run_id_;
  std::atomic<std::uint64_t> client_ids_{0};
  Mutex thresholds_mutex_;
  mutable Mutex mutex_;
  std::map<std::uint64_t, std::weak_ptr<RespClient>> clients_ QUARTZ_GUARDED_BY(mutex_);
  std::map<std::uint64_t, std::weak_ptr<RespClient>> unlisted_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
