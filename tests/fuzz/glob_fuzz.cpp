// A pattern, in front of the first newline, and a text behind it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "protocol/glob.hpp"

using quartz::protocol::glob_prefix;
using quartz::protocol::matches_glob;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t newline = input.find('\n');
  if (newline == std::string_view::npos || size > 4096) return 0;
  const std::string_view pattern = input.substr(0, newline);
  const std::string_view text = input.substr(newline + 1);
  const bool matches = matches_glob(pattern, text);
  if (matches) QUARTZ_CHECK(text.starts_with(glob_prefix(pattern)));
  // A star in front takes nothing or everything, so that it takes no match away.
  const std::string with_star = "*" + std::string(pattern);
  if (matches) QUARTZ_CHECK(matches_glob(with_star, text));
  QUARTZ_CHECK(matches_glob(with_star, "x" + std::string(text)) || !matches);
  return 0;
}
