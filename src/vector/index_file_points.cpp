#include "vector/index_file_points.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/try.hpp"
#include "quartz/vector/payload_limits.hpp"
#include "quartz/vector/vector_point.hpp"

namespace quartz::vector {

Result<void> IndexPointLoader::load_all(const TakeIndexPoint& take) {
  owned_.assign(nodes_.size(), false);
  for (std::uint64_t i = 0; i < file_.layout().header.point_count; ++i) {
    QUARTZ_TRY(load_point(take));
  }
  if (offset_ != section_.bytes) return damaged("bytes behind the last point");
  if (owned_count_ == static_cast<std::size_t>(std::ranges::count_if(nodes_, is_linked))) return {};
  return damaged("no point for a linked slot");
}

Result<void> IndexPointLoader::load_point(const TakeIndexPoint& take) {
  const std::uint64_t left = section_.bytes - offset_;
  if (left < kIndexPointHeaderBytes) return damaged("no room for another point");
  QUARTZ_ASSIGN(std::span<const std::byte> stored, peek(kIndexPointHeaderBytes));
  const auto id_bytes = load<std::uint32_t>(stored.data());
  const auto slot_count = load<std::uint32_t>(stored.data() + 4);
  const auto version = load<std::uint64_t>(stored.data() + 8);
  const auto payload_bytes = load<std::uint32_t>(stored.data() + 16);
  if (id_bytes < 1 || id_bytes > kPointIdBytesMax)
    return damaged(fmt::format("an id of {} bytes", id_bytes));
  if (slot_count < 1 || slot_count > kPointVectorsMax)
    return damaged(fmt::format("{} slots", slot_count));
  if (payload_bytes > kPayloadBytesMax) {
    return damaged(fmt::format("a payload of {} bytes", payload_bytes));
  }
  const std::size_t slots_bytes = slot_count * sizeof(Slot);
  const std::uint64_t bytes = kIndexPointHeaderBytes + id_bytes + slots_bytes + payload_bytes;
  if (bytes > left)
    return damaged(fmt::format("a point of {} bytes, of which there are {},", bytes, left));
  QUARTZ_ASSIGN(stored, peek(static_cast<std::size_t>(bytes)));
  const std::span<const std::byte> id = stored.subspan(kIndexPointHeaderBytes, id_bytes);
  QUARTZ_TRY(take_slots(stored.subspan(kIndexPointHeaderBytes + id_bytes, slots_bytes)));
  QUARTZ_TRY(take(IndexFilePoint{.id = as_text(id),
                                 .version = version,
                                 .slots = slots_,
                                 .payload = as_text(stored.last(payload_bytes))}));
  begin_ += static_cast<std::size_t>(bytes);
  offset_ += bytes;
  return {};
}

Result<void> IndexPointLoader::take_slots(std::span<const std::byte> stored) {
  slots_.resize(stored.size() / sizeof(Slot));
  if (!stored.empty()) std::memcpy(slots_.data(), stored.data(), stored.size());
  for (const Slot slot : slots_) {
    if (slot >= nodes_.size() || !is_linked(nodes_[slot])) {
      return damaged(fmt::format("a point with slot {}, which is not linked,", slot));
    }
    if (owned_[slot]) return damaged(fmt::format("a second point with slot {}", slot));
    owned_[slot] = true;
  }
  owned_count_ += slots_.size();
  return {};
}

// The next bytes of the section, which has as many.
Result<std::span<const std::byte>> IndexPointLoader::peek(std::size_t bytes) {
  while (read_.size() - begin_ < bytes) {
    read_.erase(read_.begin(), read_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
    const io::ByteRange block = section_.block(next_block_);
    const std::size_t before = read_.size();
    read_.resize(before + static_cast<std::size_t>(block.end - block.begin));
    QUARTZ_TRY(file_.read(IndexSection::points, next_block_++, std::span(read_).subspan(before)));
  }
  return std::span<const std::byte>(read_).subspan(begin_, bytes);
}

Error IndexPointLoader::damaged(std::string_view what) const {
  return file_.damaged(IndexSection::points, offset_, what);
}

}  // namespace quartz::vector
