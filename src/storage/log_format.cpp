#include "storage/log_format.hpp"

#include <span>

#include "base/coding.hpp"
#include "base/crc32c.hpp"

namespace quartz::storage {

std::uint32_t record_crc(const RecordHeader& header, std::uint32_t operations_crc) noexcept {
  // The 28 bytes around the field, put together in words: the checksum reads words, and reading one
  // that was just written in two parts costs more than the checksum itself.
  const auto high = [](std::uint64_t word) { return word << 32; };
  std::array<std::byte, kRecordHeaderBytes - sizeof(header.crc32c)> covered;
  store<std::uint64_t>(covered.data(), header.operations_bytes | high(header.segment_id));
  store<std::uint64_t>(covered.data() + 8, header.operation_count | high(header.first_sequence));
  store<std::uint64_t>(covered.data() + 16,
                       (header.first_sequence >> 32) | high(header.synced_through));
  store<std::uint32_t>(covered.data() + 24,
                       static_cast<std::uint32_t>(header.synced_through >> 32));
  return crc32c(covered, operations_crc);
}

std::uint32_t segment_header_crc(const SegmentHeader& header) noexcept {
  const auto bytes = std::as_bytes(std::span(&header, 1));
  return crc32c(bytes.first(offsetof(SegmentHeader, crc32c)));
}

}  // namespace quartz::storage
