#pragma once

#include <iterator>
#include <string>
#include <string_view>

#include "protocol/resp_number_line.hpp"

namespace quartz::protocol {

/// Appends a request of the Redis protocol: an array of bulk strings. `Words`: a sized range of
/// strings.
template <class Words>
void append_request(std::string& to, const Words& words) {
  append_number_line(to, '*', std::size(words));
  for (const std::string_view word : words) {
    append_number_line(to, '$', word.size());
    to.append(word).append("\r\n");
  }
}

}  // namespace quartz::protocol
