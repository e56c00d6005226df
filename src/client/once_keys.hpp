#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace quartz::client {

/// The keys by which a server of Quartz knows a command again that it has carried out
/// (QUARTZ.ONCE). Threads: any.
class OnceKeys {
 public:
  /// Under a name that nobody else has: 128 random bits.
  OnceKeys();

  /// Gives each command of the request, which may be a batch, a key if it writes.
  void give(std::string& request);

 private:
  const std::string client_;
  std::atomic<std::uint64_t> next_sequence_{1};
};

}  // namespace quartz::client
