#pragma once

#include <atomic>
#include <cstddef>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "server/transport/connection_set.hpp"
#include "server/transport/turn_end.hpp"

namespace quartz::server {

/// One thread with an event loop of its own. What belongs to it is touched by it alone.
struct IoThread {
  boost::asio::io_context context{1};
  ConnectionSet connections{context};
  TurnEnd turn_end{context};
};

/// The threads of a server.
class IoThreads {
 public:
  /// Starts them; 0: one for each usable processor. Throws `std::system_error` if the system has no
  /// more.
  explicit IoThreads(std::size_t count);
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;
  ~IoThreads();

  std::size_t size() const noexcept { return threads_.size(); }
  IoThread& at(std::size_t index) noexcept { return *threads_[index]; }
  /// Each in turn. Threads: any.
  IoThread& next() noexcept;

  /// Runs `work(IoThread&)` on every thread and returns when it has run on all of them. Not to be
  /// called from one of them, nor after `stop`.
  template <class Work>
  void run_on_each(Work work);

  /// The same without waiting, so that it may be called from one of them.
  template <class Work>
  void post_to_each(Work work);

  /// Waits until nothing is outstanding on any of them, and ends them.
  void stop();

 private:
  using WorkGuard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  std::vector<std::unique_ptr<IoThread>> threads_;
  std::vector<WorkGuard> guards_;
  std::vector<std::thread> running_;
  std::atomic<std::size_t> turn_{0};
};

template <class Work>
void IoThreads::post_to_each(Work work) {
  for (const auto& thread : threads_) {
    boost::asio::post(thread->context, [work, to = thread.get()] { work(*to); });
  }
}

template <class Work>
void IoThreads::run_on_each(Work work) {
  std::vector<std::promise<void>> done(threads_.size());
  for (std::size_t index = 0; index < threads_.size(); ++index) {
    boost::asio::post(threads_[index]->context, [&, index] {
      work(*threads_[index]);
      done[index].set_value();
    });
  }
  for (auto& each : done) each.get_future().wait();
}

}  // namespace quartz::server
