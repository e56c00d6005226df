#include "server/transport/io_threads.hpp"

#include "base/processors.hpp"
#include "base/start_thread.hpp"

namespace quartz::server {

IoThreads::IoThreads(std::size_t count) {
  if (count == 0) count = usable_processors();
  for (std::size_t index = 0; index < count; ++index) {
    threads_.push_back(std::make_unique<IoThread>());
    guards_.emplace_back(threads_.back()->context.get_executor());
  }
  running_.reserve(count);
  try {
    for (const auto& thread : threads_) {
      running_.push_back(
          named_thread("quartz:io", [context = &thread->context] { context->run(); }));
    }
  } catch (...) {
    stop();  // Those that were started.
    throw;
  }
}

IoThreads::~IoThreads() { stop(); }

IoThread& IoThreads::next() noexcept {
  return *threads_[turn_.fetch_add(1, std::memory_order_relaxed) % threads_.size()];
}

void IoThreads::stop() {
  guards_.clear();
  for (std::thread& thread : running_) thread.join();
  running_.clear();
}

}  // namespace quartz::server
