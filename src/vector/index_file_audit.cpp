#include "vector/index_file_audit.hpp"

#include <bit>
#include <type_traits>

#include "base/coding.hpp"
#include "vector/components.hpp"
#include "vector/float16.hpp"
#include "vector/index_file_format.hpp"

namespace quartz::vector {
namespace {

// Numbers in floating point are ordered like the integers that their bits are, but for the sign;
// what is not finite comes after all others.
constexpr std::uint32_t kMagnitudeMax = std::bit_cast<std::uint32_t>(kLengthMax);
constexpr std::uint16_t kMagnitudeMaxFloat16 = 0x7BFF;  // The largest finite one.
constexpr auto kMagnitudeMaxBfloat16 = static_cast<std::uint16_t>(kMagnitudeMax >> 16);

template <class Bits>
std::optional<std::size_t> find_larger(std::span<const std::byte> numbers, Bits max) noexcept {
  using Signed = std::make_signed_t<Bits>;
  constexpr auto kMagnitude = static_cast<Bits>(static_cast<Bits>(~Bits{0}) >> 1);
  const std::size_t count = numbers.size() / sizeof(Bits);
  const auto excess = [&](std::size_t i) {
    const auto magnitude =
        static_cast<Bits>(load<Bits>(numbers.data() + i * sizeof(Bits)) & kMagnitude);
    return static_cast<Signed>(static_cast<Signed>(max) - static_cast<Signed>(magnitude));
  };
  // Without a way out of the loop it runs over many at once.
  Signed any = 0;
  for (std::size_t i = 0; i < count; ++i) any = static_cast<Signed>(any | excess(i));
  if (any >= 0) return {};
  std::size_t first = 0;
  while (excess(first) >= 0) ++first;
  return first;
}

}  // namespace

std::optional<std::size_t> find_bad_node(std::span<const std::uint8_t> nodes) noexcept {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::uint8_t node = nodes[i];
    if (node == 0) continue;
    const unsigned lists = lists_of(node);
    if (lists == 0 || lists > HnswLinks::kLevelMax + 1) return i;
    if ((node & ~unsigned{kNodeLists | kNodeRemoved}) != 0) return i;
  }
  return {};
}

std::optional<std::size_t> find_bad_link(std::span<const std::uint32_t> list, Slot owner,
                                         unsigned level,
                                         std::span<const std::uint8_t> nodes) noexcept {
  std::size_t i = 0;
  for (; i < list.size() && list[i] != 0; ++i) {
    const Slot other = list[i] - 1;
    if (other >= nodes.size() || lists_of(nodes[other]) <= level || other == owner) return i;
  }
  if (i > 0 && nodes[owner] == 0) return 0;
  for (; i < list.size(); ++i) {
    if (list[i] != 0) return i;
  }
  return {};
}

std::optional<std::size_t> find_bad_component(Quantization quantization,
                                              std::span<const std::byte> components) noexcept {
  switch (quantization) {
    case Quantization::none:
      return find_larger<std::uint32_t>(components, kMagnitudeMax);
    case Quantization::f16:
      return find_larger<std::uint16_t>(components, kMagnitudeMaxFloat16);
    case Quantization::bf16:
      return find_larger<std::uint16_t>(components, kMagnitudeMaxBfloat16);
    default:
      return {};
  }
}

}  // namespace quartz::vector
