#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>

namespace quartz::protocol {

/// Takes bytes of others apart from front to back; nothing where there are not enough. Views point
/// into them.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) noexcept : rest_(bytes) {}

  std::string_view rest() const noexcept { return rest_; }
  bool empty() const noexcept { return rest_.empty(); }

  std::optional<std::string_view> take(std::uint64_t size) noexcept {
    if (size > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::optional<std::uint8_t> take_byte() noexcept { return take_little<std::uint8_t>(); }

  /// The lowest byte first.
  template <class T>
    requires std::is_arithmetic_v<T>
  std::optional<T> take_little() noexcept {
    static_assert(std::endian::native == std::endian::little);
    const auto bytes = take(sizeof(T));
    if (!bytes) return std::nullopt;
    T number;
    std::memcpy(&number, bytes->data(), sizeof(T));
    return number;
  }
  /// The highest byte first.
  template <std::unsigned_integral T>
  std::optional<T> take_big() noexcept {
    const auto bytes = take(sizeof(T));
    if (!bytes) return std::nullopt;
    T number = 0;
    for (const char c : *bytes) {
      number = static_cast<T>(std::uint64_t{number} << 8U | static_cast<unsigned char>(c));
    }
    return number;
  }
  /// Three bytes with a sign, the lowest first.
  std::optional<std::int32_t> take_little_24() noexcept {
    const auto low = take_little<std::uint16_t>();
    const auto high = take_little<std::int8_t>();
    if (!low || !high) return std::nullopt;
    return *high * 65536 + *low;
  }

 private:
  std::string_view rest_;
};

}  // namespace quartz::protocol
