#pragma once

namespace quartz {

/// Lets other threads go first when there are too few processors: for work that nobody waits for.
/// The calling thread stays like that. Best effort; takes no privilege.
///
/// Such a thread may be kept waiting with a lock in its hand, so it must not hold those for long
/// that others take on their way.
void lower_thread_priority() noexcept;

}  // namespace quartz
