#include "server/service/bit_string.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

namespace quartz::server {
namespace {

constexpr std::uint8_t kAllBits = 0xFF;

std::uint8_t mask_of(std::uint64_t offset) noexcept {
  return static_cast<std::uint8_t>(0x80U >> (offset % 8));
}
/// Of the first byte of a span, and of the last one.
std::uint8_t mask_from(std::uint64_t first) noexcept {
  return static_cast<std::uint8_t>(kAllBits >> (first % 8));
}
std::uint8_t mask_to(std::uint64_t last) noexcept {
  return static_cast<std::uint8_t>(kAllBits << (7 - last % 8));
}

std::uint8_t byte_at(std::string_view bytes, std::uint64_t index) noexcept {
  return static_cast<std::uint8_t>(bytes[index]);
}

/// The bits of a byte that lie in the span.
std::uint8_t mask_within(const BitSpan& span, std::uint64_t index) noexcept {
  std::uint8_t mask = kAllBits;
  if (index == span.first / 8) mask &= mask_from(span.first);
  if (index == span.last / 8) mask &= mask_to(span.last);
  return mask;
}

std::uint64_t count_all(std::string_view bytes) noexcept {
  std::uint64_t count = 0;
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof(word));
    count += static_cast<std::uint64_t>(std::popcount(word));
  }
  for (; at < bytes.size(); ++at) {
    count += static_cast<std::uint64_t>(std::popcount(byte_at(bytes, at)));
  }
  return count;
}

char combined(BitOperation operation, char a, char b) noexcept {
  switch (operation) {
    case BitOperation::conjunction:
      return static_cast<char>(a & b);
    case BitOperation::disjunction:
      return static_cast<char>(a | b);
    case BitOperation::difference:
      return static_cast<char>(a ^ b);
    case BitOperation::complement:
      break;
  }
  return a;
}

}  // namespace

bool bit_at(std::string_view bytes, std::uint64_t offset) noexcept {
  return offset / 8 < bytes.size() && (byte_at(bytes, offset / 8) & mask_of(offset)) != 0;
}

void put_bit(std::string& bytes, std::uint64_t offset, bool on) noexcept {
  char& byte = bytes[offset / 8];
  const unsigned others = static_cast<std::uint8_t>(byte) & ~unsigned{mask_of(offset)};
  byte = static_cast<char>(on ? others | mask_of(offset) : others);
}

std::uint64_t count_bits(std::string_view bytes, const BitSpan& span) noexcept {
  const std::uint64_t first = span.first / 8;
  const std::uint64_t last = span.last / 8;
  const auto edge = [&](std::uint64_t index) {
    const unsigned bits = byte_at(bytes, index) & unsigned{mask_within(span, index)};
    return static_cast<std::uint64_t>(std::popcount(bits));
  };
  if (first == last) return edge(first);
  return edge(first) + count_all(bytes.substr(first + 1, last - first - 1)) + edge(last);
}

std::optional<std::uint64_t> find_bit(std::string_view bytes, const BitSpan& span,
                                      bool on) noexcept {
  const char without = on ? '\0' : '\xFF';
  const std::uint64_t last = span.last / 8;
  for (std::uint64_t index = span.first / 8; index <= last; ++index) {
    index = std::min<std::uint64_t>(bytes.find_first_not_of(without, index), last);
    const unsigned sought = on ? byte_at(bytes, index) : ~unsigned{byte_at(bytes, index)};
    const auto bits = static_cast<std::uint8_t>(sought & mask_within(span, index));
    if (bits != 0) return index * 8 + static_cast<std::uint64_t>(std::countl_zero(bits));
  }
  return std::nullopt;
}

std::string combine_bits(BitOperation operation, std::span<const std::string_view> operands) {
  std::size_t size = 0;
  for (const std::string_view operand : operands) size = std::max(size, operand.size());
  std::string result(operands.front());
  result.resize(size, '\0');
  for (const std::string_view operand : operands.subspan(1)) {
    for (std::size_t i = 0; i < size; ++i) {
      result[i] = combined(operation, result[i], i < operand.size() ? operand[i] : '\0');
    }
  }
  if (operation == BitOperation::complement) {
    std::ranges::transform(result, result.begin(), [](char c) { return static_cast<char>(~c); });
  }
  return result;
}

}  // namespace quartz::server
