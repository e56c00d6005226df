#include "vector/index_file_format.hpp"

#include "base/coding.hpp"
#include "base/crc32c.hpp"

namespace quartz::vector {

std::string_view to_string(IndexSection section) noexcept {
  switch (section) {
    case IndexSection::parameters:
      return "the parameters";
    case IndexSection::nodes:
      return "the nodes";
    case IndexSection::links:
      return "the links";
    case IndexSection::upper_links:
      return "the upper links";
    case IndexSection::codes:
      return "the codes";
    case IndexSection::vectors:
      return "the vectors";
    case IndexSection::points:
      return "the points";
    case IndexSection::checksums:
      return "the checksums";
  }
  return "no section";
}

std::uint32_t index_file_header_crc(const IndexFileHeader& header) noexcept {
  const auto bytes = std::as_bytes(std::span(&header, 1));
  return crc32c(bytes.first(offsetof(IndexFileHeader, crc32c)));
}

std::array<std::size_t, kIndexSections> index_row_bytes(const IndexFileHeader& header,
                                                        const Quantizer& quantizer) noexcept {
  const std::size_t list_bytes = std::size_t{header.m} * sizeof(std::uint32_t);
  std::array<std::size_t, kIndexSections> row_bytes{};
  const auto of = [&](IndexSection section) -> std::size_t& {
    return row_bytes[static_cast<std::size_t>(section)];
  };
  of(IndexSection::nodes) = 1;
  of(IndexSection::links) = 2 * list_bytes;
  of(IndexSection::upper_links) = list_bytes;
  of(IndexSection::codes) = quantizer.code_bytes();
  of(IndexSection::vectors) = header.vector_bytes;
  return row_bytes;
}

IndexFileLayout index_file_layout(const IndexFileHeader& header,
                                  const Quantizer& quantizer) noexcept {
  const auto row_bytes = index_row_bytes(header, quantizer);
  IndexFileLayout layout{.header = header, .quantizer = quantizer, .sections = {}};
  std::uint64_t end = sizeof(IndexFileHeader);
  std::size_t blocks = 0;
  for (std::size_t i = 0; i < kIndexSections; ++i) {
    layout.sections[i] = {.offset = round_up(end, kIndexSectionAlignment),
                          .bytes = header.section_bytes[i],
                          .row_bytes = row_bytes[i],
                          .first_block = blocks};
    end = layout.sections[i].offset + layout.sections[i].bytes;
    blocks += layout.sections[i].block_count();
  }
  layout.file_bytes = end;
  return layout;
}

}  // namespace quartz::vector
