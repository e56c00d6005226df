#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace quartz {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `bytes`, continuing from `seed`, the value
/// returned for the bytes before them; 0 to start. Uses the processor's instruction where there is
/// one, chosen at run time. Cost: about 0.1 ns a byte with it, 0.6 ns without.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed = 0) noexcept;

/// The table-driven form that runs where the instruction is missing. Same result.
std::uint32_t crc32c_portable(std::span<const std::byte> bytes, std::uint32_t seed = 0) noexcept;

}  // namespace quartz
