#include "storage/blocking_pool.hpp"

#include <utility>

#include "base/start_thread.hpp"

namespace quartz::storage {

Result<void> BlockingPool::submit(Job job) {
  MutexLock lock(mutex_);
  if (stopping_) return Error(Errc::closed, "the pool of threads that may block has stopped");
  if (idle_ <= jobs_.size() && threads_.size() < threads_max_) {
    std::thread thread;
    auto started = start_thread(thread, "quartz:blocking", [this] { run(); });
    // Where the system refuses more threads, those that there are do it all.
    if (!started && threads_.empty()) return started;
    if (started) threads_.push_back(std::move(thread));
  }
  jobs_.push_back(std::move(job));
  wake_.notify_one();
  return {};
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
