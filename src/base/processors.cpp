#include "base/processors.hpp"

#include <algorithm>
#include <sched.h>
#include <thread>

namespace quartz {

unsigned usable_processors() noexcept {
  cpu_set_t set;
  // Fails for machines with more processors than a set has room for, of which all may be used then.
  if (::sched_getaffinity(0, sizeof(set), &set) == 0) {
    return std::max(1U, static_cast<unsigned>(CPU_COUNT(&set)));
  }
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace quartz
