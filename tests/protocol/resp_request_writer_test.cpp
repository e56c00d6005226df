#include "protocol/resp_request_writer.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace quartz::protocol {
namespace {

using namespace std::string_literals;

TEST(RespRequestWriter, writes_an_array_of_bulk_strings_behind_what_is_there) {
  std::string request = "before ";
  append_request(request, std::vector<std::string>{"SET", "", "a\0b"s});
  EXPECT_EQ(request, "before *3\r\n$3\r\nSET\r\n$0\r\n\r\n$3\r\na\0b\r\n"s);
}

TEST(RespRequestWriter, takes_any_words) {
  std::string request;
  append_request(request, std::vector<std::string_view>{"PING"});
  EXPECT_EQ(request, "*1\r\n$4\r\nPING\r\n");
}

}  // namespace
}  // namespace quartz::protocol
