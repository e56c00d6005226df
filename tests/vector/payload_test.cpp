#include "vector/payload.hpp"

#include <string>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

#include "base/random.hpp"
#include "quartz/vector/payload_limits.hpp"
#include "support/result_matchers.hpp"
#include "vector/random_payload.hpp"

namespace quartz::vector {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

auto fails_at(std::size_t offset, const std::string& message) {
  return FailsWith(
      Errc::invalid_argument,
      AllOf(StartsWith("payload: at offset " + std::to_string(offset) + ": "), HasSubstr(message)));
}

std::string nested(std::size_t depth) {
  std::string text = "1";
  for (std::size_t i = 1; i < depth; ++i) text = "[" + text + "]";
  return "{\"a\":" + text + "}";
}

TEST(Payload, is_a_json_object) {
  for (const char* text :
       {"{}", " { } ", R"({"a":1})", R"({"":""})",
        "{\"a\": [1, -2.5e+3, true, false, null, \"x\"]}\n", R"({"a": {"a": {"b": []}}, "b": {}})",
        R"({"größe": "\"\\\/\b\f\n\r\t\u00e9\uD83E\uDD80"})"}) {
    EXPECT_THAT(validate_payload(text), Succeeds()) << text;
  }
}

TEST(Payload, anything_else_is_refused_with_its_place) {
  EXPECT_THAT(validate_payload(""), fails_at(0, "a payload is a JSON object, found the end"));
  EXPECT_THAT(validate_payload("[]"), fails_at(0, "a payload is a JSON object, found '['"));
  EXPECT_THAT(validate_payload("null"), fails_at(0, "found 'n'"));
  EXPECT_THAT(validate_payload("{} x"), fails_at(3, "expected the end behind the object"));
  EXPECT_THAT(validate_payload("{}{}"), fails_at(2, "expected the end"));
  EXPECT_THAT(validate_payload("{"), fails_at(1, "expected a name in double quotes"));
  EXPECT_THAT(validate_payload("{a: 1}"), fails_at(1, "found 'a'"));
  EXPECT_THAT(validate_payload("{'a': 1}"), fails_at(1, "in double quotes"));
  EXPECT_THAT(validate_payload(R"({"a"})"), fails_at(4, "expected ':' behind the name"));
  EXPECT_THAT(validate_payload(R"({"a":})"), fails_at(5, "expected a value, found '}'"));
  EXPECT_THAT(validate_payload(R"({"a":1,})"), fails_at(7, "expected a name"));
  EXPECT_THAT(validate_payload(R"({"a":1 "b":2})"), fails_at(7, "expected ',' or '}'"));
  EXPECT_THAT(validate_payload(R"({"a":[1 2]})"), fails_at(8, "expected ',' or ']'"));
  EXPECT_THAT(validate_payload(R"({"a":[1,]})"), fails_at(8, "expected a value"));
  EXPECT_THAT(validate_payload(R"({"a":[1})"), fails_at(7, "expected ',' or ']'"));
  EXPECT_THAT(validate_payload(R"({"a":tru})"), fails_at(5, "expected a value"));
  EXPECT_THAT(validate_payload(R"({"a":True})"), fails_at(5, "found 'T'"));
  EXPECT_THAT(validate_payload(R"({"a":nullx})"), fails_at(9, "expected ',' or '}'"));
  EXPECT_THAT(validate_payload(R"({"a":1}/**/)"), fails_at(7, "found '/'"));
}

