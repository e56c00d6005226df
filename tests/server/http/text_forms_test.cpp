#include <string>
#include <zlib.h>
#include <zstd.h>

#include <brotli/decode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/http/content_coding.hpp"
#include "server/http/entity_tag.hpp"
#include "server/http/json_bytes.hpp"
#include "server/http/media_type.hpp"
#include "server/http/percent_encoding.hpp"
#include "server/http/request_id.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::Contains;
using testing::Pair;

TEST(PercentEncoding, every_byte_comes_back) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  EXPECT_EQ(percent_decoded(percent_encoded(bytes)), bytes);
  EXPECT_EQ(percent_encoded("a/b ~"), "a%2Fb%20~");
}

TEST(PercentEncoding, malformed_escapes_are_nothing) {
  for (const char* text : {"%", "%4", "%g0", "%0g", "a%"}) {
    EXPECT_EQ(percent_decoded(text), std::nullopt) << text;
    EXPECT_EQ(parse_query(std::string("a=") + text), std::nullopt) << text;
  }
}

TEST(PercentEncoding, a_query_is_names_and_values) {
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(parse_query("a=1&b=x+y%2B&&c&d=e=f"),
            (Parameters{{"a", "1"}, {"b", "x y+"}, {"c", ""}, {"d", "e=f"}}));
  EXPECT_EQ(parse_query(""), Parameters{});
  EXPECT_EQ(percent_decoded("a+b"), "a+b");
}

TEST(MediaType, the_alternative_is_wanted_only_by_name) {
  constexpr std::string_view kOther = "application/json";
  constexpr std::string_view kUsual = "application/octet-stream";
  for (const char* accept : {"application/json", "APPLICATION/JSON", "application/json, */*",
                             "text/html;q=0.5 , application/json;q=0.4",
                             "application/octet-stream;q=0.2, application/json; q=0.3"}) {
    EXPECT_TRUE(prefers(accept, kOther, kUsual)) << accept;
  }
  for (const char* accept :
       {"", "*/*", "application/*", "application/json;q=0", "application/octet-stream",
        "application/json;q=0.5, application/octet-stream", "application/json;q=0.5, */*"}) {
    EXPECT_FALSE(prefers(accept, kOther, kUsual)) << accept;
  }
}

TEST(ContentCoding, zstd_goes_before_brotli_before_gzip_before_nothing) {
  EXPECT_EQ(choose_coding("gzip, deflate, br, zstd"), ContentCoding::zstd);
  EXPECT_EQ(choose_coding("gzip, deflate, BR"), ContentCoding::brotli);
  EXPECT_EQ(choose_coding("gzip, zstd;q=0"), ContentCoding::gzip);
  EXPECT_EQ(choose_coding("*"), ContentCoding::zstd);
  EXPECT_EQ(choose_coding("*, zstd;q=0.000"), ContentCoding::brotli);
  EXPECT_EQ(choose_coding("deflate, identity"), ContentCoding::identity);
  EXPECT_EQ(choose_coding("gzip;q=0, *;q=0"), ContentCoding::identity);
  EXPECT_EQ(choose_coding(""), ContentCoding::identity);
}

Response text_of(std::size_t bytes) {
  return {.content_type = kJson, .body = std::string(bytes, 'x')};
}

TEST(ContentCoding, weights_come_before_preferences) {
  EXPECT_EQ(choose_coding("gzip;q=1.0, zstd;q=0.1"), ContentCoding::gzip);
  EXPECT_EQ(choose_coding("gzip;q=0.8, br; q=0.81, zstd;q=0.805"), ContentCoding::brotli);
  EXPECT_EQ(choose_coding("gzip;q=0.5, br;q=0.5"), ContentCoding::brotli);
  EXPECT_EQ(choose_coding("gzip;q=0.001, *;q=0"), ContentCoding::gzip);
  EXPECT_EQ(choose_coding("gzip;q=nonsense, zstd;q=0.9"), ContentCoding::gzip);
  EXPECT_EQ(choose_coding("*;q=0.5, gzip"), ContentCoding::gzip);
}

