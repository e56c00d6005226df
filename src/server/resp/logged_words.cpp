#include "server/resp/logged_words.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

constexpr std::size_t kWordsMax = 32;
constexpr std::size_t kWordBytesMax = 128;

// Parameters of Redis that are secrets. There are none of them here, but somebody may try.
constexpr std::array<std::string_view, 4> kSecretParameters{"REQUIREPASS", "MASTERAUTH",
                                                            "MASTERUSER", "TLS-KEY-FILE-PASS"};

bool is_secret_parameter(std::string_view word) {
  return std::ranges::any_of(kSecretParameters,
                             [word](std::string_view name) { return is_same_word(word, name); });
}

bool follows_auth(Words arguments, std::size_t index) {
  return (index >= 2 && is_same_word(arguments[index - 1], "AUTH")) ||
         (index >= 3 && is_same_word(arguments[index - 2], "AUTH"));
}

std::string shortened(std::string_view word) {
  if (word.size() <= kWordBytesMax) return std::string(word);
  return fmt::format("{}... ({} more bytes)", word.substr(0, kWordBytesMax),
                     word.size() - kWordBytesMax);
}

}  // namespace

// Rather too much than too little: a word in the wrong place may be a secret as well.
bool is_secret_word(const Command& command, Words arguments, std::size_t index) {
  if (command.name == "auth") return index >= 1;
  if (command.name == "hello") return follows_auth(arguments, index);
  if (command.name == "acl|setuser") return index >= 2;
  if (command.name == "config|set") return index >= 3 && is_secret_parameter(arguments[index - 1]);
  return false;
}

std::vector<std::string> logged_words(const Command& command, Words arguments) {
  const std::size_t count = std::min(arguments.size(), kWordsMax);
  std::vector<std::string> words;
  for (std::size_t index = 0; index < count; ++index) {
    if (index + 1 == count && count < arguments.size()) {
      words.push_back(fmt::format("... ({} more arguments)", arguments.size() - count + 1));
    } else if (is_secret_word(command, arguments, index)) {
      words.emplace_back(kRedactedWord);
    } else {
      words.push_back(shortened(arguments[index]));
    }
  }
  return words;
}

}  // namespace quartz::server
