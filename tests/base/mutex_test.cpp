#include "base/mutex.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace quartz {
namespace {

bool another_thread_gets(Mutex& mutex) {
  bool taken = false;
  std::thread([&] {
    if (mutex.try_lock()) {
      taken = true;
      mutex.unlock();
    }
  }).join();
  return taken;
}

TEST(Mutex, keeps_increments_of_several_threads_apart) {
  Mutex mutex;
  int count = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        MutexLock lock(mutex);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 20'000);
}

TEST(Mutex, try_lock_fails_while_another_thread_holds_it) {
  Mutex mutex;
  {
    MutexLock lock(mutex);
    EXPECT_FALSE(another_thread_gets(mutex));
  }
  EXPECT_TRUE(another_thread_gets(mutex));
}

TEST(CondVar, hands_values_from_one_thread_to_another) {
  Mutex mutex;
  CondVar changed;
  int produced = 0;
  int consumed = 0;
  std::thread consumer([&] {
    MutexLock lock(mutex);
    while (consumed < 100) {
      while (produced == consumed) changed.wait(mutex);
      ++consumed;
      changed.notify_all();
    }
  });
  {
    MutexLock lock(mutex);
    while (produced < 100) {
      ++produced;
      changed.notify_all();
      while (produced != consumed) changed.wait(mutex);
    }
  }
  consumer.join();
  EXPECT_EQ(consumed, 100);
}

TEST(CondVar, a_wait_that_nobody_ends_says_that_time_passed_and_holds_the_lock) {
  Mutex mutex;
  CondVar never;
  MutexLock lock(mutex);
  while (never.wait_for(mutex, std::chrono::milliseconds(1))) {
    // A spurious wake; the next wait runs out.
  }
  EXPECT_FALSE(another_thread_gets(mutex));
}

TEST(CondVar, one_notification_wakes_a_waiter) {
  Mutex mutex;
  CondVar changed;
  bool ready = false;
  std::thread waiter([&] {
    MutexLock lock(mutex);
    while (!ready) changed.wait(mutex);
  });
  {
    MutexLock lock(mutex);
    ready = true;
  }
  changed.notify_one();
  waiter.join();
}

}  // namespace
}  // namespace quartz
