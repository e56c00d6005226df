#include "storage/memtable_orderer.hpp"

#include <new>
#include <utility>

namespace quartz::storage {

void MemtableOrderer::start() {
  thread_ = std::thread([this] { run(); });
}

void MemtableOrderer::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    work_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  MutexLock lock(mutex_);
  memtables_.clear();
}

void MemtableOrderer::follow(MemtableRef memtable) {
  MutexLock lock(mutex_);
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
  const MemtableRef memtable = memtables_.front();
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
  if (finished && !written_to && !memtables_.empty()) memtables_.pop_front();
  if (!finished || !written_to) wanted_ = true;
}

}  // namespace quartz::storage
