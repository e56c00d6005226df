#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"

namespace quartz::storage {

/// A few threads for work that blocks, so that asynchronous callers need not. Started with the
/// first job. Threads: all calls may run at the same time.
class BlockingPool {
 public:
  using Job = std::function<void()>;

  explicit BlockingPool(std::size_t threads_max) : threads_max_(threads_max) {}
  ~BlockingPool() { stop(); }
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// `closed` after `stop`, `io_error` if the system has not even one thread to give: the job is
  /// not taken then.
  Result<void> submit(Job job);
  /// Finishes all jobs that were taken, then ends the threads. A job of the pool must not call it.
  void stop();

 private:
  void run();

  const std::size_t threads_max_;
  Mutex mutex_;
  CondVar wake_;
  std::deque<Job> jobs_ QUARTZ_GUARDED_BY(mutex_);
  std::size_t idle_ QUARTZ_GUARDED_BY(mutex_) = 0;
  bool stopping_ QUARTZ_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::storage
