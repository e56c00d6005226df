#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "server/resp/command.hpp"

namespace quartz::server {

/// Clients that are told of every command. Threads: any number at a time.
class Monitors {
 public:
  void add(const std::shared_ptr<RespClient>& client);
  void remove(const RespClient& client);
  bool any() const noexcept { return count_.load(std::memory_order_relaxed) != 0; }
  /// Tells of a command that `client` has run.
  void tell(const RespClient& client, const Command& command, Words arguments);

 private:
  std::vector<std::shared_ptr<RespClient>> alive();

  Mutex mutex_;
  std::vector<std::weak_ptr<RespClient>> clients_ QUARTZ_GUARDED_BY(mutex_);
  std::atomic<std::size_t> count_{0};
};

/// Bytes in quotes, with escapes for what cannot be printed.
std::string quoted_word(std::string_view bytes);

}  // namespace quartz::server
