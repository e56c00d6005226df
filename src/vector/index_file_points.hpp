#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "quartz/result.hpp"
#include "vector/index_file_blocks.hpp"
#include "vector/slot.hpp"

namespace quartz::vector {

/// Gets the points of an index file, one by one; their id and slots are valid during the call. An
/// error ends the loading, and is its result.
using TakeIndexPoint = std::function<Result<void>(const IndexFilePoint&)>;

/// Reads the points of an index file in bounded memory: a block, or the longest point.
class IndexPointLoader {
 public:
  /// `nodes` were audited. Both must outlive it.
  IndexPointLoader(const IndexFileBlocks& file, std::span<const std::uint8_t> nodes)
      : file_(file), section_(file.layout().of(IndexSection::points)), nodes_(nodes) {}

  /// `corruption` unless every slot of a point is a linked one, and every linked one that of
  /// exactly one point.
  Result<void> load_all(const TakeIndexPoint& take);

 private:
  Result<void> load_point(const TakeIndexPoint& take);
  Result<void> take_slots(std::span<const std::byte> stored);
  Result<std::span<const std::byte>> peek(std::size_t bytes);
  Error damaged(std::string_view what) const;

  const IndexFileBlocks& file_;
  const IndexSectionLayout& section_;
  const std::span<const std::uint8_t> nodes_;
  std::vector<bool> owned_;  // Slots of the points so far.
  std::size_t owned_count_ = 0;
  std::vector<Slot> slots_;   // Of the point at hand.
  std::uint64_t offset_ = 0;  // In the section, of the point at hand.
  std::size_t next_block_ = 0;
  std::vector<std::byte> read_;  // From the section; the point at hand begins at `begin_`.
  std::size_t begin_ = 0;
};

}  // namespace quartz::vector
