#include "server/config/option_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace quartz::server {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first, so that a value is written with the largest that it is a multiple of.
constexpr std::array<Unit, 4> kSizeUnits = {
    {{"GiB", 1u << 30}, {"MiB", 1u << 20}, {"KiB", 1u << 10}, {"", 1}}};
constexpr std::array<Unit, 4> kTimeUnits = {
    {{"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1}}};

Error unexpected(std::string_view text, std::string_view expected) {
  return {Errc::invalid_argument, fmt::format("\"{}\" is not {}", text, expected)};
}

// Number and unit; nothing for what is neither, or too large.
template <std::size_t kCount>
std::optional<std::uint64_t> read_with_unit(std::string_view text,
                                            const std::array<Unit, kCount>& units) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  while (name.starts_with(' ')) name.remove_prefix(1);
  const auto unit = std::ranges::find(units, name, &Unit::name);
  if (unit == units.end()) return std::nullopt;
  if (number > std::numeric_limits<std::int64_t>::max() / unit->factor) return std::nullopt;
  return number * unit->factor;
}

template <std::size_t kCount>
std::string write_with_unit(std::uint64_t value, const std::array<Unit, kCount>& units) {
  const auto unit = std::ranges::find_if(
      units, [&](const Unit& each) { return value > 0 && value % each.factor == 0; });
  if (unit == units.end()) return "0";
  return fmt::format("{}{}", value / unit->factor, unit->name);
}

}  // namespace

Result<bool> read_bool(std::string_view text) {
  for (const std::string_view yes : {"true", "yes", "on", "1"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"false", "no", "off", "0"}) {
    if (text == no) return false;
  }
  return unexpected(text, "true or false");
}

std::string write_bool(bool value) { return value ? "true" : "false"; }

Result<std::uint64_t> read_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= least &&
      number <= most) {
    return number;
  }
  return unexpected(text, fmt::format("a number from {} to {}", least, most));
}

Result<std::uint64_t> read_size(std::string_view text) {
  if (const auto bytes = read_with_unit(text, kSizeUnits)) return *bytes;
  return unexpected(text, "a size such as 65536, 64KiB, 64MiB or 2GiB");
}

std::string write_size(std::uint64_t bytes) { return write_with_unit(bytes, kSizeUnits); }

Result<std::chrono::milliseconds> read_duration(std::string_view text) {
  // Zero is the same in every unit; any other number without one would be a guess.
  if (text == "0") return std::chrono::milliseconds(0);
  if (const auto count = read_with_unit(text, kTimeUnits)) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(*count));
  }
  return unexpected(text, "a time such as 250ms, 10s, 5min or 1h");
}

std::string write_duration(std::chrono::milliseconds value) {
  return write_with_unit(static_cast<std::uint64_t>(value.count()), kTimeUnits);
}

std::vector<std::string> read_list(std::string_view text) {
  std::vector<std::string> values;
  while (!text.empty()) {
    std::string_view value = text.substr(0, text.find(','));
    text.remove_prefix(std::min(value.size() + 1, text.size()));
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    if (!value.empty()) values.emplace_back(value);
  }
  return values;
}

std::string write_list(const std::vector<std::string>& values) {
  return fmt::format("{}", fmt::join(values, ","));
}

}  // namespace quartz::server
