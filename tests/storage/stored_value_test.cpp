#include "storage/stored_value.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string stored(std::string_view value, const RowAttributes& attributes) {
  std::string bytes(value);
  bytes.resize(value.size() + trailer_bytes(attributes));
  auto* const begin = reinterpret_cast<std::byte*>(bytes.data());
  EXPECT_EQ(encode_trailer(begin + value.size(), attributes), begin + bytes.size());
  return bytes;
}

ExpiryTime at(std::int64_t count) { return ExpiryTime(milliseconds(count)); }

TEST(StoredValue, reads_back_what_was_encoded) {
  for (const std::string& value : {std::string(), std::string("v"), std::string(300, '\xFF')}) {
    for (const RowAttributes& attributes :
         {RowAttributes{}, RowAttributes{.kind = 1}, RowAttributes{.kind = kRowKindMax},
          RowAttributes{.expires_at = at(0)}, RowAttributes{.expires_at = at(1234567890123)},
          RowAttributes{.expires_at = kExpiryTimeMax, .kind = kRowKindMax}}) {
      const std::string bytes = stored(value, attributes);
      const auto decoded = decode_stored_value(bytes);
      ASSERT_TRUE(decoded.has_value());
      EXPECT_EQ(decoded->value, value);
      EXPECT_EQ(decoded->value.data(), bytes.data());  // No copy.
      EXPECT_EQ(decoded->attributes, attributes);
      EXPECT_EQ(value_without_trailer(bytes), value);
    }
  }
}

TEST(StoredValue, has_the_documented_layout) {
  using namespace std::string_literals;
  EXPECT_EQ(stored("v", {}), "v\0"s);
  EXPECT_EQ(stored("v", {.kind = 5}), "v\x05"s);
  EXPECT_EQ(stored("v", {.expires_at = at(0x0102030405060708), .kind = 2}),
            "v\x08\x07\x06\x05\x04\x03\x02\x01\x82"s);
}

TEST(StoredValue, is_malformed_without_a_trailer) {
  EXPECT_FALSE(decode_stored_value({}).has_value());
  EXPECT_FALSE(decode_stored_value("\x80").has_value());
  EXPECT_FALSE(decode_stored_value("1234567\x80").has_value());
  EXPECT_TRUE(decode_stored_value(std::string(8, '\0') + "\x80").has_value());
}

TEST(StoredValue, is_malformed_with_a_reserved_bit) {
  for (const unsigned bit : {0x10u, 0x20u, 0x40u}) {
    for (const unsigned flags : {bit, bit | 0x80u, bit | 0x8Fu}) {
      const std::string bytes = std::string(8, '\0') + static_cast<char>(flags);
      EXPECT_FALSE(decode_stored_value(bytes).has_value()) << flags;
    }
  }
}

TEST(StoredValue, is_malformed_with_a_time_beyond_the_limit) {
  std::string bytes = stored("v", {.expires_at = kExpiryTimeMax});
  EXPECT_TRUE(decode_stored_value(bytes).has_value());
  ++bytes[1];
  EXPECT_FALSE(decode_stored_value(bytes).has_value());
  bytes = stored("v", {.expires_at = at(0)});
  bytes[8] = '\x80';  // What a time before the epoch would look like.
  EXPECT_FALSE(decode_stored_value(bytes).has_value());
}

TEST(StoredValue, of_a_put_is_counted_whole_by_its_header) {
  const RowAttributes attributes{.expires_at = at(77), .kind = 3};
  std::vector<std::byte> bytes(put_bytes(3, 5, attributes));
  const std::byte* end = encode_put(bytes.data(), 42, "key", "value", attributes);
  EXPECT_EQ(end, bytes.data() + bytes.size());
  const OperationView operation(bytes.data());
  EXPECT_EQ(operation.bytes(), bytes.size());
  EXPECT_EQ(operation.keyspace(), 42u);
  EXPECT_EQ(operation.key(), "key");
  EXPECT_EQ(operation.value(), stored("value", attributes));
  EXPECT_TRUE(well_formed(bytes, 1));
}

TEST(StoredValue, of_a_put_may_be_empty_or_null) {
  std::vector<std::byte> bytes(put_bytes(0, 0, {}));
  encode_put(bytes.data(), 0, {}, {});
  EXPECT_EQ(value_without_trailer(OperationView(bytes.data()).value()), "");
  EXPECT_TRUE(well_formed(bytes, 1));
}

TEST(StoredValue, that_is_malformed_names_its_row_in_printable_characters) {
  const Error error = malformed_value("orders", std::string("a\x01z"));
  EXPECT_EQ(error.code(), Errc::corruption);
  EXPECT_THAT(error.message(), AllOf(HasSubstr("orders"), HasSubstr("a\\x01z")));
  const Error long_key = malformed_value("orders", std::string(1000, 'k'));
  EXPECT_THAT(long_key.message(), Not(HasSubstr(std::string(65, 'k'))));
}

}  // namespace
}  // namespace quartz::storage
