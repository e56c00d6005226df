#include "vector/payload_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace quartz::vector {
namespace {

using protocol::Number;

// What is left of `text` after one value was skipped; nothing if it was none.
std::optional<std::string> rest_behind_value(std::string_view text) {
  PayloadReader reader(text);
  if (!reader.skip_value()) return std::nullopt;
  std::string rest;
  for (; reader.peek() != '\0'; reader.advance()) rest += reader.peek();
  return rest;
}

std::optional<Number> number(std::string_view text) {
  PayloadReader reader(text);
  reader.peek();
  Number number;
  if (!reader.read_number(number)) return std::nullopt;
  return number;
}

std::string text_of(std::string_view quoted) {
  PayloadReader reader(quoted);
  EXPECT_EQ(reader.peek(), '"');
  JsonString string;
  EXPECT_TRUE(reader.read_string(string)) << quoted;
  std::string scratch;
  return std::string(string.text(scratch));
}

TEST(PayloadReader, steps_over_whole_values) {
  for (const char* value :
       {"1", "-0.5e+10", "true", "null", "\"\"", R"("a\"]}\\")", "{}", "[]",
        R"({"a": [1, "]"], "b": {"c": "}\""}})", R"([[[], "\\"], {"x": "[{"}])"}) {
    for (const char* rest : {"", ",", "]", "}"}) {
      EXPECT_EQ(rest_behind_value(std::string(" \n") + value + rest), rest) << value;
    }
  }
}

TEST(PayloadReader, notices_values_that_end_too_early) {
  for (const char* text :
       {"", "  ", "\"", "\"a\\", "\"a\\\"", "[", "[1, {}", "{\"a\": \"]}", ",", "}"}) {
    EXPECT_EQ(rest_behind_value(text), std::nullopt) << text;
  }
}

TEST(PayloadReader, numbers_of_few_digits_are_read_as_those_of_many_are) {
  const std::vector<std::string> texts = {"0",
                                          "-0",
                                          "7",
                                          "-7",
                                          "999999999999999",
                                          "-999999999999999",
                                          "1000000000000000",
                                          "9007199254740993",
                                          "18446744073709551615",
                                          "-9223372036854775808",
                                          "123456789012345678901234567890",
                                          "1.5",
                                          "-1e3",
                                          "0.000001",
                                          "12E-2"};
  for (const std::string& text : texts) {
    const auto expected = Number::of(protocol::parse_number(text).value());
    EXPECT_EQ(number(text), expected) << text;
    EXPECT_EQ(number(text + "]"), expected) << text;
    EXPECT_EQ(number(text + " ,"), expected) << text;
  }
}

TEST(PayloadReader, what_is_no_number_is_refused) {
  for (const char* text : {"", "-", "-]", "x", "1x", "1.", "1e", "--1", "1e999", "1-2"}) {
    EXPECT_EQ(number(text), std::nullopt) << text;
  }
}

TEST(PayloadReader, escapes_of_a_string_are_resolved) {
  EXPECT_EQ(text_of(R"("plain")"), "plain");
  EXPECT_EQ(text_of(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(text_of(R"("a\u0000b\u00e9\uD83E\uDD80c")"), std::string("a\0bé🦀c", 10));
}

TEST(PayloadReader, a_string_with_a_broken_escape_stands_for_itself) {
  EXPECT_EQ(text_of(R"("a\u12")"), R"(a\u12)");
  EXPECT_EQ(text_of(R"("\uD83E")"), R"(\uD83E)");
}

}  // namespace
}  // namespace quartz::vector
