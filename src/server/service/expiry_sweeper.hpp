#pragma once

#include <thread>

#include "base/mutex.hpp"
#include "server/service/service.hpp"
#include "server/statistics/latency_events.hpp"
#include "server/transport/server_log.hpp"

namespace quartz::server {

/// Removes what has expired, and what removed vector sets have left, in the background, some ten
/// times a second.
class ExpirySweeper {
 public:
  /// All of them outlive it.
  ExpirySweeper(Service& service, const ServerLog& log, LatencyEvents& events);
  ~ExpirySweeper();
  ExpirySweeper(const ExpirySweeper&) = delete;
  ExpirySweeper& operator=(const ExpirySweeper&) = delete;

  /// It does nothing any more when this returns.
  void stop();

 private:
  void run();
  bool pause();
  bool stopping();

  Service& service_;
  const ServerLog& log_;
  LatencyEvents& events_;
  Mutex mutex_;
  CondVar wake_;
  bool stopping_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace quartz::server
