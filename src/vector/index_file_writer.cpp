#include "vector/index_file_writer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/crc32c.hpp"
#include "base/try.hpp"
#include "io/staged_file.hpp"
#include "quartz/vector/payload_limits.hpp"
#include "quartz/vector/vector_point.hpp"

namespace quartz::vector {
namespace {

using Nodes = std::vector<std::uint8_t>;

/// Writes sections one behind the other, block by block.
class SectionWriter {
 public:
  explicit SectionWriter(io::File& file) : file_(file), block_(kIndexBlockBytesMax) {}

  void begin(std::size_t row_bytes) {
    begin_ = offset_ = round_up(offset_, kIndexSectionAlignment);  // What is left out is zeros.
    block_bytes_ = index_block_bytes(row_bytes);
  }
  Result<void> append(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const std::size_t count = std::min(bytes.size(), block_bytes_ - filled_);
      std::memcpy(block_.data() + filled_, bytes.data(), count);
      filled_ += count;
      bytes = bytes.subspan(count);
      if (filled_ == block_bytes_) QUARTZ_TRY(flush());
    }
    return {};
  }
  /// Length of the section that began last.
  Result<std::uint64_t> end() {
    QUARTZ_TRY(flush());
    return offset_ - begin_;
  }
  /// Of the blocks so far.
  const std::vector<std::uint32_t>& checksums() const noexcept { return checksums_; }

 private:
  Result<void> flush() {
    if (filled_ == 0) return {};
    const auto bytes = std::span(block_).first(std::exchange(filled_, 0));
    checksums_.push_back(crc32c(bytes));
    QUARTZ_TRY(file_.write_at(offset_, bytes));
    offset_ += bytes.size();
    return {};
  }

  io::File& file_;
  std::vector<std::byte> block_;
  std::size_t block_bytes_ = 0;
  std::size_t filled_ = 0;
  std::uint64_t begin_ = 0;
  std::uint64_t offset_ = sizeof(IndexFileHeader);  // Of the block.
  std::vector<std::uint32_t> checksums_;
};

bool has_links(const HnswLinks& links, Slot slot) { return slot < links.capacity(); }

Nodes nodes_of(const IndexFileContents& contents) {
  using State = SlotStates::State;
  Nodes nodes(contents.states.size());
  for (std::size_t at = 0; at < nodes.size(); ++at) {
    const auto slot = static_cast<Slot>(at);
    const State state = contents.states[at];
    if (state != State::linked && state != State::removed) continue;
    // One that was removed before it was inserted may be beyond what the lists have grown to.
    const unsigned level = has_links(contents.links, slot) ? contents.links.level_of(slot) : 0;
    nodes[at] = static_cast<std::uint8_t>(kNodeRemoved | (level + 1));
  }
  for (const IndexFilePoint& point : contents.points) {
    for (const Slot slot : point.slots) {
      QUARTZ_CHECK(slot < nodes.size());
      QUARTZ_CHECK(contents.states[slot] == State::linked);
      QUARTZ_CHECK(!is_linked(nodes[slot]));  // Else it is another point's as well.
      nodes[slot] &= kNodeLists;
    }
  }
  return nodes;
}

// The graph's own, or, if that is no node, one of those that reach highest. A linked one first,
// because a removed one is replaced soon.
HnswEntry entry_of(const HnswLinks& links, const Nodes& nodes) {
  const HnswEntry entry = links.entry();
  if (entry.slot < nodes.size() && nodes[entry.slot] != 0) return entry;
  HnswEntry best;
  bool best_is_linked = false;
  for (std::size_t slot = 0; slot < nodes.size(); ++slot) {
    const unsigned lists = lists_of(nodes[slot]);
    if (lists == 0) continue;
    const auto rank = std::pair(is_linked(nodes[slot]), lists - 1);
    if (best.slot != kNoSlot && rank <= std::pair(best_is_linked, best.level)) continue;
    best = {static_cast<Slot>(slot), lists - 1};
    best_is_linked = rank.first;
  }
  return best;
}

class IndexFileWriter {
 public:
  IndexFileWriter(io::File& file, const IndexFileContents& contents)
      : file_(file), contents_(contents), nodes_(nodes_of(contents)), sections_(file) {}

