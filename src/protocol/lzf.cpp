#include "protocol/lzf.hpp"

#include <cstdint>

#include "protocol/byte_reader.hpp"

namespace quartz::protocol {
namespace {

/// Below it a control byte tells how many bytes follow as they are; from it on, what to repeat.
constexpr std::uint8_t kLiteralsEnd = 32;
/// A repetition whose length has another byte.
constexpr std::size_t kLongRepetition = 7;
constexpr std::size_t kRepetitionBytesMin = 2;

struct Repetition {
  std::size_t distance = 0;
  std::size_t size = 0;
};

std::optional<Repetition> take_repetition(ByteReader& reader, std::uint8_t control) {
  std::size_t size = control >> 5U;
  if (size == kLongRepetition) {
    const auto more = reader.take_byte();
    if (!more) return std::nullopt;
    size += *more;
  }
  const auto low = reader.take_byte();
  if (!low) return std::nullopt;
  const std::size_t high = control & (kLiteralsEnd - 1U);
  return Repetition{.distance = (high << 8U | *low) + 1, .size = size + kRepetitionBytesMin};
}

}  // namespace

std::optional<std::string> from_lzf(std::string_view compressed, std::size_t size) {
  std::string bytes;
  ByteReader reader(compressed);
  while (const auto control = reader.take_byte()) {
    if (*control < kLiteralsEnd) {
      const auto literals = reader.take(*control + std::size_t{1});
      if (!literals || literals->size() > size - bytes.size()) return std::nullopt;
      bytes += *literals;
      continue;
    }
    const auto repetition = take_repetition(reader, *control);
    if (!repetition || repetition->distance > bytes.size() ||
        repetition->size > size - bytes.size()) {
      return std::nullopt;
    }
    // One by one: it may repeat what it has just written.
    for (std::size_t i = 0; i < repetition->size; ++i) {
      bytes += bytes[bytes.size() - repetition->distance];
    }
  }
  if (bytes.size() != size) return std::nullopt;
  return bytes;
}

}  // namespace quartz::protocol
