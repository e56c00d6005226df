#include "client/traced_request.hpp"

#include <string>

#include <gtest/gtest.h>

#include "client/request_words.hpp"
#include "quartz/client/command.hpp"

namespace quartz::client {
namespace {

/// The words of all commands, "GET k | GET l".
std::string words_of(std::string_view requests) {
  std::string text;
  for (RequestWords left(requests); !left.at_end();) {
    if (!text.empty()) text += " | ";
    const std::size_t words = left.begin_command();
    for (std::size_t i = 0; i < words; ++i) {
      if (i != 0) text += ' ';
      text += left.take();
    }
  }
  return text;
}

std::string traced(std::string_view request) {
  std::string text;
  append_traced(text, request, "parent");
  return words_of(text);
}

TEST(TracedRequests, tell_the_trace_before_the_command) {
  const std::string_view words[] = {"SET", "k", "v\r\n"};
  EXPECT_EQ(traced(encode(words).request), "QUARTZ.TRACE parent SET k v\r\n");
}

TEST(TracedRequests, of_a_batch_tell_it_before_what_runs_it) {
  const std::string batch =
      "*1\r\n$5\r\nMULTI\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$4\r\nEXEC\r\n";
  EXPECT_EQ(traced(batch), "MULTI | GET k | QUARTZ.TRACE parent EXEC");
}

}  // namespace
}  // namespace quartz::client
