#include "server/transport/worker_threads.hpp"

namespace quartz::server {

boost::asio::thread_pool& WorkerThreads::pool() {
  const MutexLock lock(mutex_);
  if (!pool_) pool_ = std::make_unique<boost::asio::thread_pool>(count_);
  return *pool_;
}

void WorkerThreads::stop() {
  const MutexLock lock(mutex_);
  if (pool_) pool_->join();
}

}  // namespace quartz::server
