#pragma once

#include <atomic>
#include <cstdint>

namespace quartz::server {

/// What the transport of one server counts. Threads: any.
struct TransportCounters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> tls_handshakes_failed{0};
  std::atomic<std::uint64_t> deadlines_missed{0};
};

}  // namespace quartz::server
