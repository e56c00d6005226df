#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace quartz::vector {

/// What a coordinate of a vector is in a file; little endian.
enum class ElementType : std::uint8_t { float32, float64, uint8, int8, int32 };

/// The name as written above.
std::string_view to_string(ElementType element) noexcept;
std::size_t bytes_of(ElementType element) noexcept;
/// Whether each of its values is an int32 as well.
bool is_integer(ElementType element) noexcept;

/// Elements as floats. `from` holds as many as `into` has room for. What a float cannot hold
/// exactly (of float64, and of int32 beyond 2^24) becomes the nearest float, and infinity beyond
/// the largest; infinities and NaN stay what they are.
void decode(ElementType element, std::span<const std::byte> from, std::span<float> into) noexcept;
/// Elements as integers, always exact; for integer types only.
void decode(ElementType element, std::span<const std::byte> from,
            std::span<std::int32_t> into) noexcept;

/// Writes `from` as elements; `into` has room for as many. Nothing on success, or the index of the
/// first value that the type cannot hold exactly; what `into` holds then means nothing. float64
/// stands for float32 exactly in both ways, infinities and NaN included.
std::optional<std::size_t> encode(ElementType element, std::span<const float> from,
                                  std::span<std::byte> into) noexcept;
std::optional<std::size_t> encode(ElementType element, std::span<const std::int32_t> from,
                                  std::span<std::byte> into) noexcept;

}  // namespace quartz::vector
