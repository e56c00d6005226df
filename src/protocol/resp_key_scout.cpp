#include "protocol/resp_key_scout.hpp"

namespace quartz::protocol {
namespace {

// Those of longer numbers are not worth a look ahead.
constexpr std::size_t kDigitsMax = 6;

}  // namespace

// A sign, a number and the end of the line.
std::optional<std::size_t> RespKeyScout::take_length(char sign) noexcept {
  if (!rest_.starts_with(sign)) return std::nullopt;
  std::size_t length = 0;
  std::size_t at = 1;
  for (; at < rest_.size() && at <= kDigitsMax && rest_[at] >= '0' && rest_[at] <= '9'; ++at) {
    length = length * 10 + static_cast<std::size_t>(rest_[at] - '0');
  }
  if (at == 1 || !rest_.substr(at).starts_with("\r\n")) return std::nullopt;
  rest_.remove_prefix(at + 2);
  return length;
}

std::optional<std::string_view> RespKeyScout::take_word() noexcept {
  const auto length = take_length('$');
  if (!length || rest_.size() < *length + 2) return std::nullopt;
  const std::string_view word = rest_.substr(0, *length);
  rest_.remove_prefix(*length + 2);
  return word;
}

std::optional<std::string_view> RespKeyScout::next() noexcept {
  const auto count = take_length('*');
  std::optional<std::string_view> key;
  for (std::size_t i = 0; count && i < *count; ++i) {
    const auto word = take_word();
    if (!word) {
      rest_ = {};
      return std::nullopt;
    }
    if (i <= 1) key = word;
  }
  if (!key) rest_ = {};
  return key;
}

}  // namespace quartz::protocol
