#include "client/request_words.hpp"

#include <charconv>

namespace quartz::client {

std::size_t RequestWords::take_count() noexcept {
  std::size_t count = 0;
  const char* const end = rest_.data() + rest_.size();
  const auto parsed = std::from_chars(rest_.data() + 1, end, count);
  rest_.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest_.data()) + 2);
  return count;
}

}  // namespace quartz::client
