#include "protocol/base64.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace quartz::protocol {
namespace {

std::string every_byte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

TEST(Base64, is_that_of_rfc_4648) {
  // The RFC's own examples.
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, bytes_of_any_length_come_back) {
  for (std::size_t length = 0; length <= 256; ++length) {
    const std::string bytes = every_byte().substr(0, length);
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes) << length;
    EXPECT_EQ(from_base64_url(to_base64_url(bytes)), bytes) << length;
  }
}

TEST(Base64, has_one_text_for_each_value) {
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "====", "Z===", "Zg==Zg==", "Zm 9"}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
  for (const char* text : {"Z", "Zh", "Zg==", "Zm9v+w", "Zm 9"}) {
    EXPECT_EQ(from_base64_url(text), std::nullopt) << text;
  }
}

TEST(Base64, the_form_for_addresses_needs_no_escape) {
  EXPECT_EQ(to_base64("\xFB\xFF\xFE"), "+//+");
  EXPECT_EQ(to_base64_url("\xFB\xFF\xFE"), "-__-");
  EXPECT_EQ(to_base64_url("f"), "Zg");
  EXPECT_EQ(from_base64_url("Zg"), "f");
}

}  // namespace
}  // namespace quartz::protocol
