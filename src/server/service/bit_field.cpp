#include "server/service/bit_field.hpp"

#include <limits>

#include "server/service/bit_string.hpp"

namespace quartz::server {
namespace {

enum class Fit : std::uint8_t { inside, above, below };

// All sums are of numbers without a sign, which wrap where those of others are not defined.
std::uint64_t bits_of(std::int64_t number) noexcept { return static_cast<std::uint64_t>(number); }
std::int64_t number_of(std::uint64_t bits) noexcept { return static_cast<std::int64_t>(bits); }

std::int64_t largest(const BitFieldType& type) noexcept {
  const unsigned bits = type.is_signed ? type.bits - 1 : type.bits;
  return number_of((std::uint64_t{1} << bits) - 1);
}
std::int64_t smallest(const BitFieldType& type) noexcept {
  return type.is_signed ? -largest(type) - 1 : 0;
}

/// The lowest bits, with the sign that they have in the field.
std::int64_t wrapped(const BitFieldType& type, std::uint64_t bits) noexcept {
  const unsigned unused = 64 - type.bits;
  if (type.is_signed) return number_of(bits << unused) >> unused;
  return number_of(bits << unused >> unused);
}

Fit fit_of_unsigned(const BitFieldType& type, std::int64_t number, std::int64_t by) noexcept {
  const std::int64_t max = largest(type);
  if (bits_of(number) > bits_of(max) || (by > 0 && by > max - number)) return Fit::above;
  return by < 0 && by < -number ? Fit::below : Fit::inside;
}

// The distance to the largest number wraps if `number` is near the smallest of 64 bits, which Redis
// takes for too large then.
Fit fit_of_signed(const BitFieldType& type, std::int64_t number, std::int64_t by) noexcept {
  const std::int64_t max = largest(type);
  const std::int64_t min = smallest(type);
  const std::int64_t up = number_of(bits_of(max) - bits_of(number));
  const std::int64_t down = number_of(bits_of(min) - bits_of(number));
  const bool narrow = type.bits != 64;
  if (number > max || (narrow && by > up) || (number >= 0 && by > 0 && by > up)) return Fit::above;
  const bool below = number < min || (narrow && by < down) || (number < 0 && by < 0 && by < down);
  return below ? Fit::below : Fit::inside;
}

}  // namespace

std::int64_t read_bit_field(std::string_view bytes, std::uint64_t offset,
                            const BitFieldType& type) noexcept {
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < type.bits; ++i) {
    bits = bits << 1 | std::uint64_t{bit_at(bytes, offset + i)};
  }
  return wrapped(type, bits);
}

void write_bit_field(std::string& bytes, std::uint64_t offset, const BitFieldType& type,
                     std::int64_t number) noexcept {
  for (unsigned i = 0; i < type.bits; ++i) {
    put_bit(bytes, offset + i, (bits_of(number) >> (type.bits - 1 - i) & 1) != 0);
  }
}

std::optional<std::int64_t> fit_bit_field(const BitFieldType& type, std::int64_t number,
                                          std::int64_t by, BitFieldOverflow overflow) noexcept {
  const Fit fit =
      type.is_signed ? fit_of_signed(type, number, by) : fit_of_unsigned(type, number, by);
  if (fit == Fit::inside) return number_of(bits_of(number) + bits_of(by));
  switch (overflow) {
    case BitFieldOverflow::wrap:
      return wrapped(type, bits_of(number) + bits_of(by));
    case BitFieldOverflow::saturate:
      return fit == Fit::above ? largest(type) : smallest(type);
    case BitFieldOverflow::fail:
      break;
  }
  return std::nullopt;
}

}  // namespace quartz::server