  Result<void> write() {
    fill_header();
    row_bytes_ = index_row_bytes(header_, contents_.quantizer);
    QUARTZ_TRY(
        write(IndexSection::parameters, [&] { return sections_.append(contents_.parameters); }));
    QUARTZ_TRY(write(IndexSection::nodes,
                     [&] { return sections_.append(std::as_bytes(std::span(nodes_))); }));
    QUARTZ_TRY(write(IndexSection::links, [&] { return append_links(); }));
    QUARTZ_TRY(write(IndexSection::upper_links, [&] { return append_upper_links(); }));
    QUARTZ_TRY(write(IndexSection::codes,
                     [&] { return append_rows(contents_.codes, IndexSection::codes); }));
    QUARTZ_TRY(write(IndexSection::vectors, [&] {
      if (contents_.vectors == nullptr) return Result<void>();
      return append_rows(*contents_.vectors, IndexSection::vectors);
    }));
    QUARTZ_TRY(write(IndexSection::points, [&] { return append_points(); }));
    const std::vector<std::uint32_t> checksums = sections_.checksums();
    const auto checksums_bytes = std::as_bytes(std::span(checksums));
    header_.checksums_crc32c = crc32c(checksums_bytes);
    QUARTZ_TRY(write(IndexSection::checksums, [&] { return sections_.append(checksums_bytes); }));
    header_.crc32c = index_file_header_crc(header_);
    return file_.write_at(0, std::as_bytes(std::span(&header_, 1)));
  }

 private:
  void fill_header() {
    const HnswEntry entry = entry_of(contents_.links, nodes_);
    header_.m = contents_.links.m();
    header_.identity = contents_.identity;
    header_.quantizer = contents_.quantizer.parameters();
    header_.slot_count = static_cast<std::uint32_t>(nodes_.size());
    header_.entry_slot = entry.slot;
    header_.entry_level = entry.level;
    header_.point_count = contents_.points.size();
    if (contents_.vectors != nullptr) {
      header_.vector_bytes =
          static_cast<std::uint32_t>(contents_.quantizer.dimensions() * sizeof(float));
    }
  }

  template <class Append>
  Result<void> write(IndexSection section, const Append& append) {
    const auto index = static_cast<std::size_t>(section);
    sections_.begin(row_bytes_[index]);
    QUARTZ_TRY(append());
    QUARTZ_ASSIGN(header_.section_bytes[index], sections_.end());
    return {};
  }

  Result<void> append_list(Slot slot, unsigned level) {
    list_.assign(contents_.links.length_max(level), 0);
    std::size_t length = 0;
    if (nodes_[slot] != 0 && has_links(contents_.links, slot)) {
      contents_.links.for_each(slot, level, [&](Slot other) {
        if (other < nodes_.size() && lists_of(nodes_[other]) > level) list_[length++] = other + 1;
      });
    }
    return sections_.append(std::as_bytes(std::span(list_)));
  }
  Result<void> append_links() {
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      QUARTZ_TRY(append_list(static_cast<Slot>(at), 0));
    }
    return {};
  }
  Result<void> append_upper_links() {
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      for (unsigned level = 1; level < lists_of(nodes_[at]); ++level) {
        QUARTZ_TRY(append_list(static_cast<Slot>(at), level));
      }
    }
    return {};
  }

  Result<void> append_rows(const SlotArray& array, IndexSection section) {
    const std::size_t row_bytes = row_bytes_[static_cast<std::size_t>(section)];
    QUARTZ_CHECK(array.stride() >= row_bytes);
    // Somebody may be filling one that is no node.
    const std::vector<std::byte> nothing(row_bytes);
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      const std::byte* const row =
          nodes_[at] != 0 ? array.at(static_cast<Slot>(at)) : nothing.data();
      QUARTZ_TRY(sections_.append({row, row_bytes}));
    }
    return {};
  }

  Result<void> append_points() {
    for (const IndexFilePoint& point : contents_.points) {
      QUARTZ_CHECK(point.id.size() <= kPointIdBytesMax);
      QUARTZ_CHECK(point.payload.size() <= kPayloadBytesMax);
      std::array<std::byte, kIndexPointHeaderBytes> header{};
      store(header.data(), static_cast<std::uint32_t>(point.id.size()));
      store(header.data() + 4, static_cast<std::uint32_t>(point.slots.size()));
      store(header.data() + 8, point.version);
      store(header.data() + 16, static_cast<std::uint32_t>(point.payload.size()));
      QUARTZ_TRY(sections_.append(header));
      QUARTZ_TRY(sections_.append(as_bytes(point.id)));
      QUARTZ_TRY(sections_.append(std::as_bytes(point.slots)));
      QUARTZ_TRY(sections_.append(as_bytes(point.payload)));
    }
    return {};
  }

  io::File& file_;
  const IndexFileContents& contents_;
  const Nodes nodes_;
  IndexFileHeader header_;
  std::array<std::size_t, kIndexSections> row_bytes_{};
  SectionWriter sections_;
  std::vector<std::uint32_t> list_;  // Of links, while it is put together.
};

}  // namespace

Result<void> write_index_file(io::FileSystem& files, const io::Path& path,
                              const IndexFileContents& contents) {
  QUARTZ_CHECK(contents.parameters.size() <= kIndexParametersBytesMax);
  QUARTZ_CHECK(contents.states.size() <= kSlotsMax);
  QUARTZ_ASSIGN(auto staged, io::StagedFile::create(files, path));
  QUARTZ_TRY(IndexFileWriter(staged.file(), contents).write());
  return staged.publish();
}

}  // namespace quartz::vector
