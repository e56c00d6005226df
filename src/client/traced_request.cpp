#include "client/traced_request.hpp"

#include <cstddef>
#include <iterator>

#include <fmt/format.h>

#include "client/request_words.hpp"

namespace quartz::client {
namespace {

constexpr std::string_view kExec = "*1\r\n$4\r\nEXEC\r\n";

}  // namespace

void append_traced(std::string& to, std::string_view request, std::string_view traceparent) {
  constexpr std::string_view kMulti = "*1\r\n$5\r\nMULTI\r\n";
  if (request.starts_with(kMulti) && request.ends_with(kExec)) {
    to += request.substr(0, request.size() - kExec.size());
    request = kExec;
  }
  constexpr std::size_t kOwnWords = 2;
  RequestWords words(request);
  const std::size_t count = words.begin_command();
  fmt::format_to(std::back_inserter(to), "*{}\r\n$12\r\nQUARTZ.TRACE\r\n${}\r\n{}\r\n",
                 count + kOwnWords, traceparent.size(), traceparent);
  to += words.rest();
}

}  // namespace quartz::client
