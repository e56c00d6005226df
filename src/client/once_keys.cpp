#include "client/once_keys.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "client/idempotency.hpp"
#include "client/request_words.hpp"
#include "protocol/resp_request_writer.hpp"

namespace quartz::client {
namespace {

// From the system: two processes that begin together must not have the same name.
std::string random_name() {
  std::random_device system;
  std::string name;
  for (int word = 0; word < 4; ++word) name += fmt::format("{:08x}", system());
  return name;
}

// But those around a batch, and one that its caller has given a key.
constexpr auto kWithoutKey = std::to_array<std::string_view>({"MULTI", "EXEC", "QUARTZ.ONCE"});

bool wants_key(const std::vector<std::string_view>& words) {
  if (words.empty() || nature_of(words) == CommandNature::reads) return false;
  return std::ranges::none_of(kWithoutKey,
                              [&](std::string_view name) { return is_same_word(words[0], name); });
}

}  // namespace

OnceKeys::OnceKeys() : client_(random_name()) {}

void OnceKeys::give(std::string& request) {
  std::string with_keys;
  std::vector<std::string_view> words;
  for (RequestWords left(request); !left.at_end();) {
    words.resize(left.begin_command());
    std::ranges::generate(words, [&left] { return left.take(); });
    std::string sequence;
    if (wants_key(words)) {
      sequence = std::to_string(next_sequence_.fetch_add(1, std::memory_order_relaxed));
      words.insert(words.begin(), {"QUARTZ.ONCE", client_, sequence});
    }
    protocol::append_request(with_keys, words);
  }
  request = std::move(with_keys);
}

}  // namespace quartz::client
