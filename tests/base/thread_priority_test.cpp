#include "base/thread_priority.hpp"

#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace quartz {
namespace {

int priority_of_this_thread() { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); }

TEST(ThreadPriority, is_lowered_for_the_calling_thread_alone) {
  const int before = priority_of_this_thread();
  int lowered = before;
  std::thread([&] {
    lower_thread_priority();
    lowered = priority_of_this_thread();
  }).join();
  EXPECT_GT(lowered, before);
  EXPECT_EQ(priority_of_this_thread(), before);
}

}  // namespace
}  // namespace quartz
