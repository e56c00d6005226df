#include "client/near_cache_writes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.hpp"
#include "client/request_words.hpp"

namespace quartz::client {
namespace {

constexpr auto kChangingAnything =
    std::to_array<std::string_view>({"EVAL", "EVALSHA", "FCALL", "FLUSHALL", "FLUSHDB", "SWAPDB"});

bool changes_anything(std::string_view word) noexcept {
  return std::ranges::any_of(kChangingAnything,
                             [&](std::string_view name) { return is_same_word(word, name); });
}

}  // namespace

void invalidate_written(NearCache& cache, std::string_view request) {
  for (RequestWords left(request); !left.at_end();) {
    const std::size_t words = left.begin_command();
    for (std::size_t i = 0; i < words; ++i) {
      const std::string_view word = left.take();
      // Also behind words that say how to carry out the command which follows.
      if (changes_anything(word)) return cache.flush();
      if (i != 0) cache.invalidate(word);
    }
  }
}

}  // namespace quartz::client
