#include "storage/log_format.hpp"

#include <cstring>
#include <span>

#include <gtest/gtest.h>

#include "base/crc32c.hpp"

namespace quartz::storage {
namespace {

TEST(LogFormat, records_are_rounded_up_to_eight_bytes) {
  EXPECT_EQ(record_bytes(16), 48u);
  EXPECT_EQ(record_bytes(17), 56u);
  EXPECT_EQ(record_bytes(24), 56u);
}

TEST(LogFormat, every_bit_of_a_record_header_counts) {
  RecordHeader header{.operations_bytes = 100,
                      .crc32c = 0,
                      .segment_id = 7,
                      .operation_count = 2,
                      .first_sequence = 1000,
                      .synced_through = 4096};
  const std::uint32_t crc = record_crc(header, 0x1234);
  EXPECT_NE(crc, record_crc(header, 0x1235));
  for (std::size_t bit = 0; bit < 8 * kRecordHeaderBytes; ++bit) {
    RecordHeader flipped = header;
    reinterpret_cast<unsigned char*>(&flipped)[bit / 8] ^=
        static_cast<unsigned char>(1u << (bit % 8));
    const bool in_checksum = bit / 32 == 1;
    EXPECT_EQ(record_crc(flipped, 0x1234) == crc, in_checksum) << bit;
  }
}

TEST(LogFormat, the_record_checksum_is_that_of_operations_then_header_without_it) {
  const std::array<std::byte, 3> operations = {std::byte{1}, std::byte{2}, std::byte{3}};
  const RecordHeader header{.operations_bytes = 3,
                            .crc32c = 0xFFFFFFFF,
                            .segment_id = 1,
                            .operation_count = 1,
                            .first_sequence = 1,
                            .synced_through = 0};
  std::array<std::byte, 31> whole;
  std::memcpy(whole.data(), operations.data(), 3);
  std::memcpy(whole.data() + 3, &header.operations_bytes, 4);
  std::memcpy(whole.data() + 7, &header.segment_id, 24);
  EXPECT_EQ(record_crc(header, crc32c(operations)), crc32c(whole));
}

TEST(LogFormat, every_bit_of_a_segment_header_counts) {
  SegmentHeader header{};
  header.magic = kSegmentMagic;
  const std::uint32_t crc = segment_header_crc(header);
  for (std::size_t bit = 0; bit < 8 * offsetof(SegmentHeader, crc32c); ++bit) {
    SegmentHeader flipped = header;
    reinterpret_cast<unsigned char*>(&flipped)[bit / 8] ^=
        static_cast<unsigned char>(1u << (bit % 8));
    EXPECT_NE(segment_header_crc(flipped), crc) << bit;
  }
  header.crc32c = crc;
  EXPECT_EQ(segment_header_crc(header), crc);
}

}  // namespace
}  // namespace quartz::storage
