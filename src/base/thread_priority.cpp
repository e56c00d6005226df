#include "base/thread_priority.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace quartz {

void lower_thread_priority() noexcept {
  // A tenth of the processor beside one busy thread of usual priority.
  constexpr int kNice = 10;
  // On Linux a process's priority is that of the thread whose id is given.
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
}

}  // namespace quartz
