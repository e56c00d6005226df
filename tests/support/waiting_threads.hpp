#pragma once

#include <sys/types.h>

namespace quartz {

/// Whether this thread of the process sleeps until another one does something. One that waits for a
/// disk does not.
bool is_waiting(pid_t thread);

/// Blocks until all other threads of the process are waiting: what they were to do has ended, or is
/// being held by a test.
void wait_until_others_are_waiting();

}  // namespace quartz
