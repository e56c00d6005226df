#include "storage/blocking_pool.hpp"

#include <utility>

namespace quartz::storage {

bool BlockingPool::try_submit(Job job) {
  MutexLock lock(mutex_);
  if (stopping_) return false;
  jobs_.push_back(std::move(job));
  if (idle_ >= jobs_.size()) {
    wake_.notify_one();
  } else if (threads_.size() < threads_max_) {
    threads_.emplace_back([this] { run(); });
  }
  return true;
}

void BlockingPool::stop() {
  std::vector<std::thread> threads;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void BlockingPool::run() {
  for (;;) {
    Job job;
    {
      MutexLock lock(mutex_);
      ++idle_;
      while (jobs_.empty() && !stopping_) wake_.wait(mutex_);
      --idle_;
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace quartz::storage
