#include "base/thread_slot.hpp"

#include <barrier>
#include <pthread.h>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/epoch.hpp"
#include "base/mutex.hpp"

namespace quartz {
namespace {

std::size_t slots_made() {
  std::size_t count = 0;
  for (const ThreadSlot* slot = all_thread_slots(); slot != nullptr; slot = slot->next) ++count;
  return count;
}

TEST(ThreadSlot, stays_the_same_for_a_thread) {
  ThreadSlot* const first = &this_thread_slot();
  EXPECT_EQ(&this_thread_slot(), first);
}

TEST(ThreadSlot, threads_alive_together_have_different_numbers) {
  constexpr std::ptrdiff_t kThreads = 20;
  std::barrier all_registered(kThreads);
  Mutex mutex;
  std::set<std::size_t> numbers;
  std::vector<std::thread> threads;
  for (std::ptrdiff_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      const std::size_t number = this_thread_slot().index;
      all_registered.arrive_and_wait();
      MutexLock lock(mutex);
      numbers.insert(number);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(numbers.size(), 20u);
}

TEST(ThreadSlot, numbers_of_ended_threads_are_used_again) {
  (void)this_thread_slot();
  std::thread([] { (void)this_thread_slot(); }).join();
  const std::size_t before = slots_made();
  for (int i = 0; i < 100; ++i) std::thread([] { (void)this_thread_slot(); }).join();
  EXPECT_EQ(slots_made(), before);
}

TEST(ThreadSlot, every_slot_in_the_list_has_the_number_of_its_place) {
  std::thread([] { (void)this_thread_slot(); }).join();
  std::size_t expected = slots_made();
  for (const ThreadSlot* slot = all_thread_slots(); slot != nullptr; slot = slot->next) {
    EXPECT_EQ(slot->index, --expected);
  }
}

struct GuardsAtExit {
  ~GuardsAtExit() { const EpochGuard guard; }
};

TEST(ThreadSlot, guards_in_destructors_of_thread_locals_leak_no_slot) {
  const auto run = [] {
    std::thread([] {
      static thread_local GuardsAtExit last_words;  // Made before the slot, destroyed after it.
      (void)&last_words;
      const EpochGuard guard;
    }).join();
  };
  run();
  const std::size_t before = slots_made();
  for (int i = 0; i < 20; ++i) run();
  EXPECT_EQ(slots_made(), before);
}

// What a hook at thread exit finds. Hooks run in the order of their keys, so that one made late
// finds the thread's slot given back already.
struct LateHook {
  static inline bool shares_its_slot = false;
  static void run(void*) {
    const EpochGuard guard;
    std::size_t other = 0;
    std::thread([&] { other = this_thread_slot().index; }).join();
    if (other == this_thread_slot().index) shares_its_slot = true;
  }
};

TEST(ThreadSlot, guards_in_late_hooks_of_thread_exit_neither_share_nor_leak_a_slot) {
  std::thread([] { (void)this_thread_slot(); }).join();
  pthread_key_t key{};
  ASSERT_EQ(pthread_key_create(&key, &LateHook::run), 0);
  const auto run = [&] {
    std::thread([&] {
      (void)pthread_setspecific(key, &key);
      const EpochGuard guard;
    }).join();
  };
  run();
  const std::size_t before = slots_made();
  for (int i = 0; i < 20; ++i) run();
  EXPECT_EQ(slots_made(), before);
  EXPECT_FALSE(LateHook::shares_its_slot);
  pthread_key_delete(key);
}

}  // namespace
}  // namespace quartz
