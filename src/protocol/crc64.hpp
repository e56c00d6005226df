#pragma once

#include <cstdint>
#include <string_view>

namespace quartz::protocol {

/// The checksum that Redis ends its dumps with: the polynomial of Jones, bits reflected, nothing
/// inverted. That of "123456789" is e9c6d914c4b8d9ca.
std::uint64_t crc64_of_jones(std::string_view bytes) noexcept;

}  // namespace quartz::protocol