TEST(Payload, numbers_are_those_of_json_within_the_range_of_doubles) {
  for (const char* number :
       {"0", "-0", "10", "1.5", "1e5", "1E-5", "18446744073709551615", "-9223372036854775808",
        "123456789012345678901234567890", "1.7976931348623157e308", "1e-400", "5e-324"}) {
    EXPECT_THAT(validate_payload("{\"a\":" + std::string(number) + "}"), Succeeds()) << number;
  }
  EXPECT_THAT(validate_payload(R"({"a":01})"), fails_at(6, "expected ',' or '}'"));
  EXPECT_THAT(validate_payload(R"({"a":+1})"), fails_at(5, "expected a value"));
  EXPECT_THAT(validate_payload(R"({"a":.5})"), fails_at(5, "expected a value"));
  EXPECT_THAT(validate_payload(R"({"a":1.})"), fails_at(6, "expected ',' or '}'"));
  EXPECT_THAT(validate_payload(R"({"a":1e})"), fails_at(6, "expected ',' or '}'"));
  EXPECT_THAT(validate_payload(R"({"a":-})"), fails_at(5, "expected a value"));
  EXPECT_THAT(validate_payload(R"({"a":NaN})"), fails_at(5, "expected a value"));
  EXPECT_THAT(validate_payload(R"({"a":1e309})"), fails_at(5, "too large for a double"));
  EXPECT_THAT(validate_payload("{\"a\":" + std::string(100'000, '9') + "}"),
              fails_at(5, "too large for a double"));
}

TEST(Payload, strings_are_closed_escaped_and_without_control_characters) {
  EXPECT_THAT(validate_payload(R"({"a":"x)"), fails_at(5, "never closed"));
  EXPECT_THAT(validate_payload(R"({"a)"), fails_at(1, "never closed"));
  EXPECT_THAT(validate_payload(R"({"a":"\q"})"), fails_at(6, "unknown escape"));
  EXPECT_THAT(validate_payload(R"({"a":"\)"), fails_at(6, "unknown escape"));
  EXPECT_THAT(validate_payload(R"({"a":"\u12g4"})"), fails_at(6, "four hexadecimal digits"));
  EXPECT_THAT(validate_payload(R"({"a":"\uD83E"})"), fails_at(6, "surrogate"));
  EXPECT_THAT(validate_payload(R"({"a":"\uDD80\uD83E"})"), fails_at(6, "surrogate"));
  EXPECT_THAT(validate_payload("{\"a\":\"x\ny\"}"), fails_at(7, "control character"));
  EXPECT_THAT(validate_payload(std::string("{\"a\":\"\0\"}", 9)), fails_at(6, "control character"));
  EXPECT_THAT(validate_payload(std::string("{\"a\":\0}", 7)), fails_at(5, "found '?'"));
  EXPECT_THAT(validate_payload(std::string("{}\0", 3)), fails_at(2, "expected the end"));
}

TEST(Payload, text_is_utf8) {
  EXPECT_THAT(validate_payload("{\"a\":\"\xFF\"}"), fails_at(6, "not UTF-8"));
  EXPECT_THAT(validate_payload("{\"a\":\"\xED\xA0\x80\"}"), fails_at(6, "not UTF-8"));
  EXPECT_THAT(validate_payload("{\"a\":\"\xC0\x80\"}"), fails_at(6, "not UTF-8"));
  EXPECT_THAT(validate_payload("\xEF\xBB\xBF{}"), fails_at(0, "expected '{'"));
}

TEST(Payload, a_name_stands_in_an_object_once_however_it_is_written) {
  EXPECT_THAT(validate_payload(R"({"a":1,"b":2,"a":3})"), fails_at(13, "the name 'a' twice"));
  EXPECT_THAT(validate_payload(R"({"a":1,"\u0061":2})"), fails_at(7, "the name 'a' twice"));
  EXPECT_THAT(validate_payload(R"({"x":{"b":1,"a":1,"b":1,"a":1}})"), fails_at(18, "'b' twice"));
  EXPECT_THAT(validate_payload(R"({"x":[{"a":1},{"a":1}],"a":{"a":{"a":1}}})"), Succeeds());
  EXPECT_THAT(validate_payload(R"({"a":1,"b":{"c":1},"c":2})"), Succeeds());
}

TEST(Payload, many_names_are_compared_in_little_time) {
  std::string text = "{";
  for (int i = 0; i < 50'000; ++i) text += "\"name" + std::to_string(i) + "\":1,";
  EXPECT_THAT(validate_payload(text + "\"last\":1}"), Succeeds());
  EXPECT_THAT(validate_payload(text + "\"name7\":1}"),
              FailsWith(Errc::invalid_argument, HasSubstr("'name7' twice")));
}

TEST(Payload, nesting_is_limited) {
  EXPECT_THAT(validate_payload(nested(kPayloadDepthMax)), Succeeds());
  EXPECT_THAT(validate_payload(nested(kPayloadDepthMax + 1)),
              FailsWith(Errc::too_large, StartsWith("payload: at offset 36: nested more than 32")));
  EXPECT_THAT(validate_payload("{\"a\":" + std::string(500'000, '[')), FailsWith(Errc::too_large));
}

TEST(Payload, size_is_limited) {
  const std::string text = "{\"a\":\"" + std::string(kPayloadBytesMax - 8, 'x') + "\"}";
  EXPECT_THAT(validate_payload(text), Succeeds());
  EXPECT_THAT(validate_payload(text + " "),
              FailsWith(Errc::too_large, HasSubstr("1048577 bytes, and at most 1048576")));
}

// Whether somebody else's parser takes it, by the rules that both share.
bool boost_takes(const std::string& text) {
  boost::json::error_code failure;
  boost::json::parse_options options;
  options.max_depth = kPayloadDepthMax;
  const auto value =
      boost::json::parse(boost::json::string_view(text.data(), text.size()), failure, {}, options);
  return !failure && value.is_object();
}

TEST(Payload, valid_ones_are_taken_and_cut_or_changed_ones_judged_as_another_parser_does) {
  Random random(5);
  const auto vocabulary = everyday_vocabulary();
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random_payload(random, vocabulary);
    ASSERT_THAT(validate_payload(text), Succeeds()) << text;
    ASSERT_TRUE(boost_takes(text)) << text;
    for (auto changes = 1 + random.below(2); changes > 0 && !text.empty(); --changes) {
      const std::size_t at = random.below(text.size());
      if (random.one_in(2)) {
        text.erase(at, 1 + random.below(3));
      } else {
        text[at] = random.one_in(2) ? static_cast<char>(random.below(256))
                                    : "{}[]\",:\\ux0123e.-+"[random.below(19)];
      }
    }
    const auto judged = validate_payload(text);
    // Only these are our own: the other parser keeps the last of two names and infinite numbers.
    if (!judged && judged.error().message().find("twice") != std::string::npos) continue;
    if (!judged && judged.error().message().find("double") != std::string::npos &&
        judged.error().message().find("too large") != std::string::npos) {
      continue;
    }
    ASSERT_EQ(judged.has_value(), boost_takes(text)) << text << "\n"
                                                     << testing::PrintToString(judged);
  }
}

}  // namespace
}  // namespace quartz::vector
