#include "server/resp/local_clients.hpp"

#include <utility>

namespace quartz::server {

std::shared_ptr<LocalService::Session> LocalClients::connect(boost::asio::any_io_executor executor,
                                                             Listener listener) {
  const MutexLock lock(mutex_);
  if (stopped_) return nullptr;
  auto session = std::make_shared<LocalSession>(server_, std::move(executor), std::move(listener));
  session->begin();
  std::erase_if(sessions_, [](const auto& known) { return known.expired(); });
  sessions_.push_back(session);
  return session;
}

void LocalClients::stop() {
  std::vector<std::weak_ptr<LocalSession>> sessions;
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    sessions.swap(sessions_);
  }
  for (const auto& known : sessions) {
    if (const auto session = known.lock()) session->end();
  }
}

}  // namespace quartz::server
