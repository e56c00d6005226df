#include "vector/index_file_rows.hpp"

#include <cstring>
#include <system_error>

#include <fmt/format.h>

#include "base/start_thread.hpp"
#include "base/try.hpp"
#include "vector/index_file_audit.hpp"

namespace quartz::vector {
namespace {

// Below it a thread costs more than it saves.
constexpr std::size_t kBlocksForTwoThreads = 16;

}  // namespace

IndexRowLoader::IndexRowLoader(const IndexFileBlocks& file, std::span<const std::uint8_t> nodes,
                               const IndexRowTarget& target)
    : file_(file), nodes_(nodes), target_(target) {
  sections_ = {IndexSection::links, IndexSection::codes};
  if (target.vectors != nullptr) sections_.push_back(IndexSection::vectors);
  for (const IndexSection section : sections_) {
    block_count_ += file.layout().of(section).block_count();
  }
}

IndexRowLoader::~IndexRowLoader() { stopped_ = true; }  // A future of `async` waits when it goes.

void IndexRowLoader::start() {
  if (block_count_ < kBlocksForTwoThreads) return;
  try {
    second_ = std::async(std::launch::async, [this] {
      name_this_thread("quartz:load");
      return load_blocks();
    });
  } catch (const std::system_error&) {
    return;  // No thread is to be had: then without one.
  }
}

Result<void> IndexRowLoader::finish() {
  QUARTZ_TRY(load_blocks());
  return second_.valid() ? second_.get() : Result<void>();
}

Result<void> IndexRowLoader::load_blocks() {
  std::vector<std::byte> buffer;
  while (!stopped_) {
    std::size_t index = next_block_++;
    if (index >= block_count_) break;
    auto section = sections_.begin();
    for (; index >= file_.layout().of(*section).block_count(); ++section) {
      index -= file_.layout().of(*section).block_count();
    }
    auto loaded = load_block(*section, index, buffer);
    if (!loaded) {
      stopped_ = true;
      return loaded;
    }
  }
  return {};
}

Result<void> IndexRowLoader::load_block(IndexSection section, std::size_t index,
                                        std::vector<std::byte>& buffer) {
  const IndexSectionLayout& layout = file_.layout().of(section);
  const io::ByteRange range = layout.block(index);
  const auto bytes = static_cast<std::size_t>(range.end - range.begin);
  SlotArray& array = array_of(section);
  std::byte* const to = array.at(static_cast<Slot>(layout.first_row(index)));
  // Where elements have no padding in memory either, the block is read to where it stays.
  const bool in_place = array.stride() == layout.row_bytes;
  if (!in_place) buffer.resize(kIndexBlockBytesMax);
  const std::span<std::byte> rows = {in_place ? to : buffer.data(), bytes};
  QUARTZ_TRY(file_.read(section, index, rows));
  QUARTZ_TRY(audit(section, index, rows));
  if (in_place) return {};
  for (std::size_t row = 0; row < bytes / layout.row_bytes; ++row) {
    std::memcpy(to + row * array.stride(), rows.data() + row * layout.row_bytes, layout.row_bytes);
  }
  return {};
}

Result<void> IndexRowLoader::audit(IndexSection section, std::size_t index,
                                   std::span<const std::byte> rows) const {
  if (section == IndexSection::links) return audit_links(index, rows);
  const Quantization format = section == IndexSection::vectors
                                  ? Quantization::none
                                  : file_.layout().quantizer.quantization();
  const auto bad = find_bad_component(format, rows);
  if (!bad) return {};
  const IndexSectionLayout& layout = file_.layout().of(section);
  const std::size_t dimensions = file_.layout().quantizer.dimensions();
  return file_.damaged(section, layout.block(index).begin + *bad / dimensions * layout.row_bytes,
                       fmt::format("component {} of slot {}, which no vector has,",
                                   *bad % dimensions, layout.first_row(index) + *bad / dimensions));
}

Result<void> IndexRowLoader::audit_links(std::size_t index, std::span<const std::byte> rows) const {
  const IndexSectionLayout& layout = file_.layout().of(IndexSection::links);
  const std::span links{reinterpret_cast<const std::uint32_t*>(rows.data()),
                        rows.size() / sizeof(std::uint32_t)};
  const std::size_t length = target_.links.length_max(0);
  for (std::size_t row = 0; row < links.size() / length; ++row) {
    const auto slot = static_cast<Slot>(layout.first_row(index) + row);
    const auto bad = find_bad_link(links.subspan(row * length, length), slot, 0, nodes_);
    if (!bad) continue;
    const std::size_t link = row * length + *bad;
    return file_.damaged(IndexSection::links,
                         layout.block(index).begin + link * sizeof(std::uint32_t),
                         fmt::format("a bad link of slot {}", slot));
  }
  return {};
}

SlotArray& IndexRowLoader::array_of(IndexSection section) const noexcept {
  if (section == IndexSection::links) return target_.links.level0();
  return section == IndexSection::codes ? target_.codes : *target_.vectors;
}

}  // namespace quartz::vector
