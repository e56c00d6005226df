#include "storage/operation.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "quartz/storage/limits.hpp"
#include "storage/stored_value.hpp"

namespace quartz::storage {
namespace {

// Operations one after another, as a record holds them.
class Operations {
 public:
  Operations& add(OperationType type, std::string_view key, std::string_view value,
                  KeyspaceId keyspace = 0) {
    const std::size_t at = bytes_.size();
    if (type == OperationType::put) {
      bytes_.resize(at + put_bytes(key.size(), value.size(), {}));
      const std::byte* end = encode_put(bytes_.data() + at, keyspace, key, value);
      EXPECT_EQ(end, bytes_.data() + bytes_.size());
      ++count_;
      return *this;
    }
    return add_stored(type, key, value, keyspace);
  }
  // With a value that is stored as it is.
  Operations& add_stored(OperationType type, std::string_view key, std::string_view value,
                         KeyspaceId keyspace = 0) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + operation_bytes(key.size(), value.size()));
    const std::byte* end = encode_operation(bytes_.data() + at, type, keyspace, key, value);
    EXPECT_EQ(end, bytes_.data() + bytes_.size());
    ++count_;
    return *this;
  }
  // Only the fixed part, with whatever it claims.
  Operations& add_header(const OperationHeader& header) {
    const auto* from = reinterpret_cast<const std::byte*>(&header);
    bytes_.insert(bytes_.end(), from, from + kOperationHeaderBytes);
    ++count_;
    return *this;
  }
  bool well_formed() const { return storage::well_formed(bytes_, count_); }

  std::vector<std::byte> bytes_;
  std::uint32_t count_ = 0;
};

OperationHeader header_of(OperationType type) {
  return {.type = type, .flags = 0, .reserved = 0, .keyspace = 0, .key_bytes = 0, .value_bytes = 0};
}

TEST(Operation, reads_back_what_was_encoded) {
  Operations one;
  one.add(OperationType::put, "key", "the value", 77);
  const OperationView view(one.bytes_.data());
  EXPECT_EQ(view.type(), OperationType::put);
  EXPECT_EQ(view.keyspace(), 77u);
  EXPECT_EQ(view.key(), "key");
  EXPECT_EQ(value_without_trailer(view.value()), "the value");
  EXPECT_EQ(view.bytes(), one.bytes_.size());
  EXPECT_EQ(view.data(), one.bytes_.data());
}

TEST(Operation, key_and_value_may_be_empty_or_null) {
  Operations one;
  one.add(OperationType::put, std::string_view(), std::string_view());
  EXPECT_EQ(OperationView(one.bytes_.data()).key(), "");
  EXPECT_EQ(value_without_trailer(OperationView(one.bytes_.data()).value()), "");
  EXPECT_TRUE(one.well_formed());
}

TEST(Operation, can_be_read_at_any_address) {
  std::vector<std::byte> bytes(8 + operation_bytes(1, 1));
  for (std::size_t offset = 0; offset < 8; ++offset) {
    encode_operation(bytes.data() + offset, OperationType::remove_range, 5, "a", "b");
    const OperationView view(bytes.data() + offset);
    EXPECT_EQ(view.type(), OperationType::remove_range);
    EXPECT_EQ(view.keyspace(), 5u);
    EXPECT_EQ(view.key(), "a");
    EXPECT_EQ(view.value(), "b");
  }
}

TEST(Operation, has_the_documented_layout) {
  Operations one;
  one.add(OperationType::put, "k", "v", 0x00010203);
  const std::vector<unsigned char> expected = {1, 0, 0, 0, 3, 2, 1,   0,   1, 0,
                                               0, 0, 2, 0, 0, 0, 'k', 'v', 0};
  ASSERT_EQ(one.bytes_.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(std::to_integer<unsigned char>(one.bytes_[i]), expected[i]) << i;
  }
}

