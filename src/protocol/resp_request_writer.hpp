#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

namespace quartz::protocol {

/// Appends the line `<type><number>\r\n` that a length is told by.
inline void append_length(std::string& to, char type, std::size_t number) {
  std::array<char, 24> line;
  line[0] = type;
  const auto end = std::to_chars(line.data() + 1, line.data() + line.size(), number).ptr;
  to.append(line.data(), end).append("\r\n");
}

/// Appends a request of the Redis protocol: an array of bulk strings. `Words`: a sized range of
/// strings.
template <class Words>
void append_request(std::string& to, const Words& words) {
  append_length(to, '*', std::size(words));
  for (const std::string_view word : words) {
    append_length(to, '$', word.size());
    to.append(word).append("\r\n");
  }
}

}  // namespace quartz::protocol
