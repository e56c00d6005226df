#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quartz::server {

/// A number of some bits among those of a string, the highest bit first: up to 64 of them, or 63
/// without a sign.
struct BitFieldType {
  bool is_signed = false;
  unsigned bits = 8;
};

/// What becomes of a number that a field is too small for.
enum class BitFieldOverflow : std::uint8_t {
  wrap,      ///< Its lowest bits.
  saturate,  ///< The largest or the smallest that fits.
  fail,      ///< Nothing is done.
};

/// Where the string ends it goes on with zeros.
std::int64_t read_bit_field(std::string_view bytes, std::uint64_t offset,
                            const BitFieldType& type) noexcept;
/// It must lie within. Bits of `number` that the field is too small for are left out.
void write_bit_field(std::string& bytes, std::uint64_t offset, const BitFieldType& type,
                     std::int64_t number) noexcept;

/// `number + by`, made to fit; nothing if it does not and shall fail then. `number` may itself not
/// fit. To a field without a sign, one that is negative is a very large one.
std::optional<std::int64_t> fit_bit_field(const BitFieldType& type, std::int64_t number,
                                          std::int64_t by, BitFieldOverflow overflow) noexcept;

}  // namespace quartz::server
