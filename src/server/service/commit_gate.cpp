#include "server/service/commit_gate.hpp"

namespace quartz::server {

void CommitGate::wait() {
  MutexLock lock(mutex_);
  while (closures_ != 0 && !is_closed_here()) opened_.wait(mutex_);
}

void CommitGate::close() {
  MutexLock lock(mutex_);
  while (closures_ != 0 && !is_closed_here()) opened_.wait(mutex_);
  ++closures_;
  owner_ = std::this_thread::get_id();
  closed_.store(true, std::memory_order_release);
}

void CommitGate::open() {
  MutexLock lock(mutex_);
  if (--closures_ != 0) return;
  closed_.store(false, std::memory_order_release);
  opened_.notify_all();
}

}  // namespace quartz::server
