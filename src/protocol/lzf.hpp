#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace quartz::protocol {

/// What was compressed by LZF; nothing if that is not what these bytes are, or if it is not of
/// `size` bytes. Never takes more memory than that.
std::optional<std::string> from_lzf(std::string_view compressed, std::size_t size);

}  // namespace quartz::protocol
