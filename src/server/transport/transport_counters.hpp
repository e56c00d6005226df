#pragma once

#include <atomic>
#include <cstdint>

#include "base/counter.hpp"

namespace quartz::server {

/// What the transport of one protocol counts. Threads: any.
struct TransportCounters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> open{0};
  ShardedCounter received_bytes;  // Of what the protocol says, encrypted or not.
  ShardedCounter sent_bytes;
  std::atomic<std::uint64_t> tls_handshakes_failed{0};
  std::atomic<std::uint64_t> deadlines_missed{0};
};

}  // namespace quartz::server
