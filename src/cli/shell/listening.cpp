#include "cli/shell/listening.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/ascii.hpp"

namespace quartz::cli {
namespace {

constexpr std::array<std::string_view, 3> kBegin = {"SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"};
constexpr std::array<std::string_view, 3> kEnd = {"UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE"};

bool is_one_of(const std::array<std::string_view, 3>& names, std::string_view name) {
  return std::ranges::any_of(names, [&](auto each) { return is_same_word(each, name); });
}

}  // namespace

Listening listening_of(const std::vector<std::string>& words) {
  const std::size_t topics = words.size() - 1;
  if (is_same_word(words.front(), "MONITOR")) return {.goes_on = true};
  if (is_one_of(kBegin, words.front()) && topics != 0) {
    return {.confirmations = topics, .goes_on = true};
  }
  // Of nothing at all one confirmation comes nevertheless.
  if (is_one_of(kEnd, words.front())) return {.confirmations = std::max<std::size_t>(topics, 1)};
  return {};
}

}  // namespace quartz::cli
