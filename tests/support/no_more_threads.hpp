#pragma once

#include <cstddef>
#include <pthread.h>

#include <gtest/gtest.h>

namespace quartz {

/// While it lives the system refuses every new thread: none can have a stack of this size.
class NoMoreThreads {
 public:
  NoMoreThreads() {
    EXPECT_EQ(pthread_getattr_default_np(&usual_), 0);
    pthread_attr_t impossible = usual_;
    EXPECT_EQ(pthread_attr_setstacksize(&impossible, std::size_t{1} << 47), 0);
    EXPECT_EQ(pthread_setattr_default_np(&impossible), 0);
  }
  ~NoMoreThreads() {
    EXPECT_EQ(pthread_setattr_default_np(&usual_), 0);
    pthread_attr_destroy(&usual_);
  }
  NoMoreThreads(const NoMoreThreads&) = delete;
  NoMoreThreads& operator=(const NoMoreThreads&) = delete;

 private:
  pthread_attr_t usual_;
};

}  // namespace quartz
