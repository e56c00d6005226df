#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "quartz/vector/quantization.hpp"
#include "vector/slot.hpp"

namespace quartz::vector {

// What makes the contents of an index file safe to use. A checksum finds accidents; these find
// whatever a search could not survive, byte for byte, wherever it came from. Each gives the first
// place that is wrong, counted in elements, or nothing.

/// A byte that stands for no kind of node.
std::optional<std::size_t> find_bad_node(std::span<const std::uint8_t> nodes) noexcept;

/// A link of `list`, which `owner` has on `level`, that does not lead to another node of that
/// level, or that stands behind the list's end. Slots that are no nodes have empty lists.
std::optional<std::size_t> find_bad_link(std::span<const std::uint32_t> list, Slot owner,
                                         unsigned level,
                                         std::span<const std::uint8_t> nodes) noexcept;

/// A component in floating point that is no finite number, or one that no vector has: distances
/// would not be finite. `components` are of single precision for `none`, and as the codes have them
/// for `f16` and `bf16`; the codes of the others hold nothing that could be wrong.
std::optional<std::size_t> find_bad_component(Quantization quantization,
                                              std::span<const std::byte> components) noexcept;

}  // namespace quartz::vector
