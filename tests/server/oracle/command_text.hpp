#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {

/// A request as a person would type it.
inline std::string text_of_command(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    const bool plain = !word.empty() && word.find_first_of(" \"\r\n") == std::string::npos;
    text += (text.empty() ? "" : " ") + (plain ? word : "\"" + word + "\"");
  }
  return text;
}

inline std::string lower_case(std::string_view word) {
  std::string lower(word);
  std::ranges::transform(lower, lower.begin(), to_lower);
  return lower;
}

}  // namespace quartz::server
