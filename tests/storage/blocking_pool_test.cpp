#include "storage/blocking_pool.hpp"

#include <atomic>
#include <latch>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/mutex.hpp"
#include "support/no_more_threads.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

TEST(BlockingPool, runs_every_job_that_it_took_before_it_stops) {
  std::atomic<int> done{0};
  BlockingPool pool(2);
  for (int i = 0; i < 100; ++i) EXPECT_THAT(pool.submit([&] { ++done; }), Succeeds());
  pool.stop();
  EXPECT_EQ(done, 100);
}

TEST(BlockingPool, takes_no_job_after_it_was_stopped) {
  BlockingPool pool(2);
  pool.stop();
  EXPECT_THAT(pool.submit([] { FAIL() << "must not run"; }), FailsWith(Errc::closed));
  pool.stop();
}

TEST(BlockingPool, runs_as_many_jobs_at_a_time_as_it_may_have_threads) {
  BlockingPool pool(3);
  // Each of them waits for the two others, so that fewer threads would never finish.
  std::latch all(3);
  for (int i = 0; i < 3; ++i) ASSERT_THAT(pool.submit([&] { all.arrive_and_wait(); }), Succeeds());
  pool.stop();
  EXPECT_TRUE(all.try_wait());
}

TEST(BlockingPool, never_has_more_threads_than_it_may) {
  Mutex mutex;
  std::set<std::thread::id> threads;
  BlockingPool pool(2);
  for (int i = 0; i < 200; ++i) {
    const auto insert = [&] {
      MutexLock lock(mutex);
      threads.insert(std::this_thread::get_id());
    };
    ASSERT_THAT(pool.submit(insert), Succeeds());
  }
  pool.stop();
  EXPECT_GE(threads.size(), 1u);
  EXPECT_LE(threads.size(), 2u);
}

TEST(BlockingPool, a_job_may_submit_another) {
  std::atomic<int> done{0};
  BlockingPool pool(1);
  std::latch submitted(1);
  const auto job = [&] {
    EXPECT_THAT(pool.submit([&] { ++done; }), Succeeds());
    ++done;
    submitted.count_down();
  };
  ASSERT_THAT(pool.submit(job), Succeeds());
  submitted.wait();
  pool.stop();
  EXPECT_EQ(done, 2);
}

TEST(BlockingPool, a_blocked_job_does_not_hold_up_the_next_one) {
  BlockingPool pool(2);
  std::latch go_on(1);
  ASSERT_THAT(pool.submit([&] { go_on.wait(); }), Succeeds());
  ASSERT_THAT(pool.submit([&] { go_on.count_down(); }), Succeeds());
  pool.stop();
  EXPECT_TRUE(go_on.try_wait());
}

TEST(BlockingPool, takes_no_job_where_the_system_has_no_thread_for_it) {
  BlockingPool pool(2);
  {
    const NoMoreThreads refused;
    EXPECT_THAT(pool.submit([] { FAIL() << "must not run"; }),
                FailsWith(Errc::io_error, ::testing::HasSubstr("thread")));
  }
  std::latch done(1);
  ASSERT_THAT(pool.submit([&] { done.count_down(); }), Succeeds());
  pool.stop();
  EXPECT_TRUE(done.try_wait());
}

TEST(BlockingPool, does_with_the_threads_that_it_got) {
  BlockingPool pool(3);
  std::latch go_on(1);
  ASSERT_THAT(pool.submit([&] { go_on.wait(); }), Succeeds());
  std::atomic<int> done{0};
  const NoMoreThreads refused;
  for (int i = 0; i < 10; ++i) ASSERT_THAT(pool.submit([&] { ++done; }), Succeeds());
  go_on.count_down();
  pool.stop();
  EXPECT_EQ(done, 10);
}

TEST(BlockingPool, that_was_never_used_stops_at_once) {
  BlockingPool pool(8);
  pool.stop();
}

}  // namespace
}  // namespace quartz::storage
