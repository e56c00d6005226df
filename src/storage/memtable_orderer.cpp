#include "storage/memtable_orderer.hpp"

#include <new>
#include <utility>

#include "base/start_thread.hpp"

namespace quartz::storage {

Result<void> MemtableOrderer::start(std::function<void()> let_go) {
  let_go_ = std::move(let_go);
  return start_thread(thread_, "quartz:order", [this] { run(); });
}

void MemtableOrderer::stop() {
  std::deque<MemtableRef> followed;  // Let go of without the lock.
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    work_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  MutexLock lock(mutex_);
  followed.swap(memtables_);
}

void MemtableOrderer::follow(MemtableRef memtable) {
  MutexLock lock(mutex_);
  if (stopping_) return;
  memtables_.push_back(std::move(memtable));
  wanted_ = true;
  work_.notify_one();
}

void MemtableOrderer::wake() noexcept {
  MutexLock lock(mutex_);
  wanted_ = true;
  work_.notify_one();
}

void MemtableOrderer::run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (wanted_ && !memtables_.empty()) {
      wanted_ = false;
      order_oldest();
    } else {
      work_.wait(mutex_);
    }
  }
}

void MemtableOrderer::order_oldest() {
  MemtableRef memtable = memtables_.front();
  const bool written_to = memtables_.size() == 1;
  mutex_.unlock();
  bool failed = false;
  try {
    memtable->order(kBatch);
  } catch (const std::bad_alloc&) {
    failed = true;  // Whoever needs the order tries again, and is told.
  }
  const bool finished = failed || memtable->unordered_count() == 0;
  mutex_.lock();
  const bool leave = finished && !written_to && !memtables_.empty();
  if (leave) memtables_.pop_front();
  if (!finished || !written_to) wanted_ = true;
  // The last reference may free a good deal, which nobody shall wait for.
  mutex_.unlock();
  memtable = MemtableRef();
  if (leave) let_go_();
  mutex_.lock();
}

}  // namespace quartz::storage
