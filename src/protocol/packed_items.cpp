#include "protocol/packed_items.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "protocol/byte_reader.hpp"

namespace quartz::protocol {
namespace {

using Items = std::vector<std::string>;
using Item = std::optional<std::string>;

constexpr std::uint8_t kEnd = 0xFF;
/// The number of items, where it does not fit into its field.
constexpr std::uint16_t kUncounted = 0xFFFF;

template <class Number>
Item text_of(const std::optional<Number>& number) {
  return number ? Item(std::to_string(*number)) : std::nullopt;
}

Item bytes_of(const std::optional<std::string_view>& bytes) {
  return bytes ? Item(*bytes) : std::nullopt;
}

// The length of a text in `bits` bits, of which the first byte's are the highest.
Item take_long_text(ByteReader& reader, std::uint8_t first, unsigned mask) {
  const auto low = reader.take_byte();
  if (!low) return std::nullopt;
  return bytes_of(reader.take((first & mask) << 8U | *low));
}

/// An item of a listpack without what tells its length at the end.
Item take_listpack_item(ByteReader& reader, std::uint8_t first) {
  if (first < 0x80) return std::to_string(first);
  if (first < 0xC0) return bytes_of(reader.take(first & 0x3FU));
  if (first < 0xE0) {
    constexpr int kSignedEnd = 1 << 13;
    const auto low = reader.take_byte();
    if (!low) return std::nullopt;
    const int number = (first & 0x1F) << 8 | *low;
    return std::to_string(number < kSignedEnd / 2 ? number : number - kSignedEnd);
  }
  if (first < 0xF0) return take_long_text(reader, first, 0x0F);
  switch (first) {
    case 0xF0: {
      const auto size = reader.take_little<std::uint32_t>();
      return size ? bytes_of(reader.take(*size)) : std::nullopt;
    }
    case 0xF1:
      return text_of(reader.take_little<std::int16_t>());
    case 0xF2:
      return text_of(reader.take_little_24());
    case 0xF3:
      return text_of(reader.take_little<std::int32_t>());
    case 0xF4:
      return text_of(reader.take_little<std::int64_t>());
    default:
      return std::nullopt;
  }
}

// The largest number of each length but the first takes a byte more than it needs.
std::size_t back_length_bytes(std::size_t size) noexcept {
  if (size < 1U << 7) return 1;
  if (size < (1U << 14) - 1) return 2;
  if (size < (1U << 21) - 1) return 3;
  return size < (1U << 28) - 1 ? 4 : 5;
}

/// The bytes behind an item of so many, by which it is found when going backwards.
std::string back_length(std::size_t size) {
  std::string bytes(back_length_bytes(size), '\0');
  for (std::size_t i = bytes.size(); i-- > 0; size >>= 7U) {
    bytes[i] = static_cast<char>((size & 0x7F) | (i == 0 ? 0x00 : 0x80));
  }
  return bytes;
}

/// An item of a ziplist without what tells the length of the one before it.
Item take_ziplist_item(ByteReader& reader, std::uint8_t first) {
  if (first < 0x40) return bytes_of(reader.take(first));
  if (first < 0x80) return take_long_text(reader, first, 0x3F);
  if (first < 0xC0) {
    const auto size = reader.take_big<std::uint32_t>();
    return size ? bytes_of(reader.take(*size)) : std::nullopt;
  }
  switch (first) {
    case 0xC0:
      return text_of(reader.take_little<std::int16_t>());
    case 0xD0:
      return text_of(reader.take_little<std::int32_t>());
    case 0xE0:
      return text_of(reader.take_little<std::int64_t>());
    case 0xF0:
      return text_of(reader.take_little_24());
    case 0xFE:
      return text_of(reader.take_little<std::int8_t>());
    default:
      return first > 0xF0 && first < 0xFE ? Item(std::to_string(first - 0xF1)) : std::nullopt;
  }
}

bool skip_length_before(ByteReader& reader, std::uint8_t first) {
  constexpr std::uint8_t kLong = 0xFE;
  return first < kLong || reader.take_little<std::uint32_t>().has_value();
}

bool is_counted(std::uint16_t count, std::size_t items) noexcept {
  return count == kUncounted || count == items;
}

template <class Integer>
std::optional<Items> take_integers(ByteReader& reader, std::uint32_t count) {
  if (reader.rest().size() != std::uint64_t{count} * sizeof(Integer)) return std::nullopt;
  Items items;
  while (const auto number = reader.take_little<Integer>())
    items.push_back(std::to_string(*number));
  return items;
}

}  // namespace

std::optional<Items> items_of_listpack(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto size = reader.take_little<std::uint32_t>();
  const auto count = reader.take_little<std::uint16_t>();
  if (!size || *size != bytes.size() || !count) return std::nullopt;
  Items items;
  while (true) {
    const std::size_t before = reader.rest().size();
    const auto first = reader.take_byte();
    if (!first) return std::nullopt;
    if (*first == kEnd) break;
    Item item = take_listpack_item(reader, *first);
    if (!item) return std::nullopt;
    const std::string behind = back_length(before - reader.rest().size());
    if (reader.take(behind.size()) != behind) return std::nullopt;
    items.push_back(*std::move(item));
  }
  if (!reader.empty() || !is_counted(*count, items.size())) return std::nullopt;
  return items;
}

std::optional<Items> items_of_ziplist(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto size = reader.take_little<std::uint32_t>();
  const auto last = reader.take_little<std::uint32_t>();
  const auto count = reader.take_little<std::uint16_t>();
  if (!size || *size != bytes.size() || !last || !count) return std::nullopt;
  Items items;
  while (true) {
    const auto before = reader.take_byte();
    if (!before) return std::nullopt;
    if (*before == kEnd) break;
    if (!skip_length_before(reader, *before)) return std::nullopt;
    const auto first = reader.take_byte();
    if (!first) return std::nullopt;
    Item item = take_ziplist_item(reader, *first);
    if (!item) return std::nullopt;
    items.push_back(*std::move(item));
  }
  if (!reader.empty() || !is_counted(*count, items.size())) return std::nullopt;
  return items;
}

std::optional<Items> items_of_intset(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto width = reader.take_little<std::uint32_t>();
  const auto count = reader.take_little<std::uint32_t>();
  if (!width || !count) return std::nullopt;
  switch (*width) {
    case sizeof(std::int16_t):
      return take_integers<std::int16_t>(reader, *count);
    case sizeof(std::int32_t):
      return take_integers<std::int32_t>(reader, *count);
    case sizeof(std::int64_t):
      return take_integers<std::int64_t>(reader, *count);
    default:
      return std::nullopt;
  }
}

}  // namespace quartz::protocol
