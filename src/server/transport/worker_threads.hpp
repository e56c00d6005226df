#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/mutex.hpp"
#include "base/start_thread.hpp"
#include "server/transport/task.hpp"

namespace quartz::server {

/// Threads for work that blocks (a sync, a flush, a backup), so that io threads need not. They
/// start with the first work. Threads: any.
class WorkerThreads {
 public:
  explicit WorkerThreads(std::size_t count) : count_(count) {}
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;
  ~WorkerThreads() { stop(); }

  /// `work()` on one of them; the caller goes on, on its own executor, with what it returned. The
  /// caller's frame outlives the work, so that it may refer to it.
  template <class Work>
  Task<std::invoke_result_t<Work&>> run(Work work);

  /// `work()` on one of them, some time; nobody waits for it. It throws nothing.
  template <class Work>
  void post(Work work) {
    boost::asio::post(pool(), [work = std::move(work)]() mutable {
      name_worker();
      work();
    });
  }

  /// Finishes all work that was begun and ends the threads. Nothing may be run afterwards.
  void stop();

 private:
  // With each work, for a pool has no place to say so once for each thread.
  static void name_worker() noexcept { name_this_thread("quartz:worker"); }
  boost::asio::thread_pool& pool();

  const std::size_t count_;
  Mutex mutex_;
  std::unique_ptr<boost::asio::thread_pool> pool_ QUARTZ_GUARDED_BY(mutex_);
};

template <class Work>
Task<std::invoke_result_t<Work&>> WorkerThreads::run(Work work) {
  const auto home = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(boost::asio::bind_executor(pool().get_executor(), kUseTask));
  name_worker();
  std::optional<std::invoke_result_t<Work&>> result;
  std::exception_ptr failure;
  try {
    result.emplace(work());
  } catch (...) {
    failure = std::current_exception();  // Whoever catches it is on the caller's executor.
  }
  co_await boost::asio::post(boost::asio::bind_executor(home, kUseTask));
  if (failure) std::rethrow_exception(failure);
  co_return *std::move(result);
}

}  // namespace quartz::server
