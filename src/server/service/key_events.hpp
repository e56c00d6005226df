#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "server/service/key_event.hpp"
#include "server/service/publications.hpp"

namespace quartz::server {

/// Publishes what happens to keys on channels `__keyspace@<db>__:<key>` and
/// `__keyevent@<db>__:<event>`, as far as it was chosen to. Off until then. Threads: any number.
class KeyEvents {
 public:
  explicit KeyEvents(Publications& publications) noexcept : publications_(publications) {}

  /// Letters as in Redis's `notify-keyspace-events`: K and E choose the channels, the others the
  /// kinds, A all of them but m and n. `invalid_argument` for any other letter.
  Result<void> choose(std::string_view letters);
  /// The same choice, in Redis's order of letters.
  std::string chosen() const;

  bool wanted() const noexcept { return chosen_.load(std::memory_order_relaxed) != 0; }
  void publish(std::span<const KeyEvent> events);

 private:
  Publications& publications_;
  std::atomic<std::uint32_t> chosen_{0};  // Classes as bits, and two more for the channels.
};

}  // namespace quartz::server
