#pragma once

#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "base/mutex.hpp"
#include "quartz/client/local_service.hpp"
#include "server/resp/local_session.hpp"
#include "server/resp/resp_server.hpp"

namespace quartz::server {

/// The clients in the server's own process. May outlive the server, once it was stopped.
class LocalClients final : public LocalService {
 public:
  explicit LocalClients(RespServer& server) : server_(server) {}

  std::shared_ptr<Session> connect(boost::asio::any_io_executor executor,
                                   Listener listener) override;
  /// Ends all sessions; from now on there are none.
  void stop();

 private:
  RespServer& server_;  // Not once it was stopped.
  Mutex mutex_;
  bool stopped_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::vector<std::weak_ptr<LocalSession>> sessions_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
