#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/quantizer.hpp"
#include "vector/slot.hpp"
#include "vector/slot_array.hpp"

namespace quartz::vector {

// The layout of an index file; docs/formats/index_file.md explains it. All integers are little
// endian.

inline constexpr std::array<char, 8> kIndexFileMagic = {'Q', 'Z', 'V', 'I', 'N', 'D', 'E', 'X'};
inline constexpr std::uint32_t kIndexFileVersion = 1;

/// Which collection a file is of; opaque here.
using IndexIdentity = std::array<std::byte, 16>;

/// Most bytes of a collection's own parameters: they are read before anything else can be judged.
inline constexpr std::size_t kIndexParametersBytesMax = 4096;

/// A point as the file has it.
struct IndexFilePoint {
  std::string_view id;
  std::uint64_t version = 0;
  std::span<const Slot> slots;
  std::string_view payload = {};  // Empty where payloads are not kept.
};

/// The parts of a file, in their order.
enum class IndexSection : std::uint8_t {
  parameters,
  nodes,
  links,
  upper_links,
  codes,
  vectors,
  points,
  checksums,
};
inline constexpr std::size_t kIndexSections = 8;

/// The section as messages have it, with its article.
std::string_view to_string(IndexSection section) noexcept;

/// The first bytes of a file.
struct IndexFileHeader {
  std::array<char, 8> magic = kIndexFileMagic;
  std::uint32_t format_version = kIndexFileVersion;
  std::uint32_t m = 0;
  IndexIdentity identity{};
  std::array<std::byte, kQuantizerParametersBytes> quantizer{};
  std::uint32_t slot_count = 0;
  std::uint32_t entry_slot = kNoSlot;
  std::uint32_t entry_level = 0;
  std::uint32_t vector_bytes = 0;  // Of a row; zero without vectors.
  std::uint64_t point_count = 0;
  std::array<std::uint64_t, kIndexSections> section_bytes{};
  std::array<std::uint32_t, 12> reserved{};
  std::uint32_t checksums_crc32c = 0;
  std::uint32_t crc32c = 0;  // Of the bytes before it.
};
static_assert(sizeof(IndexFileHeader) == 192, "docs/formats/index_file.md gives the layout");

std::uint32_t index_file_header_crc(const IndexFileHeader& header) noexcept;

/// What stands before the id, the slots and the payload of a point.
inline constexpr std::size_t kIndexPointHeaderBytes = 24;

/// Sections begin at multiples of this; zeros fill the gaps.
inline constexpr std::size_t kIndexSectionAlignment = 64;
/// What one checksum is of, at most.
inline constexpr std::size_t kIndexBlockBytesMax = std::size_t{256} << 10;

/// Length of all blocks of a section but the last. Blocks of rows hold whole ones, and those of
/// rows that belong to slots lie in one chunk of a SlotArray each. Without rows, `row_bytes` is
/// zero.
constexpr std::size_t index_block_bytes(std::size_t row_bytes) noexcept {
  if (row_bytes == 0) return kIndexBlockBytesMax;
  return row_bytes *
         std::min(SlotArray::kChunkSlots, std::bit_floor(kIndexBlockBytesMax / row_bytes));
}

/// Where a section lies, and how it is cut into blocks that have a checksum each.
struct IndexSectionLayout {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::size_t row_bytes = 0;    // Zero: not of rows.
  std::size_t first_block = 0;  // Counted over all sections.

  std::size_t block_bytes() const noexcept { return index_block_bytes(row_bytes); }
  std::size_t block_count() const noexcept {
    return static_cast<std::size_t>((bytes + block_bytes() - 1) / block_bytes());
  }
  /// Where a block, counted in this section, lies in the section.
  io::ByteRange block(std::size_t index) const noexcept {
    const std::uint64_t begin = std::uint64_t{index} * block_bytes();
    return {begin, std::min(begin + block_bytes(), bytes)};
  }
  /// The first row of a block, where there are rows.
  std::size_t first_row(std::size_t block_index) const noexcept {
    return block_index * (block_bytes() / row_bytes);
  }
};

/// All that a header says.
struct IndexFileLayout {
  IndexFileHeader header;
  Quantizer quantizer;
  std::array<IndexSectionLayout, kIndexSections> sections;
  std::uint64_t file_bytes = 0;

  const IndexSectionLayout& of(IndexSection section) const noexcept {
    return sections[static_cast<std::size_t>(section)];
  }
  /// Blocks of all sections but the checksums, which have none.
  std::size_t block_count() const noexcept { return of(IndexSection::checksums).first_block; }
};

/// Length of each section's rows, zero where there are none.
std::array<std::size_t, kIndexSections> index_row_bytes(const IndexFileHeader& header,
                                                        const Quantizer& quantizer) noexcept;

/// Puts the sections one behind the other. Their lengths add up to no more than a file can have.
IndexFileLayout index_file_layout(const IndexFileHeader& header,
                                  const Quantizer& quantizer) noexcept;

// A byte for each slot says what it is: zero for one that the graph does not know, else how many
// lists it has, one more than its highest level, and whether it was removed.
inline constexpr std::uint8_t kNodeLists = 0x1F;
inline constexpr std::uint8_t kNodeRemoved = 0x80;
static_assert(HnswLinks::kLevelMax < kNodeLists);

/// Lists of links of a slot; none if it is no node.
constexpr unsigned lists_of(std::uint8_t node) noexcept { return node & kNodeLists; }
constexpr bool is_linked(std::uint8_t node) noexcept {
  return node != 0 && (node & kNodeRemoved) == 0;
}

}  // namespace quartz::vector
