#include "vector/point_entry.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "base/check.hpp"
#include "quartz/vector/payload_limits.hpp"
#include "quartz/vector/vector_point.hpp"

namespace quartz::vector {

void PointEntry::Free::operator()(PointEntry* entry) const noexcept {
  entry->~PointEntry();
  ::operator delete(entry);
}

PointEntry::PointEntry(std::uint64_t version, storage::Sequence added, std::size_t slot_count,
                       std::size_t id_bytes, std::size_t payload_bytes) noexcept
    : version_(version),
      added_(added),
      slots_left_(static_cast<std::uint32_t>(slot_count)),
      payload_bytes_(static_cast<std::uint32_t>(payload_bytes)),
      slot_count_(static_cast<std::uint16_t>(slot_count)),
      id_bytes_(static_cast<std::uint16_t>(id_bytes)) {}

PointEntry::Owned PointEntry::make(std::string_view id, std::uint64_t version,
                                   storage::Sequence added, std::span<const Slot> slots,
                                   std::string_view payload) {
  static_assert(kPointIdBytesMax <= UINT16_MAX && kPointVectorsMax <= UINT16_MAX);
  QUARTZ_CHECK(id.size() <= kPointIdBytesMax && slots.size() <= kPointVectorsMax);
  QUARTZ_CHECK(payload.size() <= kPayloadBytesMax);
  void* const memory =
      ::operator new(sizeof(PointEntry) + slots.size_bytes() + id.size() + payload.size());
  auto* const entry =
      new (memory) PointEntry(version, added, slots.size(), id.size(), payload.size());
  auto* const at = reinterpret_cast<char*>(entry + 1);
  std::memcpy(at, slots.data(), slots.size_bytes());
  std::ranges::copy(id, at + slots.size_bytes());
  std::ranges::copy(payload, at + slots.size_bytes() + id.size());
  return Owned(entry);
}

}  // namespace quartz::vector
