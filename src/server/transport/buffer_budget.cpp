#include "server/transport/buffer_budget.hpp"

namespace quartz::server {

bool BufferShare::resize(std::size_t bytes, std::size_t total_max) noexcept {
  if (bytes <= bytes_) {
    budget_.held_.fetch_sub(bytes_ - bytes, std::memory_order_relaxed);
  } else {
    const std::size_t more = bytes - bytes_;
    const std::size_t before = budget_.held_.fetch_add(more, std::memory_order_relaxed);
    if (before > total_max || more > total_max - before) {
      budget_.held_.fetch_sub(more, std::memory_order_relaxed);
      return false;
    }
  }
  bytes_ = bytes;
  return true;
}

}  // namespace quartz::server
