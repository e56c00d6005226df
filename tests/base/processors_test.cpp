#include "base/processors.hpp"

#include <sched.h>
#include <thread>

#include <gtest/gtest.h>

namespace quartz {
namespace {

// Bound to one processor of those that this thread may run on.
unsigned counted_where_one_is_usable() {
  unsigned counted = 0;
  std::thread bound([&] {
    cpu_set_t usable;
    ASSERT_EQ(::sched_getaffinity(0, sizeof(usable), &usable), 0);
    std::size_t first = 0;
    while (!CPU_ISSET(first, &usable)) ++first;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof(one), &one), 0);
    counted = usable_processors();
  });
  bound.join();
  return counted;
}

TEST(Processors, are_at_least_one_and_no_more_than_the_machine_has) {
  EXPECT_GE(usable_processors(), 1U);
  EXPECT_LE(usable_processors(), std::thread::hardware_concurrency());
}

TEST(Processors, that_a_thread_may_not_run_on_do_not_count) {
  EXPECT_EQ(counted_where_one_is_usable(), 1U);
}

}  // namespace
}  // namespace quartz
