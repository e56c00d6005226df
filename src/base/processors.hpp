#pragma once

namespace quartz {

/// How many processors the calling thread may run on, as `taskset`, a service manager or a
/// container bound it; at least one. How many threads are worth while follows from that: more of
/// them than processors only take turns. A quota of time (cgroup's `cpu.max`) is not looked at.
unsigned usable_processors() noexcept;

}  // namespace quartz