TEST(ContentCoding, what_brotli_makes_can_be_read_again) {
  const std::string text(10'000, 'x');
  Response response{.status = 200, .content_type = kJson, .body = text};
  encode_body(response, "br");
  EXPECT_THAT(response.headers, Contains(Pair("Content-Encoding", "br")));
  std::string decoded(text.size(), '\0');
  std::size_t size = decoded.size();
  ASSERT_EQ(::BrotliDecoderDecompress(response.body.size(),
                                      reinterpret_cast<const std::uint8_t*>(response.body.data()),
                                      &size, reinterpret_cast<std::uint8_t*>(decoded.data())),
            BROTLI_DECODER_RESULT_SUCCESS);
  EXPECT_EQ(decoded.substr(0, size), text);
}

TEST(ContentCoding, what_is_coded_can_be_decoded) {
  const std::string body(100'000, 'x');
  Response response = text_of(body.size());
  encode_body(response, "zstd");
  EXPECT_THAT(response.headers, Contains(Pair("Content-Encoding", "zstd")));
  std::string decoded(body.size(), '\0');
  EXPECT_EQ(
      ::ZSTD_decompress(decoded.data(), decoded.size(), response.body.data(), response.body.size()),
      body.size());
  EXPECT_EQ(decoded, body);

  response = text_of(body.size());
  encode_body(response, "gzip");
  z_stream stream = {};
  ASSERT_EQ(::inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(response.body.data());
  stream.avail_in = static_cast<uInt>(response.body.size());
  stream.next_out = reinterpret_cast<Bytef*>(decoded.data());
  stream.avail_out = static_cast<uInt>(decoded.size());
  EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
  ::inflateEnd(&stream);
  EXPECT_EQ(decoded, body);
}

TEST(ContentCoding, small_bodies_bytes_and_tagged_ones_are_left_alone) {
  Response small = text_of(kCodedBodyBytesMin - 1);
  encode_body(small, "zstd");
  EXPECT_TRUE(small.headers.empty());
  Response bytes{.content_type = kBytes, .body = std::string(5000, 'x')};
  encode_body(bytes, "zstd");
  EXPECT_EQ(bytes.body.size(), 5000u);
  Response tagged = text_of(5000);
  tagged.with("ETag", "\"t\"");
  encode_body(tagged, "zstd");
  EXPECT_EQ(tagged.body.size(), 5000u);
}

TEST(EntityTag, differs_with_the_value_and_only_with_it) {
  EXPECT_EQ(entity_tag("a"), entity_tag("a"));
  EXPECT_NE(entity_tag("a"), entity_tag("b"));
  EXPECT_NE(entity_tag(""), entity_tag(std::string(1, '\0')));
  EXPECT_EQ(entity_tag("a").size(), 34u);
}

TEST(EntityTag, lists_are_searched_for_strong_tags) {
  EXPECT_TRUE(matches_entity_tag("\"a\"", "\"a\""));
  EXPECT_TRUE(matches_entity_tag("\"b\" , \"a\"", "\"a\""));
  EXPECT_TRUE(matches_entity_tag("*", "\"a\""));
  for (const char* list : {"", "\"b\"", "W/\"a\"", "a", "\"a"}) {
    EXPECT_FALSE(matches_entity_tag(list, "\"a\"")) << list;
  }
}

TEST(JsonBytes, text_is_text_and_everything_else_base64) {
  std::string json;
  append_json_bytes(json, "a\"\n");
  append_json_bytes(json, "\xFF");
  EXPECT_EQ(json, R"("a\"\n"{"b64":"/w=="})");
}

TEST(JsonBytes, deep_nesting_is_refused) {
  EXPECT_THAT(value_of_json(std::string(100'000, '[')), FailsWith(Errc::invalid_argument));
}

TEST(RequestId, is_sane_or_made) {
  for (const char* id : {"a", "A-b_c.9"}) EXPECT_TRUE(is_sane_request_id(id)) << id;
  for (const char* id : {"", "a b", "a\"", "a\\", "\xC3\xBC", "a/b"}) {
    EXPECT_FALSE(is_sane_request_id(id)) << id;
  }
  EXPECT_FALSE(is_sane_request_id(std::string(129, 'a')));
  EXPECT_TRUE(is_sane_request_id(make_request_id()));
  EXPECT_NE(make_request_id(), make_request_id());
}

}  // namespace
}  // namespace quartz::server
