#include "server/config/option_text.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

TEST(OptionText, flags_are_words) {
  for (const char* yes : {"true", "yes", "on", "1"}) EXPECT_TRUE(read_bool(yes).value()) << yes;
  for (const char* no : {"false", "no", "off", "0"}) EXPECT_FALSE(read_bool(no).value()) << no;
  for (const char* text : {"", "TRUE", "2", "true "}) {
    EXPECT_THAT(read_bool(text), FailsWith(Errc::invalid_argument)) << text;
  }
}

TEST(OptionText, numbers_keep_to_their_range) {
  EXPECT_EQ(read_number("7", 1, 9).value(), 7u);
  for (const char* text : {"", "0", "10", "-1", "+1", "1.5", "0x1", "1 ", "99999999999999999999"}) {
    EXPECT_THAT(read_number(text, 1, 9), FailsWith(Errc::invalid_argument, HasSubstr("1 to 9")))
        << text;
  }
}

TEST(OptionText, sizes_have_binary_units) {
  const std::vector<std::pair<std::string, std::uint64_t>> cases = {
      {"0", 0}, {"65536", 65536}, {"8KiB", 8192}, {"64 MiB", 64u << 20}, {"3GiB", 3ull << 30}};
  for (const auto& [text, bytes] : cases) EXPECT_EQ(read_size(text).value(), bytes) << text;
  for (const char* text : {"", "KiB", "8KB", "8kib", "-1", "1.5MiB", "99999999999GiB"}) {
    EXPECT_THAT(read_size(text), FailsWith(Errc::invalid_argument, HasSubstr("size"))) << text;
  }
}

TEST(OptionText, times_need_a_unit_unless_they_are_nothing) {
  const std::vector<std::pair<std::string, milliseconds>> cases = {
      {"0", milliseconds(0)},
      {"250ms", milliseconds(250)},
      {"10s", milliseconds(10'000)},
      {"5min", std::chrono::minutes(5)},
      {"1h", std::chrono::hours(1)}};
  for (const auto& [text, time] : cases) EXPECT_EQ(read_duration(text).value(), time) << text;
  for (const char* text : {"", "10", "10m", "s", "-1s", "1.5s", "9999999999999999h"}) {
    EXPECT_THAT(read_duration(text), FailsWith(Errc::invalid_argument, HasSubstr("time"))) << text;
  }
}

TEST(OptionText, what_is_written_is_read_as_the_same) {
  for (const std::uint64_t bytes :
       {0ull, 1ull, 1023ull, 1024ull, 1025ull, 64ull << 20, 3ull << 30}) {
    EXPECT_EQ(read_size(write_size(bytes)).value(), bytes);
  }
  for (const int count : {0, 1, 999, 1000, 1001, 60'000, 3'600'000, 90'000}) {
    EXPECT_EQ(read_duration(write_duration(milliseconds(count))).value(), milliseconds(count));
  }
  EXPECT_EQ(write_size(64u << 20), "64MiB");
  EXPECT_EQ(write_duration(milliseconds(75'000)), "75s");
}

TEST(OptionText, lists_have_commas) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(read_list("a, b,,c "), (Texts{"a", "b", "c"}));
  EXPECT_EQ(read_list(""), Texts{});
  EXPECT_EQ(read_list(write_list({"a", "b"})), (Texts{"a", "b"}));
}

}  // namespace
}  // namespace quartz::server
