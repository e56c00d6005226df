#include "vector/index_file_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/try.hpp"
#include "vector/index_file_audit.hpp"
#include "vector/index_file_rows.hpp"

namespace quartz::vector {
namespace {

std::vector<SlotStates::State> states_of(std::span<const std::uint8_t> nodes) {
  using State = SlotStates::State;
  std::vector<State> states(nodes.size(), State::free);
  for (std::size_t slot = 0; slot < nodes.size(); ++slot) {
    if (nodes[slot] == 0) continue;
    states[slot] = is_linked(nodes[slot]) ? State::linked : State::removed;
  }
  return states;
}

}  // namespace

Result<IndexFileReader> IndexFileReader::open(io::FileSystem& files, const io::Path& path) {
  QUARTZ_ASSIGN(IndexFileBlocks file, IndexFileBlocks::open(files, path));
  std::vector<std::byte> parameters(file.layout().of(IndexSection::parameters).bytes);
  QUARTZ_TRY(file.read_all(IndexSection::parameters, parameters));
  return IndexFileReader(std::move(file), std::move(parameters));
}

Result<void> IndexFileReader::load(const IndexFileTarget& target,
                                   const TakeIndexPoint& take_point) const {
  QUARTZ_TRY(check_target(target));
  QUARTZ_ASSIGN(const std::vector<std::uint8_t> nodes, load_nodes());
  QUARTZ_TRY(audit_entry(nodes));
  QUARTZ_TRY(target.codes.grow(slot_count()));
  QUARTZ_TRY(target.links.grow(slot_count()));
  if (target.vectors != nullptr) QUARTZ_TRY(target.vectors->grow(slot_count()));

  IndexRowLoader rows(file_, nodes,
                      {.codes = target.codes, .vectors = target.vectors, .links = target.links});
  rows.start();
  QUARTZ_TRY(load_upper_links(nodes, target.links));
  QUARTZ_TRY(IndexPointLoader(file_, nodes).load_all(take_point));
  QUARTZ_TRY(rows.finish());

  QUARTZ_TRY(target.states.restore(states_of(nodes)));
  const IndexFileHeader& header = file_.layout().header;
  if (header.entry_slot != kNoSlot) {
    target.links.set_entry({header.entry_slot, header.entry_level});
  }
  return {};
}

Result<void> IndexFileReader::check_target(const IndexFileTarget& target) const {
  QUARTZ_CHECK(target.states.end() == 0 && target.links.entry().slot == kNoSlot);
  const auto refuse = [](std::string what) {
    return Error(Errc::invalid_argument, "an index file to be loaded " + std::move(what));
  };
  if (target.links.m() != m()) {
    return refuse(fmt::format("has m = {}, and the links have {}", m(), target.links.m()));
  }
  if (target.codes.stride() < quantizer().code_bytes()) {
    return refuse(fmt::format("has codes of {} bytes, and there is room for {}",
                              quantizer().code_bytes(), target.codes.stride()));
  }
  if (target.vectors == nullptr) return {};
  if (!has_vectors()) return refuse("has no vectors");
  if (target.vectors->stride() < file_.layout().header.vector_bytes) {
    return refuse(fmt::format("has vectors of {} bytes, and there is room for {}",
                              file_.layout().header.vector_bytes, target.vectors->stride()));
  }
  return {};
}

Result<std::vector<std::uint8_t>> IndexFileReader::load_nodes() const {
  std::vector<std::uint8_t> nodes(slot_count());
  QUARTZ_TRY(file_.read_all(IndexSection::nodes, std::as_writable_bytes(std::span(nodes))));
  if (const auto bad = find_bad_node(nodes)) {
    return file_.damaged(IndexSection::nodes, *bad, fmt::format("{} for a node", nodes[*bad]));
  }
  const IndexSectionLayout& upper = file_.layout().of(IndexSection::upper_links);
  std::uint64_t upper_lists = 0;
  for (const std::uint8_t node : nodes) upper_lists += std::max(lists_of(node), 1U) - 1;
  if (upper_lists * upper.row_bytes == upper.bytes) return nodes;
  return file_.damaged(IndexSection::upper_links, 0,
                       fmt::format("{} bytes instead of {} lists", upper.bytes, upper_lists));
}

Result<void> IndexFileReader::audit_entry(std::span<const std::uint8_t> nodes) const {
  const IndexFileHeader& header = file_.layout().header;
  if (header.entry_slot == kNoSlot) {
    // With nodes that are all removed it may be so.
    if (std::ranges::none_of(nodes, is_linked)) return {};
    return file_.damaged(IndexSection::nodes, 0, "linked slots without an entry");
  }
  if (header.entry_slot < nodes.size() &&
      lists_of(nodes[header.entry_slot]) == header.entry_level + std::uint64_t{1}) {
    return {};
  }
  return file_.damaged(IndexSection::nodes, std::min<std::size_t>(header.entry_slot, nodes.size()),
                       fmt::format("no node of level {} for the entry, slot {},",
                                   header.entry_level, header.entry_slot));
}

Result<void> IndexFileReader::load_upper_links(std::span<const std::uint8_t> nodes,
                                               HnswLinks& links) const {
  const IndexSectionLayout& section = file_.layout().of(IndexSection::upper_links);
  std::vector<std::uint32_t> lists;  // Of a block.
  std::size_t list = 0;              // The next one, counted over the section.
  for (std::size_t at = 0; at < nodes.size(); ++at) {
    const auto slot = static_cast<Slot>(at);
    const unsigned levels = lists_of(nodes[at]);
    if (levels > 1) links.set_level(slot, levels - 1);
    for (unsigned level = 1; level < levels; ++level, ++list) {
      const std::size_t block_lists = section.block_bytes() / section.row_bytes;
      if (list % block_lists == 0) {
        const io::ByteRange range = section.block(list / block_lists);
        lists.resize((range.end - range.begin) / sizeof(std::uint32_t));
        QUARTZ_TRY(file_.read(IndexSection::upper_links, list / block_lists,
                              std::as_writable_bytes(std::span(lists))));
      }
      const std::span stored = std::span(lists).subspan(list % block_lists * m(), m());
      if (find_bad_link(stored, slot, level, nodes)) {
        return file_.damaged(IndexSection::upper_links, std::uint64_t{list} * section.row_bytes,
                             fmt::format("a bad link of slot {} on level {}", slot, level));
      }
      for (std::size_t i = 0; i < stored.size(); ++i) {
        links.list(slot, level)[i].store(stored[i], std::memory_order_relaxed);
      }
    }
  }
  return {};
}

}  // namespace quartz::vector
