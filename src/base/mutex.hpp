#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>

// Lock annotations, checked by clang (-Wthread-safety) and empty elsewhere.
#if defined(__clang__)
#define QUARTZ_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define QUARTZ_THREAD_ANNOTATION(x)
#endif
#define QUARTZ_CAPABILITY(x) QUARTZ_THREAD_ANNOTATION(capability(x))
#define QUARTZ_SCOPED_CAPABILITY QUARTZ_THREAD_ANNOTATION(scoped_lockable)
#define QUARTZ_GUARDED_BY(x) QUARTZ_THREAD_ANNOTATION(guarded_by(x))
#define QUARTZ_PT_GUARDED_BY(x) QUARTZ_THREAD_ANNOTATION(pt_guarded_by(x))
#define QUARTZ_REQUIRES(...) QUARTZ_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define QUARTZ_EXCLUDES(...) QUARTZ_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#define QUARTZ_ACQUIRE(...) QUARTZ_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define QUARTZ_RELEASE(...) QUARTZ_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
#define QUARTZ_ACQUIRE_SHARED(...) QUARTZ_THREAD_ANNOTATION(acquire_shared_capability(__VA_ARGS__))
#define QUARTZ_RELEASE_SHARED(...) QUARTZ_THREAD_ANNOTATION(release_shared_capability(__VA_ARGS__))
#define QUARTZ_REQUIRES_SHARED(...) \
  QUARTZ_THREAD_ANNOTATION(requires_shared_capability(__VA_ARGS__))
#define QUARTZ_TRY_ACQUIRE(...) QUARTZ_THREAD_ANNOTATION(try_acquire_capability(__VA_ARGS__))
#define QUARTZ_ACQUIRED_AFTER(...) QUARTZ_THREAD_ANNOTATION(acquired_after(__VA_ARGS__))
#define QUARTZ_RETURN_CAPABILITY(x) QUARTZ_THREAD_ANNOTATION(lock_returned(x))
#define QUARTZ_NO_THREAD_SAFETY_ANALYSIS QUARTZ_THREAD_ANNOTATION(no_thread_safety_analysis)

namespace quartz {

/// A mutex that clang's thread-safety analysis understands.
class QUARTZ_CAPABILITY("mutex") Mutex {
 public:
  void lock() QUARTZ_ACQUIRE() { mutex_.lock(); }
  void unlock() QUARTZ_RELEASE() { mutex_.unlock(); }
  bool try_lock() QUARTZ_TRY_ACQUIRE(true) { return mutex_.try_lock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

/// Holds a Mutex for a scope.
class QUARTZ_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) QUARTZ_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  /// Takes over a mutex that the caller has locked.
  MutexLock(Mutex& mutex, std::adopt_lock_t) QUARTZ_REQUIRES(mutex) : mutex_(mutex) {}
  ~MutexLock() QUARTZ_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// A mutex that several threads may share with each other, or one have alone.
class QUARTZ_CAPABILITY("mutex") SharedMutex {
 public:
  void lock() QUARTZ_ACQUIRE() { mutex_.lock(); }
  void unlock() QUARTZ_RELEASE() { mutex_.unlock(); }
  void lock_shared() QUARTZ_ACQUIRE_SHARED() { mutex_.lock_shared(); }
  void unlock_shared() QUARTZ_RELEASE_SHARED() { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

/// Holds a SharedMutex alone for a scope.
class QUARTZ_SCOPED_CAPABILITY ExclusiveLock {
 public:
  explicit ExclusiveLock(SharedMutex& mutex) QUARTZ_ACQUIRE(mutex) : mutex_(mutex) {
    mutex_.lock();
  }
  ~ExclusiveLock() QUARTZ_RELEASE() { mutex_.unlock(); }
  ExclusiveLock(const ExclusiveLock&) = delete;
  ExclusiveLock& operator=(const ExclusiveLock&) = delete;

 private:
  SharedMutex& mutex_;
};

/// Shares a SharedMutex with others of its kind for a scope.
class QUARTZ_SCOPED_CAPABILITY SharedLock {
 public:
  explicit SharedLock(SharedMutex& mutex) QUARTZ_ACQUIRE_SHARED(mutex) : mutex_(mutex) {
    mutex_.lock_shared();
  }
  ~SharedLock() QUARTZ_RELEASE() { mutex_.unlock_shared(); }
  SharedLock(const SharedLock&) = delete;
  SharedLock& operator=(const SharedLock&) = delete;

 private:
  SharedMutex& mutex_;
};

/// A condition variable for Mutex. Wakes may be spurious: wait in a loop on the condition, so that
/// the analysis sees the guarded reads under their lock.
class CondVar {
 public:
  void wait(Mutex& mutex) QUARTZ_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }

  /// False if `timeout` passed first.
  bool wait_for(Mutex& mutex, std::chrono::nanoseconds timeout) QUARTZ_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const auto woken = condition_.wait_for(lock, timeout) == std::cv_status::no_timeout;
    lock.release();
    return woken;
  }

  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace quartz
