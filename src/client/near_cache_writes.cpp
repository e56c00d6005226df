#include "client/near_cache_writes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace quartz::client {
namespace {

constexpr auto kChangingAnything =
    std::to_array<std::string_view>({"EVAL", "EVALSHA", "FCALL", "FLUSHALL", "FLUSHDB", "SWAPDB"});

// The number of a line such as "$12", which is taken away.
std::size_t take_count(std::string_view& rest) noexcept {
  std::size_t count = 0;
  const char* const end = rest.data() + rest.size();
  const auto parsed = std::from_chars(rest.data() + 1, end, count);
  rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()) + 2);
  return count;
}

std::string_view take_word(std::string_view& rest) noexcept {
  const std::size_t bytes = take_count(rest);
  const std::string_view word = rest.substr(0, bytes);
  rest.remove_prefix(bytes + 2);
  return word;
}

bool changes_anything(std::string_view word) noexcept {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return std::ranges::any_of(kChangingAnything, [&](std::string_view name) {
    return std::ranges::equal(word, name, {}, upper);
  });
}

}  // namespace

void invalidate_written(NearCache& cache, std::string_view request) {
  while (!request.empty()) {
    const std::size_t words = take_count(request);
    for (std::size_t i = 0; i < words; ++i) {
      const std::string_view word = take_word(request);
      // Also behind words that say how to carry out the command which follows.
      if (changes_anything(word)) return cache.flush();
      if (i != 0) cache.invalidate(word);
    }
  }
}

}  // namespace quartz::client
