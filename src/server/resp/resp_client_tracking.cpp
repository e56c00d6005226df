#include <utility>

#include "server/resp/resp_client.hpp"

namespace quartz::server {

void RespClient::track(TrackingOptions options) {
  tracking_ = std::move(options);
  caching_.reset();
  if (tracking_.on) {
    server_.invalidations().enable(id_, tracking_);
  } else {
    server_.invalidations().disable(id_);
  }
  MutexLock lock(mutex_);
  description_.redirect = tracking_.on ? static_cast<std::int64_t>(tracking_.redirect) : -1;
}

void RespClient::remember_keys(const Command& command, Words arguments) {
  if (!tracking_.on || tracking_.broadcast || !command.is(CommandFlag::readonly)) return;
  if (tracking_.opt_in && caching_ != true) return;
  if (tracking_.opt_out && caching_ == false) return;
  server_.invalidations().remember(id_, keys_of(command, arguments));
}

void RespClient::tell(std::string bytes, const void* origin) {
  // Behind the reply, which belongs to this thread unless the command runs on another one.
  const bool here = whereabouts_.load(std::memory_order_acquire) == Whereabouts::here;
  if (origin == this && here) {
    pending_ += bytes;
  } else if (wire_.push) {
    wire_.push(std::move(bytes));
  }
}

void RespClient::append_pending(std::string& output) {
  if (pending_.empty()) return;
  output += pending_;
  pending_.clear();
}

}  // namespace quartz::server