TEST(WellFormed, accepts_every_type_in_a_row) {
  Operations all;
  all.add(OperationType::put, "key", "value")
      .add(OperationType::remove, "key", "")
      .add(OperationType::remove_range, "a", "z")
      .add(OperationType::put, "", "", kKeyspaceIdMax);
  EXPECT_TRUE(all.well_formed());
}

TEST(WellFormed, accepts_nothing_at_all) {
  EXPECT_TRUE(well_formed({}, 0));
  EXPECT_FALSE(well_formed({}, 1));
}

TEST(WellFormed, wants_exactly_the_claimed_count) {
  Operations two;
  two.add(OperationType::put, "a", "1").add(OperationType::put, "b", "2");
  EXPECT_TRUE(well_formed(two.bytes_, 2));
  EXPECT_FALSE(well_formed(two.bytes_, 1));
  EXPECT_FALSE(well_formed(two.bytes_, 3));
  EXPECT_FALSE(well_formed(two.bytes_, 0));
}

TEST(WellFormed, refuses_every_cut) {
  Operations two;
  two.add(OperationType::put, "a", "1").add(OperationType::remove, "bcd", "");
  for (std::size_t size = 0; size < two.bytes_.size(); ++size) {
    const std::vector<std::byte> cut(two.bytes_.begin(),
                                     two.bytes_.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(well_formed(cut, 2)) << size;
  }
}

TEST(WellFormed, refuses_unknown_types) {
  for (const int type : {0, 4, 5, 255}) {
    Operations one;
    one.add_header(header_of(static_cast<OperationType>(type)));
    EXPECT_FALSE(one.well_formed()) << type;
  }
}

TEST(WellFormed, refuses_flags_and_reserved_bits) {
  OperationHeader flagged = header_of(OperationType::put);
  flagged.flags = 1;
  EXPECT_FALSE(Operations().add_header(flagged).well_formed());
  OperationHeader reserved = header_of(OperationType::put);
  reserved.reserved = 0x8000;
  EXPECT_FALSE(Operations().add_header(reserved).well_formed());
}

TEST(WellFormed, refuses_keyspaces_beyond_the_last) {
  EXPECT_FALSE(Operations().add(OperationType::put, "k", "v", kKeyspaceIdMax + 1).well_formed());
}

TEST(WellFormed, refuses_a_removal_with_a_value) {
  EXPECT_FALSE(Operations().add(OperationType::remove, "k", "v").well_formed());
}

TEST(WellFormed, holds_keys_and_the_ends_of_ranges_to_the_key_limit) {
  const std::string longest(kKeyBytesMax, 'k');
  EXPECT_TRUE(Operations().add(OperationType::put, longest, "v").well_formed());
  EXPECT_FALSE(Operations().add(OperationType::put, longest + "k", "v").well_formed());
  EXPECT_TRUE(Operations().add(OperationType::remove_range, "", longest).well_formed());
  EXPECT_FALSE(Operations().add(OperationType::remove_range, "", longest + "k").well_formed());
}

TEST(WellFormed, refuses_a_put_whose_value_has_no_attributes) {
  EXPECT_FALSE(Operations().add_stored(OperationType::put, "k", "").well_formed());
  EXPECT_FALSE(Operations().add_stored(OperationType::put, "k", "text").well_formed());
  EXPECT_FALSE(Operations().add_stored(OperationType::put, "k", "short\x80").well_formed());
  EXPECT_TRUE(Operations().add_stored(OperationType::put, "k", "text\x0F").well_formed());
}

TEST(WellFormed, refuses_lengths_beyond_the_bytes_that_are_there) {
  OperationHeader header = header_of(OperationType::put);
  header.value_bytes = 1;
  EXPECT_FALSE(Operations().add_header(header).well_formed());
  header.value_bytes = 0xFFFFFFFF;
  header.key_bytes = 0xFFFFFFFF;
  EXPECT_FALSE(Operations().add_header(header).well_formed());
  header.key_bytes = 0;
  header.value_bytes = static_cast<std::uint32_t>(kValueBytesMax);
  EXPECT_FALSE(Operations().add_header(header).well_formed());
}

}  // namespace
}  // namespace quartz::storage
