#include "vector/index_file_blocks.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/crc32c.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"
#include "vector/row_layout.hpp"

namespace quartz::vector {
namespace {

Error damaged_header(const io::File& file, std::size_t offset, std::string_view what) {
  return {Errc::corruption,
          fmt::format("{}: {} at offset {} of the header", file.path().string(), what, offset)};
}

Result<IndexFileHeader> read_header(const io::File& file) {
  IndexFileHeader header;
  QUARTZ_TRY(read_whole(file, 0, std::as_writable_bytes(std::span(&header, 1)), "the header"));
  if (header.magic != kIndexFileMagic) {
    return damaged_header(file, offsetof(IndexFileHeader, magic), "no magic number");
  }
  const bool careless = mutant("checksums_of_index_headers_are_not_checked");
  if (header.crc32c != index_file_header_crc(header) && !careless) {
    return damaged_header(file, offsetof(IndexFileHeader, crc32c), "a wrong checksum");
  }
  if (header.format_version != kIndexFileVersion) {
    return Error(Errc::unsupported, fmt::format("{}: format version {} is not known",
                                                file.path().string(), header.format_version));
  }
  return header;
}

// The counts, in the order in which others follow from them.
Result<Quantizer> judge_counts(const io::File& file, const IndexFileHeader& header) {
  if (header.m < HnswLinks::kMMin || header.m > HnswLinks::kMMax) {
    return damaged_header(file, offsetof(IndexFileHeader, m), fmt::format("m = {}", header.m));
  }
  if (header.slot_count > kSlotsMax) {
    return damaged_header(file, offsetof(IndexFileHeader, slot_count),
                          fmt::format("slot_count = {}", header.slot_count));
  }
  auto quantizer = Quantizer::from_parameters(header.quantizer);
  if (!quantizer) {
    return Error(quantizer.error().code(),
                 fmt::format("{}: {}, at offset {} of the header", file.path().string(),
                             quantizer.error().message(), offsetof(IndexFileHeader, quantizer)));
  }
  if (header.vector_bytes != 0 && header.vector_bytes != quantizer->dimensions() * sizeof(float)) {
    return damaged_header(file, offsetof(IndexFileHeader, vector_bytes),
                          fmt::format("vector_bytes = {}", header.vector_bytes));
  }
  return quantizer;
}

// Lengths that follow from the counts are these, and all others what the file has room for.
Result<void> judge_lengths(const io::File& file, const IndexFileLayout& layout) {
  const IndexFileHeader& header = layout.header;
  const auto refuse = [&](IndexSection section) {
    const auto index = static_cast<std::size_t>(section);
    return damaged_header(
        file, offsetof(IndexFileHeader, section_bytes) + index * sizeof(std::uint64_t),
        fmt::format("{} bytes for {}", header.section_bytes[index], to_string(section)));
  };
  for (const IndexSection section :
       {IndexSection::nodes, IndexSection::links, IndexSection::codes, IndexSection::vectors}) {
    const IndexSectionLayout& rows = layout.of(section);
    if (rows.bytes != std::uint64_t{header.slot_count} * rows.row_bytes) return refuse(section);
  }
  const IndexSectionLayout& upper = layout.of(IndexSection::upper_links);
  if (upper.bytes % upper.row_bytes != 0) return refuse(IndexSection::upper_links);
  if (layout.of(IndexSection::parameters).bytes > kIndexParametersBytesMax) {
    return refuse(IndexSection::parameters);
  }
  if (layout.of(IndexSection::checksums).bytes != layout.block_count() * sizeof(std::uint32_t)) {
    return refuse(IndexSection::checksums);
  }
  return {};
}

Result<IndexFileLayout> read_layout(const io::File& file) {
  QUARTZ_ASSIGN(const IndexFileHeader header, read_header(file));
  QUARTZ_ASSIGN(const Quantizer quantizer, judge_counts(file, header));
  QUARTZ_ASSIGN(const std::uint64_t file_bytes, file.size());
  std::uint64_t left = file_bytes;
  for (std::size_t i = 0; i < kIndexSections; ++i) {
    if (header.section_bytes[i] > left) {
      return Error(Errc::corruption,
                   fmt::format("{}: ends at offset {}, and the header promises {} bytes for {}",
                               file.path().string(), file_bytes, header.section_bytes[i],
                               to_string(static_cast<IndexSection>(i))));
    }
    left -= header.section_bytes[i];
  }
  const IndexFileLayout layout = index_file_layout(header, quantizer);
  if (layout.file_bytes != file_bytes) {
    return Error(Errc::corruption,
                 fmt::format("{}: ends at offset {} instead of {}", file.path().string(),
                             file_bytes, layout.file_bytes));
  }
  QUARTZ_TRY(judge_lengths(file, layout));
  return layout;
}

}  // namespace

Result<IndexFileBlocks> IndexFileBlocks::open(io::FileSystem& files, const io::Path& path) {
  QUARTZ_ASSIGN(auto file, files.open(path, io::OpenMode::read));
  QUARTZ_ASSIGN(const IndexFileLayout layout, read_layout(*file));
  IndexFileBlocks blocks(std::move(file), layout);
  QUARTZ_TRY(blocks.check_gaps());
  QUARTZ_TRY(blocks.read_checksums());
  return blocks;
}

IndexFileBlocks::IndexFileBlocks(std::unique_ptr<io::File> file,
                                 const IndexFileLayout& layout) noexcept
    : file_(std::move(file)), layout_(layout) {}

// No checksum is of the bytes between sections.
Result<void> IndexFileBlocks::check_gaps() const {
  std::uint64_t end = sizeof(IndexFileHeader);
  for (std::size_t i = 0; i < kIndexSections; ++i) {
    std::array<std::byte, kIndexSectionAlignment> bytes;
    const auto gap = std::span(bytes).first(layout_.sections[i].offset - end);
    const auto section = static_cast<IndexSection>(i);
    if (!gap.empty()) QUARTZ_TRY(read_whole(*file_, end, gap, to_string(section)));
    const auto bad = std::ranges::find_if(gap, [](std::byte byte) { return byte != std::byte{0}; });
    if (bad != gap.end()) {
      return Error(
          Errc::corruption,
          fmt::format("{}: offset {}, in front of {}, is not zero", file_->path().string(),
                      end + static_cast<std::uint64_t>(bad - gap.begin()), to_string(section)));
    }
    end = layout_.sections[i].offset + layout_.sections[i].bytes;
  }
  return {};
}

Result<void> IndexFileBlocks::read_checksums() {
  checksums_.resize(layout_.block_count());
  const auto bytes = std::as_writable_bytes(std::span(checksums_));
  QUARTZ_TRY(read_whole(*file_, layout_.of(IndexSection::checksums).offset, bytes,
                        to_string(IndexSection::checksums)));
  if (crc32c(bytes) == layout_.header.checksums_crc32c) return {};
  return damaged(IndexSection::checksums, 0, "a wrong checksum");
}

Result<void> IndexFileBlocks::read(IndexSection section, std::size_t index,
                                   std::span<std::byte> into) const {
  const IndexSectionLayout& layout = layout_.of(section);
  const io::ByteRange range = layout.block(index);
  QUARTZ_CHECK(into.size() == range.end - range.begin);
  QUARTZ_TRY(read_whole(*file_, layout.offset + range.begin, into, to_string(section)));
  if (mutant("checksums_of_index_blocks_are_not_checked")) return {};
  if (crc32c(into) == checksums_[layout.first_block + index]) return {};
  return damaged(section, range.begin, "a wrong checksum");
}

Result<void> IndexFileBlocks::read_all(IndexSection section, std::span<std::byte> into) const {
  const IndexSectionLayout& layout = layout_.of(section);
  QUARTZ_CHECK(into.size() == layout.bytes);
  for (std::size_t index = 0; index < layout.block_count(); ++index) {
    const io::ByteRange range = layout.block(index);
    QUARTZ_TRY(read(section, index, into.subspan(range.begin, range.end - range.begin)));
  }
  return {};
}

Error IndexFileBlocks::damaged(IndexSection section, std::uint64_t offset,
                               std::string_view what) const {
  return {Errc::corruption, fmt::format("{}: {} in {}, at offset {}", file_->path().string(), what,
                                        to_string(section), layout_.of(section).offset + offset)};
}

}  // namespace quartz::vector
