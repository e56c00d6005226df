#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace quartz::protocol {

inline constexpr std::string_view kLineEnd = "\r\n";

/// Appends the line `<type><number>\r\n` that the Redis protocol tells lengths and integers by.
template <std::integral Number>
void append_number_line(std::string& to, char type, Number number) {
  std::array<char, 24> line;  // A sign, 20 digits, and what is around them.
  line[0] = type;
  if (number >= 0 && number <= 9) {  // As most are, and not worth a call.
    line[1] = static_cast<char>('0' + number);
    line[2] = '\r';
    line[3] = '\n';
    to.append(line.data(), 4);
    return;
  }
  char* end = std::to_chars(line.data() + 1, line.data() + line.size() - 2, number).ptr;
  *end++ = '\r';
  *end++ = '\n';
  to.append(line.data(), end);
}

}  // namespace quartz::protocol
