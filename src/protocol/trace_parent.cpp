#include "protocol/trace_parent.hpp"

#include <algorithm>
#include <cstddef>

namespace quartz::protocol {
namespace {

// "00-" id "-" parent "-" flags.
constexpr std::size_t kVersionBytes = 2;
constexpr std::size_t kIdBytes = 32;
constexpr std::size_t kParentBytes = 16;
constexpr std::size_t kFlagsBytes = 2;
constexpr std::size_t kBytes = kVersionBytes + 1 + kIdBytes + 1 + kParentBytes + 1 + kFlagsBytes;

bool are_digits(std::string_view text) noexcept {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) noexcept {
  return are_digits(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> trace_id_of(std::string_view traceparent) noexcept {
  if (traceparent.size() < kBytes) return std::nullopt;
  const std::string_view version = traceparent.substr(0, kVersionBytes);
  // Versions to come may say more behind these.
  const bool ends = traceparent.size() == kBytes || (version != "00" && traceparent[kBytes] == '-');
  if (!are_digits(version) || version == "ff" || !ends) return std::nullopt;
  std::string_view rest = traceparent.substr(kVersionBytes);
  const auto take = [&rest](std::size_t bytes) {
    const std::string_view part = rest.substr(1, bytes);
    const bool separated = rest.front() == '-';
    rest.remove_prefix(1 + bytes);
    return separated ? part : std::string_view();
  };
  const std::string_view id = take(kIdBytes);
  const std::string_view parent = take(kParentBytes);
  const std::string_view flags = take(kFlagsBytes);
  if (!is_id(id) || !is_id(parent) || flags.empty() || !are_digits(flags)) return std::nullopt;
  return id;
}

}  // namespace quartz::protocol
