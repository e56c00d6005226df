#include "storage/log_format.hpp"

#include <cstring>
#include <span>

#include "base/crc32c.hpp"

namespace quartz::storage {

std::uint32_t record_crc(const RecordHeader& header, std::uint32_t operations_crc) noexcept {
  constexpr std::size_t kBefore = offsetof(RecordHeader, crc32c);
  constexpr std::size_t kBehind = kBefore + sizeof(header.crc32c);
  // One call over 28 adjacent bytes is cheaper than two over the parts around the field.
  std::array<std::byte, kRecordHeaderBytes - sizeof(header.crc32c)> covered;
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  std::memcpy(covered.data(), bytes, kBefore);
  std::memcpy(covered.data() + kBefore, bytes + kBehind, kRecordHeaderBytes - kBehind);
  return crc32c(covered, operations_crc);
}

std::uint32_t segment_header_crc(const SegmentHeader& header) noexcept {
  const auto bytes = std::as_bytes(std::span(&header, 1));
  return crc32c(bytes.first(offsetof(SegmentHeader, crc32c)));
}

}  // namespace quartz::storage
