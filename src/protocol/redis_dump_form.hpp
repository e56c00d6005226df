#pragma once

#include <cstddef>
#include <cstdint>

namespace quartz::protocol {

// How the format of RDB files tells things apart.

/// What a value is, and in which form.
enum class DumpedForm : std::uint8_t {
  string = 0,
  list = 1,
  set = 2,
  sorted_set_in_text = 3,
  hash = 4,
  sorted_set = 5,
  list_in_ziplist = 10,
  set_in_intset = 11,
  sorted_set_in_ziplist = 12,
  hash_in_ziplist = 13,
  list_of_ziplists = 14,
  hash_in_listpack = 16,
  sorted_set_in_listpack = 17,
  list_of_listpacks = 18,
  set_in_listpack = 20,
};

/// The highest bits of a length's first byte.
enum class DumpedLength : std::uint8_t { bits_6 = 0, bits_14 = 1, whole = 2, special = 3 };
inline constexpr std::uint8_t kLengthOf32Bits = 0x80;
inline constexpr std::uint8_t kLengthOf64Bits = 0x81;

/// The rest of that byte, if a string stands in another form instead.
enum class SpecialString : std::uint8_t { bits_8 = 0, bits_16 = 1, bits_32 = 2, compressed = 3 };

/// A version of two bytes and a checksum of eight.
inline constexpr std::size_t kDumpEndBytes = 10;
inline constexpr std::uint16_t kDumpVersionWritten = 10;
inline constexpr std::uint16_t kDumpVersionReadMax = 11;

}  // namespace quartz::protocol
