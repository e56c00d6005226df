#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quartz::server {

// Strings as rows of bits, of which number 0 is the highest of the first byte.

/// False behind the end.
bool bit_at(std::string_view bytes, std::uint64_t offset) noexcept;
/// It must lie within.
void put_bit(std::string& bytes, std::uint64_t offset, bool on) noexcept;

/// Bits from `first` to `last`, which lie within.
struct BitSpan {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};
/// How many of them are set.
std::uint64_t count_bits(std::string_view bytes, const BitSpan& span) noexcept;
/// The first of them that is as `on` says; nothing if there is none.
std::optional<std::uint64_t> find_bit(std::string_view bytes, const BitSpan& span,
                                      bool on) noexcept;

enum class BitOperation : std::uint8_t {
  conjunction,  ///< AND.
  disjunction,  ///< OR.
  difference,   ///< XOR: of several, whether an odd number of them is set.
  complement,   ///< NOT, of the only one.
};
/// As long as the longest of them; the others have zeros behind their ends.
std::string combine_bits(BitOperation operation, std::span<const std::string_view> operands);

}  // namespace quartz::server
