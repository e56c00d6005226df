// The text of a filter, in front of the first newline, and a payload behind it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "quartz/vector/filter.hpp"
#include "quartz/vector/filter_limits.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t newline = input.find('\n');
  const std::string_view payload =
      newline == std::string_view::npos ? std::string_view() : input.substr(newline + 1);
  const auto filter = quartz::Filter::parse(input.substr(0, newline));
  if (!filter) return 0;
  QUARTZ_CHECK(filter->validate().has_value());
  const std::string text = filter->to_string();
  if (text.size() <= quartz::kFilterTextBytesMax) {
    const auto again = quartz::Filter::parse(text);
    QUARTZ_CHECK(again.has_value() && *again == *filter);
  }
  const auto matches = filter->matches("id", payload);
  const auto others = (!*filter).matches("id", payload);
  QUARTZ_CHECK(matches.has_value() == others.has_value());
  if (matches) QUARTZ_CHECK(*matches != *others);
  return 0;
}
