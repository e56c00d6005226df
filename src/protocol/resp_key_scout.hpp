#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace quartz::protocol {

/// Looks ahead in requests that were sent together, for the keys of those that have not had their
/// turn. What it finds are guesses, good for bringing near what will be asked for: it does not
/// judge requests, and knows no commands. Cost: a few nanoseconds a word, however long the words
/// are.
class RespKeyScout {
 public:
  /// Begins with a request of the Redis protocol.
  explicit RespKeyScout(std::string_view input) noexcept : rest_(input) {}

  /// The second word of the next request, which is its key if it has one. Nothing at the end, at a
  /// request that has not arrived whole, and where it does not understand; for good.
  std::optional<std::string_view> next() noexcept;

 private:
  std::optional<std::size_t> take_length(char sign) noexcept;
  std::optional<std::string_view> take_word() noexcept;

  std::string_view rest_;
};

}  // namespace quartz::protocol
